"""Nothing lost: what stands in a results folder is replaced only where we wrote it, and only when there is something better."""

import errno
import json
import os
from contextlib import suppress
from pathlib import Path

import pytest

from simulation.runs import files, manifest
from simulation.runs.results import open_results
from simulation.runs.run import Outcome, Task
from simulation.runs.store import Store
from simulation.scenario.compose import compose
from simulation.scenario.errors import BadInput, NotKept

CONFIG = compose("motions=[plg]").model_dump(mode="json")
COMMAND = ["flywheel", "motions=[plg]"]


def outcomes(*seeds, cac=1.0):
    """Return what runs left that nobody ran."""
    tasks = [Task(f"{k:016x}", 0, "plg", k, {}) for k in seeds]
    return [Outcome(task, {"cac_usd": cac}, {"left": [task.seed]}, {}, {}, 0.1, None) for task in tasks]


def opened(folder, fresh=False, **changed):
    store = Store(Path(folder))
    store.open(CONFIG | changed, COMMAND, fresh)
    return store


def work(store, *seeds, cac=1.0):
    """Do what a command does between the opening of its folder and its end."""
    for seed in seeds:
        store.add(outcomes(seed, cac=cac), ("runs", "weeks"))
    store.csv("summary.csv", [{"cac_usd": cac}])
    store.put({"figures/cac.png": lambda file: file.write(b"picture %d" % cac)})


def done(folder, *seeds, cac=1.0, **how):
    """Do a whole command."""
    store = opened(folder, **how)
    work(store, *seeds, cac=cac)
    store.finish()
    store.close()
    return store


def seeds_in(folder):
    return sorted(seed for (seed,) in Store(Path(folder)).query("select seed from runs").fetchall())


def contents(folder):
    return {str(p): p.read_bytes() for p in sorted(Path(folder).rglob("*")) if p.is_file()}


def entered(folder):
    """Return what the manifest names; every name must stand there with its content."""
    names = json.loads((Path(folder) / "manifest.json").read_text())["files"]
    assert {name: files.digest(Path(folder) / name) for name in names} == names
    return set(names)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(manifest, "git_commit", lambda: None)  # a process each
    return tmp_path


def test_the_manifest_names_every_file_and_nothing_else_is_left(here):
    done("mine", 1, 2)
    parts = {f"data/{table}-{seed:016x}.parquet" for table in ("runs", "weeks", "timings") for seed in (1, 2)}
    assert entered("mine") == {"config.yaml", "data/summary.csv", "figures/cac.png", *parts}
    there = {str(p.relative_to("mine")) for p in Path("mine").rglob("*") if p.is_file()}
    assert there == entered("mine") | {"manifest.json", ".lock"}


def test_a_folder_whose_parts_lie_on_top_as_they_did_is_read_and_taken_up(here):
    """Folders of earlier versions: their parts and tables are found where they are, new ones lie in data/."""
    done("mine", 1, 2, cac=2.0)
    text = Path("mine/manifest.json").read_text()
    for part in Path("mine/data").iterdir():
        part.rename(Path("mine") / part.name)
    Path("mine/manifest.json").write_text(text.replace('"data/', '"'))
    assert seeds_in("mine") == [1, 2] and open_results("mine").summary["cac_usd"].tolist() == [2.0]
    done("mine", 3)
    assert open_results("mine").summary["cac_usd"].tolist() == [1.0] and not Path("mine/summary.csv").exists()
    assert seeds_in("mine") == [1, 2, 3] and [p.name for p in Path("mine/data").glob("runs-*")] == [
        f"runs-{3:016x}.parquet"
    ]


