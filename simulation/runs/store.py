"""Results on disk: Parquet parts that appear whole or not at all, read with DuckDB; the same plan again resumes."""

import json
import os
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import numpy as np
import yaml

from simulation.runs.files import MANIFEST, WORK, Files, Writer, said, swap, table_writer
from simulation.runs.manifest import check_plan, described, is_input, plan_hash
from simulation.runs.run import Outcome
from simulation.scenario.errors import BadInput, NotKept
from simulation.scenario.settings import kind
from simulation.sources import SOURCES_HASH

PARTS = ("runs", "weeks", "lives", "moves", "timings", "observed")  # one part a chunk; failures stand in one file
DATA = "data"  # the folder of parts: what people open stands above it
FAILURES = f"{DATA}/failures.parquet"
TABLES = (*PARTS, "failures")
COLUMNS = {float: "double", int: "int64", bool: "bool", str: "string", dict: "string"}  # of settings, by what they are
HANDED_OVER = ("report.html", "side_by_side.html", "deck.pptx", "workbook.xlsx")  # made from results that are complete
READY = "ready"  # results that are complete and are being put in the place of those before
ON_TOP = ("verdict.txt", "config.yaml", *HANDED_OVER)  # beside figures/: what people open


def table_of(name: str) -> str | None:
    """Return of which table a file is a part, None of none; in folders of earlier versions parts lie beside what people open."""
    folder, _, file = name.rpartition("/")
    table = file.partition("-")[0].removesuffix(".parquet")
    return table if folder in ("", DATA) and file.endswith(".parquet") and table in TABLES else None


def placed(name: str) -> str:
    """Return where a file of the results stands: on top what people open, in ``data/`` the parts and tables that others read."""
    return name if name in ON_TOP or name.startswith(("figures/", f"{DATA}/")) else f"{DATA}/{name}"


def _formerly(name: str) -> bool:
    """Return whether a table stands where earlier versions put it: the same command writes it anew, in its place of today."""
    return placed(name) != name and table_of(name) is None


def _is_theirs(path: Path) -> bool:
    """Return whether somebody else put it into a results folder: not figures, nor what a start that was stopped left."""
    begun = path.name == DATA and path.is_dir() and not any(path.iterdir())
    return not (path.name == "figures" or path.name[:1] == "." or begun)


