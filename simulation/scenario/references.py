"""References in scenarios: ``${setting}``, a share of one, ``${times:${setting},0.5}``, or more than one, ``${plus:${setting},9}``."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from simulation.scenario.errors import BadInput, shown
from simulation.scenario.yaml_text import REFERENCE

NAMED = re.compile(r"\$\{\s*(?P<path>[^\s${}:,'\"\\.][^${}:,'\"\\]*?)\s*\}")
RELATIVE = re.compile(rf"\$\{{(?:times|plus):\s*(?:{NAMED.pattern}|[0-9.eE+-]+)\s*,\s*[0-9.eE+-]+\s*\}}")
LONGEST_CHAIN = 20


def check_references(tree: dict[str, Any], said: Callable[[str, Any], str]) -> dict[str, str]:
    """Return which setting follows which; raises BadInput for a value that refers to anything else, or in a circle.

    The environment, files and code that OmegaConf's own resolvers would reach stay out of results. ``said`` tells how a
    sentence about a value begins: with the file that gives it.
    """
    leads_to = {}
    for path, text in _texts(tree):
        found = RELATIVE.fullmatch(text) or NAMED.fullmatch(text)
        where = f"{said(path, text)}{shown(path, 100)}"
        if not found:
            raise BadInput(f"{where}: a reference names one other setting and nothing else; write {REFERENCE}")
        target = found["path"]
        if isinstance(_at(tree, target), dict | list):
            raise BadInput(f"{where}: {shown(target)} is a section; refer to one of its values")
        leads_to[path] = (target, where)
    for start, (_, where) in leads_to.items():
        path, hops = start, 0
        while path in leads_to:
            path, hops = leads_to[path][0], hops + 1
            if hops > LONGEST_CHAIN:
                raise BadInput(f"{where}: the reference in it leads nowhere; write {REFERENCE}")
    return {path: target for path, (target, _) in leads_to.items()}


def times(value: Any, factor: float) -> Any:
    """``${times:...}`` in scenario files: a price as a share of another; what is no number is left to the schema."""
    return round(value * factor, 6) if isinstance(value, int | float) else value


def plus(value: Any, more: float) -> Any:
    """``${plus:...}`` in scenario files: a time that follows another one."""
    return value + more if isinstance(value, int | float) else value


def _texts(tree: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (path, value) of each value with a reference in it."""
    if isinstance(tree, dict | list):
        for name, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from _texts(value, f"{path}.{name}" if path else str(name))
    elif isinstance(tree, str) and "${" in tree:
        yield path, tree


def _at(tree: Any, path: str) -> Any:
    for name in path.split("."):
        if isinstance(tree, list) and name.isdigit() and int(name) < len(tree):
            tree = tree[int(name)]
        else:
            tree = tree.get(name) if isinstance(tree, dict) else None
    return tree