def test_fresh_takes_away_what_was_written_and_nothing_else(here, capsys):
    done("mine", 1, 2)
    own = {"notes.csv": "a", "data/runs-mine.parquet": "b", "figures/photo.png": "c", "thesis.tex": "d", ".env": "e"}
    for name, text in own.items():
        Path("mine", name).write_text(text)
    done("mine", 3, cac=2.0, fresh=True)
    assert {name: Path("mine", name).read_text() for name in own} == own
    assert seeds_in("mine") == [3]
    assert not list(Path("mine").glob("data/*-0000000000000001.parquet"))
    assert Path("mine/figures/cac.png").read_bytes() == b"picture 2"
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("fresh", [False, True])
def test_a_result_that_was_edited_is_kept_under_another_name(fresh, here, capsys):
    done("mine", 1)
    Path("mine/data/summary.csv").write_text("mine")
    Path("mine/data/weeks-0000000000000001.parquet").rename("mine/old.parquet")
    Path("mine/data/weeks-0000000000000001.parquet").write_text("mine too")
    done("mine", 2, fresh=fresh)
    assert Path("mine/data/summary.csv.kept").read_text() == "mine"
    assert open_results("mine").summary["cac_usd"].tolist() == [1.0]
    said = "mine/data/summary.csv: this is not what was written there; it is kept as summary.csv.kept\n"
    if fresh:
        said += "mine/data/weeks-0000000000000001.parquet: this is not what was written there; it stays\n"
        assert Path("mine/data/weeks-0000000000000001.parquet").read_text() == "mine too"
    assert capsys.readouterr().err == said


@pytest.mark.parametrize("text", ['{"name": "app", "icons": []}', "[]", "{", "", '{"files": {}}', "[" * 100_000])
@pytest.mark.parametrize("fresh", [False, True])
def test_a_manifest_of_somebody_else_is_left_alone(text, fresh, here):
    Path("site").mkdir()
    Path("site/manifest.json").write_text(text)
    Path("site/data.csv").write_text("a")
    with pytest.raises(BadInput) as error:
        opened("site", fresh=fresh)
    assert str(error.value) == (
        "site/manifest.json: this is no manifest of a results folder, or a damaged one; choose another folder"
    )
    assert Path("site/data.csv").read_text() == "a" and Path("site/manifest.json").read_text() == text


@pytest.mark.parametrize("name", ["../precious.csv", "/precious.csv", "a/../../precious.csv", ""])
def test_a_manifest_reaches_no_file_outside_its_folder(name, here):
    done("mine", 1)
    Path("precious.csv").write_text("mine")
    content = json.loads(Path("mine/manifest.json").read_text())
    content["files"][name] = files.digest(Path("precious.csv"))
    Path("mine/manifest.json").write_text(json.dumps(content))
    with pytest.raises(BadInput, match="this is no manifest of a results folder"):
        opened("mine", fresh=True)
    assert Path("precious.csv").exists()


def test_until_the_new_command_is_done_the_old_results_stand_as_they_were(here):
    done("mine", 1, 2)
    before = contents("mine")
    store = opened("mine", fresh=True)
    work(store, 3, cac=2.0)
    store.close()  # as after a failure, Ctrl-C or a kill: it was never finished
    after = contents("mine")
    assert {name: after[name] for name in before} == before
    assert seeds_in("mine") == [1, 2]
    store = opened("mine", fresh=True)  # the same command again goes on where it was
    assert store.finished() == {f"{3:016x}"}
    work(store, 4, cac=2.0)
    store.finish()
    store.close()
    assert seeds_in("mine") == [3, 4] and not Path("mine/.flywheel").exists()


def test_a_refused_command_leaves_no_trace(here):
    done("mine", 1)
    before = contents("mine")
    store = opened("mine", fresh=True, weeks=3)
    store.undo()
    store.close()
    assert contents("mine") == before
    for fresh in (False, True):
        store = opened("new/folder", fresh=fresh)
        store.undo()
        store.close()
        assert not Path("new").exists()


