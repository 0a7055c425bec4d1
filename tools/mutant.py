"""A pytest plugin: every world has one number of behaviour at another value, whatever a test sets (``-p tools.mutant``)."""

import os

from simulation.scenario.behaviour import Behaviour

VARIABLE = "FLYWHEEL_MUTANT"  # such as help.tiring=0.0


def mutate(path: str, value: float) -> None:
    """Let ``path`` below behaviour be ``value`` in every world that is made from now on, past the schema's bounds."""
    section, leaf = path.split(".")
    cls = Behaviour.model_fields[section].annotation
    if cls is None or leaf not in cls.model_fields:
        raise KeyError(path)
    settle = cls.model_post_init

    def mutated(self, context):
        settle(self, context)
        vars(self)[leaf] = type(vars(self)[leaf])(value)

    cls.model_post_init = mutated
    cls.model_rebuild(force=True)
    Behaviour.model_rebuild(force=True)


def pytest_configure() -> None:
    """Mutate before any test is collected."""
    path, _, value = os.environ[VARIABLE].partition("=")
    if path:
        mutate(path, float(value))
