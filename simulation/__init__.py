"""Agent-based simulation of community-led, product-led and sales-led growth."""

__all__ = ["GrowthModel", "compose"]


def __getattr__(name: str):
    """Import what is public when it is asked for: start-up counts."""
    if name == "GrowthModel":
        from simulation.model import GrowthModel

        return GrowthModel
    if name == "compose":
        from simulation.scenario.compose import compose

        return compose
    raise AttributeError(name)