def test_results_that_were_being_put_in_place_come_there_whole_with_the_next_command(here, monkeypatch):
    """Killed at every move of the exchange: from its first on, the new results are what the next command finds."""
    replace, unlink, steps = Path.replace, Path.unlink, [0]

    class Killed(BaseException):
        pass

    def counted(whole):
        def step(path, *args, **kwargs):
            steps[0] -= 1
            if not steps[0]:
                raise Killed
            return whole(path, *args, **kwargs)

        return step

    whole = done("whole", 2, cac=2.0).folder
    for k in range(1, 40):
        folder = f"mine{k}"
        done(folder, 1)
        store = opened(folder, fresh=True)
        work(store, 2, cac=2.0)
        steps[0] = k
        with monkeypatch.context() as patch, suppress(Killed):
            patch.setattr(Path, "replace", counted(replace))
            patch.setattr(Path, "unlink", counted(unlink))
            store.finish()
        store._held.release()
        killed = steps[0] <= 0
        opened(folder).close()
        after, aim = (
            {Path(name).relative_to(f).as_posix(): text for name, text in contents(f).items() if "manifest" not in name}
            for f in (folder, whole)
        )
        assert after == aim
        assert entered(folder) == entered(whole)
        if not killed:
            break
    assert not killed and k > 8


def test_an_input_in_the_folder_stays(here, capsys):
    done("mine", 1)
    Path("mine/sample.csv").write_text("market.topics\n9\n")
    asked = {"study": CONFIG["study"] | {"posterior": "mine/sample.csv"}}
    done("mine", 2, fresh=True, **asked)
    assert Path("mine/sample.csv").read_text() == "market.topics\n9\n"
    with pytest.raises(BadInput) as error:
        opened("mine", fresh=True, study=CONFIG["study"] | {"posterior": "mine/data/summary.csv"})
    assert str(error.value) == (
        "mine/data/summary.csv: the command reads this file, and fresh=true would replace it; copy it to another folder, or "
        "choose another one for the results"
    )
    other = CONFIG["study"] | {"name": "uncertainty", "posterior": "mine/data/summary.csv"}
    store = opened("mine", fresh=True, study=other)
    store.add(outcomes(5), ("runs",))
    store.finish()
    store.close()
    assert Path("mine/data/summary.csv").exists() and seeds_in("mine") == [5]
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("table", ["runs", "weeks", "timings"])
@pytest.mark.parametrize("damage", ["empty", "half", "bits", "gone"])
def test_the_runs_of_a_damaged_part_are_done_again(table, damage, here, capsys):
    done("mine", 1, 2)
    part = Path(f"mine/data/{table}-{1:016x}.parquet")
    content = part.read_bytes()
    if damage == "gone":
        part.unlink()
    else:
        part.write_bytes({"empty": b"", "half": content[:99], "bits": content[:99] + b"?" + content[100:]}[damage])
        assert part.read_bytes() != content
    store = opened("mine")
    assert store.finished() == {f"{2:016x}"}
    work(store, 1)
    store.finish()
    store.close()
    assert seeds_in("mine") == [1, 2]
    assert part.read_bytes() == content
    if damage == "gone":
        assert capsys.readouterr().err == ""
    else:
        assert part.with_name(f"{part.name}.damaged").exists()
        assert capsys.readouterr().err == (
            f"{part}: the file is damaged; it is kept as {part.name}.damaged, and its runs are done again\n"
        )


@pytest.mark.parametrize("content", [b"", b"PAR1"])
def test_a_damaged_part_is_named_in_a_notebook(content, here):
    done("mine", 1)
    part = Path(f"mine/data/runs-{1:016x}.parquet")
    part.write_bytes(content)
    with pytest.raises(NotKept) as error:
        open_results("mine").runs
    assert str(error.value) == (
        f"{part} is damaged or was removed; the command that wrote it, given again, does its runs again"
    )
    done("whole", 1)
    with pytest.raises(Exception, match="nosuch"):
        open_results("whole").query("select nosuch from timings")


def test_what_is_no_part_of_ours_is_not_read(here):
    done("mine", 1)
    Path("mine/data/runs-copy.parquet").write_bytes(Path(f"mine/data/runs-{1:016x}.parquet").read_bytes())
    Path("mine/data/runs-text.parquet").write_text("no parquet")
    assert seeds_in("mine") == [1] == seeds_in("mine")
    assert opened("mine").finished() == {f"{1:016x}"}


