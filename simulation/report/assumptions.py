"""Every setting of a command for a reader: value, unit, what the reference has, prior, grade and source; files by name and hash."""

from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, NamedTuple

from simulation.scenario import currency
from simulation.scenario.compose import compose
from simulation.scenario.contents import FILES
from simulation.scenario.schema import Config
from simulation.scenario.settings import extra_of, flat, said_of, unit_of

LEFT_OUT = ("jobs", "out", "cluster", "fresh", "figures")  # how a command was run, and on which machine


class Setting(NamedTuple):
    """One setting. ``reference`` is its value in the reference scenario, None where that has none."""

    path: str
    value: Any
    unit: str
    reference: Any
    changed: bool
    prior_low: float | None
    prior_high: float | None
    grade: str
    source: str


def settings(config: dict[str, Any], data: dict[str, str]) -> list[Setting]:
    """Return the settings of a manifest's ``config``; ``data``: SHA-256 of the files read, by path."""
    reference = dict(flat(compose().model_dump(mode="json")))
    return [
        _setting(path, value, reference, data) for path, value in flat(config) if path.partition(".")[0] not in LEFT_OUT
    ]


def _setting(path: str, value: Any, reference: dict[str, Any], data: dict[str, str]) -> Setting:
    said = said_of(Config, path.split("."))
    extra = extra_of(said)
    low, high = extra.get("prior") or (None, None)
    before = reference.get(path)
    known = path in reference
    value = named(value, data) if path in FILES and value else value
    return Setting(path, value, currency.in_words(unit_of(said)), before, known and before != value, low, high, extra.get("grade") or "", extra.get("source") or "")  # fmt: skip


def name_of(path: str) -> str:
    """Return the last part of a path, however its system writes it."""
    return PureWindowsPath(path).name if "\\" in path else PurePosixPath(path).name


def named(path: str, data: dict[str, str]) -> str:
    """Return a file's name and the first digits of its hash, where it was read."""
    found = {name_of(of): digest for of, digest in data.items()}
    name = name_of(path)
    return f"{name} (SHA-256 {found[name][:12]})" if name in found else name


def command(arguments: list[str]) -> str:
    """Return a command as a reader elsewhere can use it: files by name, without what says where it ran."""
    kept = []
    for argument in arguments:
        setting, equals, value = argument.partition("=")
        if setting.lstrip("+-").partition(".")[0] in LEFT_OUT:
            continue
        value = value.strip("'\"")
        kept.append(f"{setting}={name_of(value)}" if equals and setting in FILES else argument)
    return " ".join(kept)
