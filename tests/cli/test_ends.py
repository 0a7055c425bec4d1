"""How a command ends: Ctrl-C while figures are drawn, nobody who reads on, a folder that is gone."""

import os
import signal
from pathlib import Path

import pytest

from simulation.cli import main
from simulation.figures import style

TINY = ["market.people=200", "weeks=10", "jobs=1", "motions=[plg]", "out=mine"]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return a folder in which a command has ended well, with its figures taken away."""
    home = tmp_path_factory.mktemp("ends")
    here = Path.cwd()
    os.chdir(home)
    try:
        assert main([*TINY, "seeds=3"]) == 0
    finally:
        os.chdir(here)
    return home


@pytest.fixture
def here(finished, monkeypatch):
    monkeypatch.chdir(finished)
    for picture in Path("mine/figures").glob("*"):
        picture.unlink()


def test_ctrl_c_while_figures_are_drawn_ends_after_the_one_at_work(here, request, monkeypatch, capsys):
    """A signal in mid-drawing raised through the libraries that draw; now it waits. What is kept is counted of this plan."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in a shell's background ignores it
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    whole, pressed = style.Figure.savefig, []

    def draw(figure, *args, **kwargs):
        if not pressed:
            pressed.append(os.kill(os.getpid(), signal.SIGINT))
        return whole(figure, *args, **kwargs)

    monkeypatch.setattr(style.Figure, "savefig", draw)
    assert main([*TINY, "seeds=1"]) == 130
    assert {p.name for p in Path("mine/figures").iterdir()} == {
        f"cac_over_time.{kind}" for kind in ("png", "svg", "txt")
    }
    assert capsys.readouterr().err.strip() == (
        "interrupted: 1 of 1 runs are kept in mine; to resume: flywheel market.people=200 weeks=10 jobs=1 "
        "'motions=[plg]' out=mine seeds=1"
    )
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_when_nobody_reads_on_all_files_are_written(here, finished, monkeypatch, capsys):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as gone:
        monkeypatch.setattr("sys.stdout", gone)
        assert main([*TINY, "seeds=3"]) == 0
        monkeypatch.undo()
    assert "what is printed could not be written to the end (Broken pipe)" in capsys.readouterr().err
    assert len(list((finished / "mine" / "figures").glob("*"))) == 15  # too short a run for a wheel


def test_what_is_printed_on_a_full_disk_does_not_end_the_command(here, monkeypatch, capsys):
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr("sys.stdout", full)
        assert main(["--help"]) == 0
        monkeypatch.undo()
    assert capsys.readouterr().err == "what is printed could not be written to the end (No space left on device)\n"


def test_a_working_folder_that_was_removed_is_said(tmp_path, monkeypatch, capsys):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert main(["seeds=1"]) == 2
    assert capsys.readouterr().err == "the working folder was removed meanwhile; change to another one\n"