NAMES = (
    "sib1",
    "sib?",
    "s*",
    "s[i]b1",
    "a'b",
    'a"b',
    "a b",
    "b\\k",
    "\\*",
    "æ-ø",
    "100%",
    "a;b--",
    "{a,b}",
    "~",
    "$HOME",
)


def test_a_folder_s_name_is_never_a_pattern(here):
    for seed, name in enumerate(NAMES):
        store = opened(name)
        store.add(outcomes(seed), ("runs",))
        store.close()
    for seed, name in enumerate(NAMES):
        assert seeds_in(name) == [seed], name
        assert opened(name).finished() == {f"{seed:016x}"}, name


@pytest.mark.parametrize("name", [*NAMES, "a,b", "[x]", "a=b", "a:b", "(", "it's", "x\\'", "end\\", "1", "true", "#1"])
def test_a_folder_is_named_as_it_is_typed(name):
    assert compose(f"out={name}").out == name
    assert compose("out=null").out is None
    assert compose("out='a b'").out == compose("out=a b ").out == "a b"


REFUSED = {
    errno.ENOSPC: "No space left on device); make room on the disk",
    errno.EDQUOT: "Disk quota exceeded); make room within your quota",
    errno.EIO: "Input/output error); the disk does not answer as it should, choose a folder on another one",
    errno.EMFILE: "Too many open files); allow more open files, such as ulimit -n 1024",
    errno.EROFS: "Read-only file system); the disk can only be read, choose a folder on another one",
}


@pytest.mark.parametrize("number", REFUSED)
def test_what_the_system_refuses_is_one_sentence_with_file_and_cure(number, here, monkeypatch):
    store = opened("mine")
    work(store, 1)

    def refuse(fd):
        raise OSError(number, os.strerror(number))

    refused = (
        lambda: store.add(outcomes(2), ("runs", "weeks")),
        lambda: store.csv("summary.csv", [{"a": 1}]),
        lambda: store.put({"figures/cac.png": lambda file: file.write(b"")}),
    )
    names = (f"data/weeks-{2:016x}.parquet", "data/summary.csv", "figures/cac.png")
    for name, write in zip(names, refused, strict=True):
        with monkeypatch.context() as patch, pytest.raises(NotKept) as error:
            patch.setattr(os, "fsync", refuse)
            write()
        assert str(error.value) == f"mine/{name} cannot be written ({REFUSED[number]}"
    store.close()
    assert entered("mine") and seeds_in("mine") == [1]
    assert Path("mine/figures/cac.png").read_bytes() == b"picture 1"
    assert not Path("mine/.flywheel").exists()


def test_results_that_are_half_in_place_are_not_read(here):
    done("mine", 1)
    Path("mine/.flywheel/ready").mkdir(parents=True)
    with pytest.raises(BadInput) as error:
        open_results("mine")
    assert str(error.value) == "mine: a command was stopped while it put its results in place; give it again"


def test_more_parts_than_files_may_be_open(here):
    import resource

    store = opened("mine")
    for seed in range(40):
        store.add(outcomes(seed), ("runs",))
    most = resource.getrlimit(resource.RLIMIT_NOFILE)
    now = max(int(path.name) for path in Path("/proc/self/fd").iterdir())
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (now + 16, most[1]))
        assert len(store.read("select * from runs")["run_id"]) == 40
        store.close()
        assert len(opened("mine").finished()) == 40
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, most)


def test_a_folder_that_was_removed_does_not_come_back_in_part(here):
    import shutil

    store = opened("mine")
    store.add(outcomes(1), ("runs",))
    shutil.rmtree("mine")
    with pytest.raises(NotKept) as error:
        store.add(outcomes(2), ("runs",))
    assert str(error.value) == (
        f"mine/data/timings-{2:016x}.parquet cannot be written (No such file or directory); the folder was removed meanwhile"
    )
    store.close()
    assert not Path("mine").exists()
