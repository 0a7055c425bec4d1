"""Results on disk: Parquet parts that appear whole or not at all, read with DuckDB; the same plan again resumes."""

import hashlib
import json
import os
import platform
import shutil
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from simulation.compiled import RULES_HASH
from simulation.scenario.errors import BadInput
from simulation.scenario.sentences import kind
from simulation.studies.run import Outcome

PARTS = ("runs", "weeks", "lives", "timings")  # one part a chunk; failures stand in one file
TABLES = (*PARTS, "failures")
STUDY_FILES = ("posterior", "data", "edges", "adoptions", "cohorts", "forum")  # settings of studies that name files
OVERWRITTEN = ("manifest.json", "config.yaml")  # by every command
REPLACED = ("*.parquet", "*.csv", "figures/*")  # by one with fresh=true
BEFORE = ".before"  # where they stand until a run is kept
COLUMNS = {float: "double", int: "int64", bool: "bool", str: "string", dict: "string"}  # of settings, by what they are
RUNNING_ONLY = ("seeds", "jobs", "out", "cluster", "fresh")  # these do not decide what a run's result is


def plan_of(config: dict[str, Any]) -> dict[str, Any]:
    """Return the settings that make a plan: all but how it is run."""
    return {k: v for k, v in config.items() if k not in RUNNING_ONLY}


def first_difference(old: Any, new: Any, path: str = "") -> str | None:
    """Return a sentence naming the first setting in which two plans differ, or None."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            where = f"{path}.{key}" if path else key
            if key not in old or key not in new:
                return f"{where} is only in the {'new' if key in new else 'old'} one"
            if found := first_difference(old[key], new[key], where):
                return found
        return None
    return None if old == new else f"{path} was {old}, now {new}"


def git_commit() -> str | None:
    """Return the commit of the source this runs from, None outside a checkout."""
    try:
        done = subprocess.run(
            ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def data_hashes(config: dict[str, Any]) -> dict[str, str]:
    """Return the SHA-256 of every file that a command names, by path; of a folder's files each."""
    net, study = config["market"]["network"], config["study"]
    named = [net["file"], net["traits_file"], *(study.get(name) for name in STUDY_FILES)]
    given = [Path(name) for name in named if name]
    files = [file for path in given for file in (sorted(path.glob("*.csv")) if path.is_dir() else [path])]
    return {
        file.as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
        if os.access(file, os.R_OK) and file.is_file()
    }


def _put(path: Path, write) -> None:
    """Write a file under a temporary name and rename it: a reader sees all of it or nothing."""
    temporary = path.with_name(f".{path.name}.tmp")
    write(temporary)
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    temporary.replace(path)


