"""Nothing is rigged: what decides about people names no motion, and of prices, satisfaction and rivals no door either."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOTIONS = {path.stem for path in (ROOT / "scenarios" / "motions").glob("*.yaml")}
DECIDING = sorted(path for room in ("flywheel", "people", "firm") for path in (ROOT / "simulation" / room).glob("*.py"))
NO_DOOR = ("firm/pricing.py", "flywheel/satisfaction.py", "flywheel/rivals.py")


def words(path):
    """Return every name, attribute and text in a file but its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node)}  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def test_there_is_something_to_look_at():
    assert len(DECIDING) > 40 and {"clg", "plg", "slg"} <= MOTIONS
    assert {"motion", "Door"} <= set(words(ROOT / "simulation/flywheel/adoption.py")) | set(
        words(ROOT / "simulation/flywheel/retention.py")
    )


@pytest.mark.parametrize("path", DECIDING, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_term_reads_a_motion_by_name(path):
    assert not {word.lower() for word in words(path)} & MOTIONS


@pytest.mark.parametrize("name", NO_DOOR)
def test_prices_satisfaction_and_rivals_read_no_door(name):
    assert not {"Door", "door"} & set(words(ROOT / "simulation" / name))
