"""What a shell completes: settings, groups and their files, what may stand first. Needs ``register-python-argcomplete flywheel``."""

from argparse import ArgumentParser
from typing import Literal, get_args, get_origin

import argcomplete

from simulation.scenario.arguments import OPTIONS, WORDS
from simulation.scenario.files import groups, options
from simulation.scenario.schema import Config, leaves
from simulation.scenario.settings import said_of


def complete() -> None:
    """Answer a shell that asks how a word can go on, and end the process."""
    parser = ArgumentParser(add_help=False)
    parser.add_argument("arguments", nargs="*").completer = candidates  # type: ignore[attr-defined]
    argcomplete.autocomplete(parser, always_complete_options=False)


def candidates(prefix: str, **_: object) -> list[str]:
    """Return what a word may be that begins with ``prefix``."""
    name, equals, _value = prefix.partition("=")
    if equals:
        found = [f"{name}={value}" for value in _values(name)]
    else:
        found = [*WORDS, *OPTIONS, *(f"{path}=" for path in (*groups(), *leaves(Config)))]
    return [word for word in found if word.startswith(prefix)]


def _values(name: str) -> list[str]:
    """Return the values of a setting that has a few."""
    if name in groups():
        return options(name)
    said = said_of(Config, name.split("."))
    chosen = [str(value) for kind in said if get_origin(kind) is Literal for value in get_args(kind)]
    return chosen or (["true", "false"] if bool in said else [])