class Store:
    """One results folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self, config: dict[str, Any], command: list[str], fresh: bool) -> None:
        """Make the folder or take up what is in it; raises BadInput where it holds another plan."""
        self._kept = False
        self._make()
        manifest = self.folder / "manifest.json"
        if not manifest.exists() and any(p.name != "figures" and p.name[:1] != "." for p in self.folder.iterdir()):
            raise BadInput(
                f"out={self.folder}: the folder holds other files and no manifest.json; choose another folder"
            )
        self._lock()
        if manifest.exists() and not fresh:
            try:
                self._check(manifest, config)
            except BadInput:
                self._held.release()
                raise
            self._tidy()
        self._set_aside(fresh)
        (self.folder / "figures").mkdir(exist_ok=True)
        packages = ("mesa", "numpy", "numba", "scipy", "hydra-core", "pydantic", "distributed", "pyarrow", "duckdb")
        content = {
            "command": command,
            "config": config,
            "rules": RULES_HASH,
            "data": data_hashes(config),
            "git_commit": git_commit(),
            "python": platform.python_version(),
            "versions": {name: version(name) for name in packages},
        }
        _put(manifest, lambda p: p.write_text(json.dumps(content, indent=1) + "\n"))
        _put(self.folder / "config.yaml", lambda p: p.write_text(yaml.safe_dump(config, sort_keys=False)))

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

    def _set_aside(self, fresh: bool) -> None:
        """Keep what is replaced until a run is kept: the command may still be refused."""
        before = self.folder / BEFORE
        shutil.rmtree(before, ignore_errors=True)  # of a killed command
        (before / "figures").mkdir(parents=True)
        for name in OVERWRITTEN:
            if (self.folder / name).exists():
                shutil.copy2(self.folder / name, before)  # no moment without them: a killed command resumes
        for old in (path for pattern in REPLACED for path in self.folder.glob(pattern) if fresh):
            old.rename(before / old.relative_to(self.folder))

    def undo(self) -> None:
        """Leave the folder as it was before ``open``, if no run was kept since: for a command that is refused."""
        if self._kept:
            return
        if self._made:
            shutil.rmtree(self.folder)
            for parent in self._made[1:]:  # no empty results/ either, unless another command has begun there
                with suppress(OSError):
                    parent.rmdir()
            return
        for name in OVERWRITTEN:
            (self.folder / name).unlink(missing_ok=True)
        before = self.folder / BEFORE
        for old in (path for path in before.rglob("*") if path.is_file()):
            old.rename(self.folder / old.relative_to(before))
        with suppress(OSError):
            (self.folder / "figures").rmdir()  # where it is empty

    def _keep(self) -> None:
        self._kept = True
        shutil.rmtree(self.folder / BEFORE, ignore_errors=True)

    def _lock(self) -> None:
        """Keep the folder to this process while it lives; raises BadInput where another one writes."""
        from filelock import FileLock, Timeout

        self._held = FileLock(self.folder / ".lock")
        try:
            self._held.acquire(timeout=0)
        except Timeout:
            raise BadInput(f"out={self.folder}: another command is writing to this folder") from None

    def close(self) -> None:
        """Let others write to the folder."""
        self._keep()
        self._held.release()

    def _check(self, manifest: Path, config: dict[str, Any]) -> None:
        try:
            old = json.loads(manifest.read_text())
            plan, rules = plan_of(old["config"]), old["rules"]
        except (ValueError, KeyError, TypeError, AttributeError):
            raise BadInput(
                f"out={self.folder}: manifest.json is none of a results folder; choose another folder or add fresh=true"
            ) from None
        if found := first_difference(plan, plan_of(config)):
            raise BadInput(
                f"out={self.folder}: the folder holds another plan: {found}; choose another folder or add fresh=true"
            )
        if rules != RULES_HASH:
            raise BadInput(
                f"out={self.folder}: the runs in the folder come from another version of the rules; "
                "choose another folder or add fresh=true"
            )

    def _tidy(self) -> None:
        """Remove what a killed command left half-way: runs are written last, so a chunk without runs never was."""
        whole = {part.name.removeprefix("runs-") for part in self.folder.glob("runs-*.parquet")}
        for table in PARTS:
            for part in self.folder.glob(f"{table}-*.parquet"):
                if part.name.removeprefix(f"{table}-") not in whole:
                    part.unlink()
        for rest in self.folder.glob(".*.tmp"):
            rest.unlink()
        (self.folder / "failures.parquet").unlink(missing_ok=True)  # they are tried again

    def finished(self) -> set[str]:
        """Return the ids of runs that are already there."""
        parts = sorted(self.folder.glob("runs-*.parquet"))
        if not parts:
            return set()
        return {row[0] for row in self.query("select run_id from runs").fetchall()}

    def add(self, outcomes: Iterable[Outcome], keep: Iterable[str]) -> None:
        """Write one part of each table; runs come last, so a run counts as finished only when all of it is there."""
        import pyarrow as pa

        outcomes = list(outcomes)
        done = [o for o in outcomes if o.error is None]
        failed = [o for o in outcomes if o.error is not None]
        if failed:
            self._add_failures(failed)
        if not done:
            return
        self._keep()
        name = done[0].task.run_id  # not of one that failed: tried again it would name another part
        for table in ("weeks", "lives"):
            if table in keep:
                self._write(
                    table, name, pa.concat_tables([_long(o, getattr(o, table), table == "weeks") for o in done])
                )
        self._write(
            "timings", name, pa.Table.from_pylist([{"run_id": o.task.run_id, "seconds": o.seconds} for o in done])
        )
        rows = [{**o.task.columns, **o.metrics} for o in done]
        self._write("runs", name, _table(rows, done))

    def _add_failures(self, failed: list[Outcome]) -> None:
        import pyarrow.parquet as pq

        rows = [{**o.task.columns, "settings": json.dumps(o.task.settings), "error": o.error} for o in failed]
        file = self.folder / "failures.parquet"
        if file.exists():
            rows = pq.read_table(file).to_pylist() + rows
        _put(file, lambda p: pq.write_table(_table(rows, failed), p, compression="zstd"))

    def _write(self, table: str, name: str, rows) -> None:
        import pyarrow.parquet as pq

        _put(self.folder / f"{table}-{name}.parquet", lambda p: pq.write_table(rows, p, compression="zstd"))

    def tables(self) -> dict[str, str]:
        """Return the tables that hold anything, with the pattern of their files."""
        patterns = {t: "failures.parquet" if t == "failures" else f"{t}-*.parquet" for t in TABLES}
        return {table: pattern for table, pattern in patterns.items() if any(self.folder.glob(pattern))}

    def query(self, sql: str):
        """Return the DuckDB relation of a query over the tables runs, weeks, lives, timings, failures."""
        import duckdb

        connection = duckdb.connect(config={"threads": 1})  # a second one takes as much memory again and saves no time
        for table, pattern in self.tables().items():
            parts = str(self.folder / pattern).replace("'", "''")
            connection.execute(f"create view {table} as select * from read_parquet('{parts}', union_by_name=true)")
        return connection.sql(sql)


def _table(rows: list[dict[str, Any]], outcomes: list[Outcome]):
    """Return rows as a table with every column that any of them has; settings have the schema's type, in every part."""
    import pyarrow as pa

    settings = {path for o in outcomes for path in o.task.settings}
    names = dict.fromkeys(name for row in rows for name in row)
    return pa.table(
        {n: pa.array([row.get(n) for row in rows], COLUMNS[kind(n)] if n in settings else None) for n in names}
    )


def _long(outcome: Outcome, columns: dict[str, Any], weekly: bool):
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
    if weekly:
        ids["week"] = pa.array(range(n), pa.int16())
    return pa.table({**ids, **columns})