class Store:
    """One results folder.

    With ``fresh`` the new results are made in a folder of their own within it and come to their place when they are
    complete: until then those before stand there untouched, and the same command goes on where it was stopped.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = Files(folder)
        self._open = self._begun = self._checked = self._fresh = False
        self._failed: list[Outcome] = []
        self._published: list[tuple[str, Path]] = []
        self._schemas: dict[str, Any] = {}  # of parts, which never change

    @property
    def place(self) -> Path:
        """Where the files of this command stand while it is at work."""
        return self.files.folder

    def open(self, config: dict[str, Any], command: list[str], fresh: bool) -> None:
        """Make the folder or take up what is in it; raises BadInput where it holds another plan or what is not ours."""
        self._make()
        if not Files(self.folder).read() and any(map(_is_theirs, self.folder.iterdir())):
            raise BadInput(f"out={self.folder}: the folder holds other files and no {MANIFEST}; choose another folder")
        self._lock()
        try:
            self._take_up(config, command, fresh)
        except BaseException:
            self._held.release()
            raise
        self._open = True

    def _take_up(self, config: dict[str, Any], command: list[str], fresh: bool) -> None:
        before = Files(self.folder)
        before.read()
        self._swap(before)
        there = before.read()
        self._config, self._fresh = config, fresh
        if fresh:
            self._keep_inputs(before, config)
            self.files = Files(self.folder / WORK / f"fresh-{plan_hash(config, SOURCES_HASH)}")
            self._made += [] if self.files.folder.exists() else [self.files.folder]
            with said(self.files.folder):
                self.files.folder.mkdir(parents=True, exist_ok=True)
            self.files.read()
        else:
            self.files = before
            if there:
                check_plan(before.head, config, self.folder)
        self.files.recover()
        self.files.head = described(config, command)

    def _keep_inputs(self, before: Files, config: dict[str, Any]) -> None:
        """See to it that no file is replaced that this command reads."""
        for name in before.there():
            if is_input(self.folder / name, config):
                if before.head["config"]["study"]["name"] == config["study"]["name"]:
                    raise BadInput(
                        f"{self.folder / name}: the command reads this file, and fresh=true would replace it; "
                        "copy it to another folder, or choose another one for the results"
                    )
                del before.entries[name]  # of the user's own from now on
                before.enter()

    def _make(self) -> None:
        """Make the folder and note what was not there before; raises BadInput where it cannot be written."""
        self._made = [path for path in (self.folder, *self.folder.parents) if not os.path.lexists(path)]
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            for path in self._made:
                with suppress(OSError):
                    path.rmdir()
            raise BadInput(f"out={self.folder}: the folder cannot be written ({error.strerror})") from None
        if not os.access(self.folder, os.W_OK):
            raise BadInput(f"out={self.folder}: the folder cannot be written (no permission)")

    def _lock(self) -> None:
        """Keep the folder to this process while it lives; raises BadInput where another one writes."""
        from filelock import FileLock, Timeout

        self._held = FileLock(self.folder / ".lock")
        try:
            self._held.acquire(timeout=0)
        except Timeout:
            raise BadInput(f"out={self.folder}: another command is writing to this folder") from None
        except OSError as error:
            raise BadInput(f"out={self.folder}: the folder cannot be written ({error.strerror})") from None

    @contextmanager
    def adding(self) -> Iterator[Self]:
        """Keep a folder of results to this process, to put more into it; raises BadInput where another command is at work there."""
        self._lock()
        try:
            self.files.read()
            yield self
        finally:
            self.close()

    def undo(self) -> None:
        """Leave the folder as it was before ``open``, if nothing was written since: for a command that is refused."""
        if not self._begun:
            for path in self._made[-1:] if self._fresh else []:
                shutil.rmtree(path, ignore_errors=True)
            if self.folder in self._made:
                shutil.rmtree(self.folder)
            for parent in self._made[1:]:  # no empty results/ either, unless another command has begun there
                with suppress(OSError):
                    parent.rmdir()

    def finish(self) -> None:
        """Put results that were made apart in their place, and copies where other commands look: all is done."""
        if self._fresh:
            with said(self.folder):
                self.place.rename(self.folder / WORK / READY)  # from here on every command ends what is begun here
                self.files = Files(self.folder)
                self.files.read()
                self._swap(self.files)
                self.files.read()
        for name, path in self._published:
            copy_whole(self.folder / placed(name), path)

    def _swap(self, before: Files) -> None:
        """Put results that are complete in the place of those before, where there are any."""
        ready = Files(self.folder / WORK / READY)
        if ready.read():
            with said(self.folder):
                swap(before, ready)
        if ready.folder.exists():
            for path in (self.folder / WORK).iterdir():
                shutil.rmtree(path, ignore_errors=True)

    def close(self) -> None:
        """Let others write to the folder."""
        work = self.folder / WORK
        for path in (*sorted((p for p in work.rglob("*") if p.is_dir()), reverse=True), work):
            with suppress(OSError):
                path.rmdir()  # where it is empty
        self._held.release()

    def put(self, writers: Mapping[str, Writer]) -> None:
        """Write files of the results by name, each in its place, all or none; raises NotKept where the system does not let us."""
        if self._open and not self._begun:
            old = [
                n for n in self.files.entries if n in HANDED_OVER or _formerly(n) or table_of(n) == "failures"
            ]  # failures are tried again
            self.files.remove(old)
            if told := [n for n in old if n in HANDED_OVER]:
                print(
                    f"{', '.join(told)}: made from the runs before, so gone; flywheel report, deck or workbook makes them anew",
                    file=sys.stderr,
                )
            text = yaml.safe_dump(self._config, sort_keys=False)
            writers = {"config.yaml": lambda file: file.write(text.encode()), **writers}
        self._begun = True
        self.files.put({placed(name): writer for name, writer in writers.items()})

    def csv(self, name: str, rows: Iterable[dict[str, Any]]) -> None:
        """Write a table, with nine significant digits; no rows, no file."""
        if writer := table_writer(rows):
            self.put({name: writer})

    def text(self, name: str, text: str) -> None:
        """Write a text."""
        self.put({name: lambda file: file.write(text.encode())})

    def publish(self, name: str, path: Path) -> None:
        """Copy a file to where other commands look, once all is done."""
        self._published.append((name, path))

    def finished(self) -> set[str]:
        """Return the ids of runs that are already there; a chunk of which a part is missing or damaged is not."""
        if self._open and not self._checked:
            self._check_parts()
            self._checked = True
        if "runs" not in self.tables():
            return set()
        return set(self.read("select run_id from runs")["run_id"].tolist())

    def _check_parts(self) -> None:
        """Set damaged parts aside, with the rest of their chunk out of the way: its runs are done again."""
        chunks = defaultdict(list)
        for name in self.files.entries:
            if table_of(name) in PARTS:
                chunk = name.rpartition("-")[2]
                chunks[chunk].append(name)
        lost = False
        for names in chunks.values():
            broken = [name for name in names if not self.files.ours(name)]
            lost = lost or bool(broken)
            for name in broken:
                if os.path.lexists(self.place / name):
                    self.files.set_aside(name)
            if broken:
                self.files.remove(name for name in names if name in self.files.entries)
        if lost:
            self.files.enter()

    def add(self, outcomes: Iterable[Outcome], keep: Iterable[str]) -> None:
        """Write one part of each table; runs come last, so a run counts as finished only when all of it is there."""
        import pyarrow as pa

        outcomes = list(outcomes)
        done = [o for o in outcomes if o.error is None]
        self._add_failures([o for o in outcomes if o.error is not None])
        if not done:
            return
        tables = {
            table: pa.concat_tables([_long(o, getattr(o, table)) for o in done])
            for table in ("weeks", "lives", "moves")
            if table in keep
        }
        tables["timings"] = pa.Table.from_pylist([{"run_id": o.task.run_id, "seconds": o.seconds} for o in done])
        tables["runs"] = _table([{**o.task.columns, **o.metrics} for o in done], done)
        name = done[0].task.run_id  # not of one that failed: tried again it would name another part
        self.put({f"{table}-{name}.parquet": _parquet(rows) for table, rows in tables.items()})

    def observed(self, begins: str) -> dict[str, str]:
        """Return what was kept of observations whose names begin so, JSON by name."""
        self.finished()  # damaged parts are set aside
        if "observed" not in self.tables():
            return {}
        rows = self.read(f"select name, found from observed where starts_with(name, '{begins}')")
        return dict(zip(rows["name"].tolist(), rows["found"].tolist(), strict=True))

    def add_observed(self, rows: list[dict[str, str]]) -> None:
        """Write one part of observations, each a ``name`` and what was ``found``, JSON."""
        import pyarrow as pa

        first = rows[0]["name"].rpartition("-")[2]
        self.put({f"observed-{first}.parquet": _parquet(pa.Table.from_pylist(rows))})

    def _add_failures(self, failed: list[Outcome]) -> None:
        if failed:
            self._failed += failed
            rows = [{**o.task.columns, "settings": json.dumps(o.task.settings), "error": o.error} for o in self._failed]
            self.put({FAILURES: _parquet(_table(rows, self._failed))})

    def tables(self) -> dict[str, list[str]]:
        """Return the tables that hold anything, with the names of their files."""
        if not (self._open or self._begun):
            self.files.read()  # somebody else may be writing
        names = defaultdict(list)
        for name in self.files.there():
            if table := table_of(name):
                names[table].append(name)
        return {table: names[table] for table in TABLES if table in names}

    def query(self, sql: str):
        """Return the DuckDB relation of a query over the tables runs, weeks, lives, moves, timings, failures."""
        import duckdb

        connection = duckdb.connect(config={"threads": 1})  # a second one takes as much memory again and saves no time
        for table, names in self.tables().items():
            connection.register(table, self._dataset(names))
        return connection.sql(sql)

    def read(self, sql: str) -> dict[str, np.ndarray]:
        """Return the columns of a query's answer; raises NotKept where a part cannot be read."""
        with self.readable():
            return self.query(sql).fetchnumpy()

    @contextmanager
    def readable(self) -> Iterator[None]:
        """Name the part that was damaged or removed, where that is why a query fails."""
        import duckdb
        import pyarrow as pa

        try:
            yield
        except (duckdb.Error, pa.ArrowException, OSError):
            for name in self.files.entries:
                if not self.files.ours(name):
                    raise NotKept(
                        f"{self.place / name} is damaged or was removed; the command that wrote it, given again, "
                        "does its runs again"
                    ) from None
            raise

    def _dataset(self, names: list[str]) -> Any:
        """Return parts as one table with every column that any of them has.

        DuckDB's own reader takes a name with ``[``, ``*`` or ``?`` for a pattern, also in a list.
        """
        import pyarrow as pa
        import pyarrow.dataset as ds
        import pyarrow.parquet as pq

        paths = {name: str((self.place / name).absolute()) for name in names}  # a folder may be named ~
        for name, path in paths.items():
            if name not in self._schemas or table_of(name) == "failures":
                self._schemas[name] = pq.read_schema(path)
        schema = pa.unify_schemas([self._schemas[name] for name in names], promote_options="permissive")
        return ds.dataset(list(paths.values()), schema=schema, format="parquet")


