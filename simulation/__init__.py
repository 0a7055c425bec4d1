"""Agent-based simulation of community-led, product-led and sales-led growth."""

from importlib import import_module

_HOME = {
    "GrowthModel": "simulation.mesa_model",
    "compose": "simulation.scenario.compose",
    "open_results": "simulation.runs.results",
}
__all__ = ["GrowthModel", "compose", "open_results"]


def __getattr__(name: str):
    """Import what is public when it is asked for: start-up counts."""
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(name)
