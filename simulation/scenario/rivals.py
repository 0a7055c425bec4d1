"""Which rival a setting is of: ``rival.price_usd`` is that of the only one, ``rivals.cheaper.price_usd`` of one by its name."""

from collections.abc import Collection
from typing import Any

from simulation.people.stages import MOST_RIVALS
from simulation.scenario.market import Rival

WHOLE = {name for name, field in Rival.model_fields.items() if field.is_required()}


def of_the_rival(path: str, rivals: Collection[str]) -> str:
    """Return ``path`` with the name of the only rival in it; raises ValueError where there is none, or more than one."""
    head, _, rest = path.partition(".")
    if head != "rival" or not rest:
        return path
    if not rivals:
        raise ValueError(f"{path}: no rival is chosen; add one, such as rival=cheaper")
    if len(rivals) > 1:
        raise ValueError(f"{path}: of which rival? write {' or '.join(f'rivals.{name}.{rest}' for name in rivals)}")
    return f"rivals.{next(iter(rivals))}.{rest}"


def settle_rivals(tree: dict[str, Any]) -> None:
    """Give what a scenario says of ``rival`` to the only one, in place; raises ValueError for settings of one that is not chosen."""
    rivals, told = tree.get("rivals"), tree.pop("rival", {})
    if not isinstance(rivals, dict):
        return
    chosen = [name for name, of in rivals.items() if not isinstance(of, dict) or of.keys() >= WHOLE]
    if len(chosen) > MOST_RIVALS:
        raise ValueError(f"rival=[{','.join(chosen)}]: at most {MOST_RIVALS} rivals can be chosen; leave one away")
    for name, value in told.items() if isinstance(told, dict) else ():
        rivals[of_the_rival(f"rival.{name}", chosen).split(".")[1]][name] = value
    for name in rivals.keys() - set(chosen):
        path = ".".join(["rivals", name, *list(rivals[name])[:1]])
        among = f"rival=[{','.join(chosen)}]" if chosen else "rival=none"
        raise ValueError(f"{path}: '{name}' is not among {among}; add it there")
