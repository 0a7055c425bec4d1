"""Compiled code on disk: damage is noticed and mended, old versions go by age, a user without a home starts all the same."""

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulation import compile_cache, compiled, model
from simulation.compile_cache import KEPT_DAYS, cache_folder
from simulation.people import traits
from tests.worlds import apart_from_progress

SOURCE = "from simulation.compiled import jit\n\n@jit\ndef twice(x):\n    return 2 * x\n"


@pytest.fixture
def twice(tmp_path, monkeypatch):
    """Return a function that imports a compiled one anew and says what two times 21 is, and its cache folder."""
    monkeypatch.setattr(compiled.nb.config, "CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "doubling.py").write_text(SOURCE)

    def value() -> int:
        spec = importlib.util.spec_from_file_location("doubling", tmp_path / "doubling.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.twice(21), sum(module.twice.stats.cache_hits.values())

    return value, tmp_path / "cache"


def file(folder: Path, ending: str) -> Path:
    (found,) = folder.rglob(f"*.{ending}")
    return found


@pytest.mark.parametrize("ending", ["nbi", "nbc"])
@pytest.mark.parametrize("damage", ["truncated", "empty", "changed"])
def test_a_damaged_file_is_compiled_again_and_said_once(twice, capsys, ending, damage):
    value, folder = twice
    assert (value(), value()) == ((42, 0), (42, 1))  # compiled and kept, then found
    victim = file(folder, ending)
    whole = victim.read_bytes()
    half = len(whole) // 2
    changed = whole[:half] + bytes([whole[half] ^ 1]) + whole[half + 1 :]
    victim.write_bytes({"truncated": whole[:half], "empty": b"", "changed": changed}[damage])
    assert value() == (42, 0)
    assert capsys.readouterr().err == f"{victim} is damaged: it is compiled again\n"
    assert value() == (42, 1)
    assert capsys.readouterr().err == ""


def test_a_cache_that_cannot_be_written_is_said_and_the_code_runs(twice, capsys, monkeypatch):
    value, folder = twice

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(compile_cache._Checked, "_save_data", full)
    assert value() == (42, 0)
    where = file(folder, "nbi").parent
    assert capsys.readouterr().err == f"{where}: compiled code cannot be kept there (No space left on device)\n"


def test_versions_not_used_for_a_month_are_removed_however_many_there_are(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folders = [cache_folder(f"version{k}") for k in range(6)]
    assert all(folder.is_dir() for folder in folders)
    for folder, days in zip(folders[:2], (KEPT_DAYS + 1, KEPT_DAYS - 1), strict=True):
        os.utime(folder, (time.time() - days * 24 * 3600,) * 2)
    cache_folder("version5")
    assert [folder.is_dir() for folder in folders] == [False, True, True, True, True, True]
    assert cache_folder("version1") == folders[1] and time.time() - folders[1].stat().st_mtime < 60


def test_a_new_version_makes_room_by_removing_those_used_longest_ago_but_none_of_today(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(compile_cache, "KEPT_BYTES", 2_500)
    folders = [cache_folder(f"version{k}") for k in range(5)]
    for folder, days in zip(folders, (5, 4, 3, 0.5, 0.4), strict=True):
        (folder / "code.nbc").write_bytes(bytes(1_000))
        os.utime(folder, (time.time() - days * 24 * 3600,) * 2)
    cache_folder("version4")
    assert all(folder.is_dir() for folder in folders)  # an old version does not look
    cache_folder("version5")
    assert [folder.is_dir() for folder in folders] == [False, False, False, True, True]


def test_who_waits_for_the_compiler_is_told_what_for(capsys, monkeypatch):
    clock = iter([0, 29, 29, 31, 31, 40, 40, 62, 100, 101, 101, 132])  # seconds: begins, ends, begins, ...
    monkeypatch.setattr(compile_cache.time, "monotonic", lambda: next(clock))
    progress = compile_cache._Progress()
    for _ in range(6):
        progress.on_start(None)
        progress.on_end(None)
    said = "compiling the model, once for this version on this machine: {} functions so far\n"
    assert capsys.readouterr().err == said.format(2) + said.format(4) + said.format(6)  # after a pause a new wait began


def without_home(tmp_path: Path, home: str | None) -> dict[str, str]:
    """Return an environment without a home, or with one that cannot be used."""
    gone = ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "NUMBA_CACHE_DIR", "MPLCONFIGDIR")
    there = {name: value for name, value in os.environ.items() if name not in gone}
    return there | {"TMPDIR": str(tmp_path)} | ({"HOME": home} if home else {})


def test_a_home_that_cannot_be_used_is_replaced_by_a_private_folder_and_said(tmp_path):
    (tmp_path / "home").write_text("no folder")
    environment = without_home(tmp_path, str(tmp_path / "home"))
    load = [sys.executable, "-c", "import numba, simulation.compiled; print(numba.config.CACHE_DIR)"]
    private = tmp_path / f"flywheel-simulation-{os.getuid()}"
    for _ in range(2):
        done = subprocess.run(load, env=environment, capture_output=True, text=True, check=True)
        assert done.stderr.startswith("no home for compiled code (") and done.stderr.endswith(
            f": it is kept in {private}\n"
        )
        assert done.stderr.count("\n") == 1
        assert Path(done.stdout.strip()).is_relative_to(private) and private.stat().st_mode & 0o777 == 0o700
    private.chmod(0o755)  # made by somebody else, perhaps
    done = subprocess.run(load, env=environment, capture_output=True, text=True, check=True)
    assert not Path(done.stdout.strip()).is_relative_to(private)


@pytest.mark.slow
@pytest.mark.skipif(
    os.getuid() != 0 or not shutil.which("setpriv"), reason="only root may become a user without a name"
)
def test_a_user_without_name_and_home_runs_a_command(tmp_path):
    """As a container's random user id: no line in passwd, no HOME, nothing writable but TMPDIR and the results folder."""
    there = Path(subprocess.check_output(["mktemp", "-d"], text=True).strip())  # pytest's own folders are private
    try:
        there.chmod(0o777)
        become = ["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups"]
        read = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]  # Python may lie in root's home
        words = ["market.people=60", "market.accounts=20000", "weeks=4", "seeds=1", "motions=[plg]", "jobs=2"]
        command = [*become, *read, sys.executable, "-m", "simulation", *words, f"out={there / 'run'}"]
        quick = {"NUMBA_DISABLE_JIT": "1", "PYTHONWARNINGS": "ignore"}  # what is compiled is under test above
        environment = without_home(there, None) | quick
        done = subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, timeout=400)
        assert done.returncode == 0
        (said,) = apart_from_progress(done.stderr).splitlines()
        assert said == (
            "no home for compiled code (Could not determine home directory.): "
            f"it is kept in {there / 'flywheel-simulation-54321'}"
        )
        assert (there / "run" / "figures" / "retention.png").stat().st_uid == 54321
    finally:
        shutil.rmtree(there)


@pytest.mark.slow
def test_a_command_mends_the_damaged_cache_of_the_model(tmp_path):
    base = Path(compiled.nb.config.CACHE_DIR)
    copy = tmp_path / "flywheel-simulation" / base.name
    small = ["market.people=300", "market.accounts=20000", "weeks=20", "seeds=1", "motions=[clg]", "jobs=1"]
    command = [sys.executable, "-m", "simulation", *small]
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    subprocess.run([*command, f"out={tmp_path / 'a'}"], env=environment, check=True, capture_output=True)
    shutil.copytree(base, copy)
    loaded = {model.run_part: "model.run_part-*.nbc", traits._fill_normal: "traits._fill_normal-*.nbi"}  # by any run
    victims = [next((copy / Path(of.stats.cache_path).name).glob(name)) for of, name in loaded.items()]
    for victim in victims:
        victim.write_bytes(victim.read_bytes()[:100])
    environment["XDG_CACHE_HOME"] = str(tmp_path)
    again = subprocess.run([*command, f"out={tmp_path / 'b'}"], env=environment, capture_output=True, text=True)
    assert again.returncode == 0
    said = [
        line for line in apart_from_progress(again.stderr).splitlines() if not line.startswith("compiling the model")
    ]  # on a busy machine
    assert sorted(said) == sorted(f"{v} is damaged: it is compiled again" for v in victims)
    assert (tmp_path / "a" / "data" / "summary.csv").read_bytes() == (
        tmp_path / "b" / "data" / "summary.csv"
    ).read_bytes()
