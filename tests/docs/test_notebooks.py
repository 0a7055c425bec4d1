"""Every notebook runs, and is kept without outputs."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


def test_there_are_notebooks():
    assert NOTEBOOKS


FIRST, *OTHERS = NOTEBOOKS


@pytest.mark.parametrize(
    "path", [FIRST, *(pytest.param(p, marks=pytest.mark.slow) for p in OTHERS)], ids=lambda p: p.stem
)
def test_a_notebook_runs(path, monkeypatch):
    monkeypatch.setenv("FLYWHEEL_QUICK", "1")
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert any("image/png" in output.get("data", {}) for output in outputs)  # figures are seen
    said = [line for output in outputs if output.get("name") == "stderr" for line in output.text.splitlines()]
    # Mesa's progress bar asks for a widget, once; nothing is compiled yet; a busy machine says how far it is.
    expected = ("tqdm", "compiling the model", " runs")
    assert [line for line in said if not any(word in line for word in expected)] == []


FIRST, *OTHERS = NOTEBOOKS


@pytest.mark.parametrize(
    "path", [FIRST, *(pytest.param(p, marks=pytest.mark.slow) for p in OTHERS)], ids=lambda p: p.stem
)
def test_a_notebook_is_kept_without_outputs(path):
    cells = nbformat.read(path, as_version=4).cells
    assert [c.execution_count for c in cells if c.cell_type == "code" and (c.outputs or c.execution_count)] == []
