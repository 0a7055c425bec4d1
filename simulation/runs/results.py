"""What a results folder holds, as data frames: one line in a notebook."""

import json
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from simulation.runs.files import MANIFEST, WORK
from simulation.runs.store import READY, Store
from simulation.scenario.errors import BadInput

ORDER = {
    "runs": "point, motion, seed",
    "weeks": "point, motion, seed, week",
    "lives": "point, motion, seed, adopted, row",
    "moves": "point, motion, seed, quarter, from_stage, to_stage, door, member, stayed",
    "timings": "run_id",
    "failures": "point, motion, seed",
}


class Results:
    """A results folder. Tables come sorted, so they are the same whatever order runs were done in."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._store = Store(self.path)
        if not self._store.files.read():
            raise BadInput(f"{path}: this is no results folder, it has no {MANIFEST}")
        if (self.path / WORK / READY).exists():
            raise BadInput(f"{path}: a command was stopped while it put its results in place; give it again")

    def __repr__(self) -> str:
        """Say which study this is and what is there."""
        tables = ", ".join(self.kept)
        return f"Results({str(self.path)!r}: study {self.config['study']['name']}, tables {tables})"

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The command, its settings, versions and commit."""
        return json.loads((self.path / MANIFEST).read_bytes())

    @property
    def config(self) -> dict[str, Any]:
        """All settings of the command."""
        return self.manifest["config"]

    @property
    def kept(self) -> list[str]:
        """The names of the tables that hold anything."""
        return list(self._store.tables())

    def table(self, name: str) -> pd.DataFrame:
        """Return a table: runs, weeks, lives, moves, timings or failures; an empty one where nothing of it is kept."""
        if name not in ORDER:
            raise BadInput(f"there is no table '{name}'; there are {', '.join(ORDER)}")
        if name not in self._store.tables():
            return pd.DataFrame()
        return self.query(f"select * from {name} order by {ORDER[name]}")

    @property
    def runs(self) -> pd.DataFrame:
        """One row a run: point, motion, seed, settings of the point, every metric."""
        return self.table("runs")

    @property
    def weeks(self) -> pd.DataFrame:
        """One row a week of a run: every series."""
        return self.table("weeks")

    @property
    def lives(self) -> pd.DataFrame:
        """One row a customer life."""
        return self.table("lives")

    @property
    def moves(self) -> pd.DataFrame:
        """One row a quarter, move between two stages, door, membership and time in the stage that was left."""
        return self.table("moves")

    @property
    def failures(self) -> pd.DataFrame:
        """One row a run that failed: its settings, seed and error."""
        return self.table("failures")

    def csv(self, name: str) -> pd.DataFrame:
        """Return a table that the study wrote, such as ``summary`` or ``differences``."""
        self._store.files.read()  # somebody may have added to it
        there = {Path(file).stem: file for file in self._store.files.there() if file.endswith(".csv")}
        if name not in there:
            raise BadInput(f"{self.path}: there is no {name}.csv; there are {', '.join(sorted(there)) or 'none'}")
        return pd.read_csv(self.path / there[name])

    @property
    def summary(self) -> pd.DataFrame:
        """Medians and 90 % intervals."""
        return self.csv("summary")

    @property
    def differences(self) -> pd.DataFrame:
        """Paired differences between motions."""
        return self.csv("differences")

    def query(self, sql: str) -> pd.DataFrame:
        """Return the answer of DuckDB to a query over the tables."""
        with self._store.readable():
            return self._store.query(sql).df()


def open_results(path: str | Path) -> Results:
    """Open a results folder; raises BadInput where there is none."""
    return Results(path)