def copy_whole(file: Path, to: Path) -> None:
    """Copy a file so that a reader sees all of it or nothing."""
    if file.resolve() == to.resolve():
        return
    apart = to.with_name(f".{to.name}.tmp")
    with said(to):
        to.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(file, apart)
            apart.replace(to)
        finally:
            apart.unlink(missing_ok=True)


def _parquet(rows: Any) -> Writer:
    """Return what writes a table as Parquet."""
    import pyarrow.parquet as pq

    return lambda file: pq.write_table(rows, file, compression="zstd")


def _table(rows: list[dict[str, Any]], outcomes: list[Outcome]):
    """Return rows as a table with every column that any of them has; settings have the schema's type, in every part."""
    import pyarrow as pa

    settings = {path for o in outcomes for path in o.task.settings}
    names = dict.fromkeys(name for row in rows for name in row)
    return pa.table(
        {n: pa.array([row.get(n) for row in rows], COLUMNS[kind(n)] if n in settings else None) for n in names}
    )


def _long(outcome: Outcome, columns: dict[str, Any]):
    """Return one run's table with its run_id, motion and seed in front."""
    import pyarrow as pa

    n = len(next(iter(columns.values())))
    task = outcome.task
    ids = {
        "run_id": pa.array([task.run_id] * n, pa.string()).dictionary_encode(),
        "point": pa.array([task.point] * n, pa.int32()),
        "motion": pa.array([task.motion] * n, pa.string()).dictionary_encode(),
        "seed": pa.array([task.seed] * n, pa.int32()),
    }
    return pa.table({**ids, **columns})
