"""A results folder of a comparison, read for a story: metrics, weekly series and lives by motion."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from simulation.calendar import Calendar
from simulation.evidence.published import published
from simulation.metrics import METRICS
from simulation.people.stages import Stage
from simulation.runs.results import Results, open_results
from simulation.scenario.errors import BadInput
from simulation.scenario.history import TWINS
from simulation.scenario.schema import Config, World
from simulation.sources import RULES
from simulation.studies import next_money
from simulation.studies.comparison import LIFE, Comparison, arr_usd, most_there
from simulation.studies.next_money import Futures

TABLES = ("runs", "weeks", "lives")


def opened(path: Path) -> Results:
    """Open a folder that a story can be told of; raises BadInput where there is none."""
    if not path.is_dir():
        raise BadInput(f"{path}: there is no such folder; name one with results, such as results/compare-1a2b3c4d")
    results = open_results(path)
    name = results.config["study"]["name"]
    if name != "compare":
        raise BadInput(f"{path}: these are results of study={name}; a comparison is needed, study=compare")
    there = results.kept
    if missing := [table for table in TABLES if table not in there]:
        raise BadInput(
            f"{path}: it holds no {' and no '.join(missing)}; give the command again with study.keep=[{','.join(TABLES)}]"
        )
    if (rules := results.manifest["rules"]) != RULES:
        raise BadInput(
            f"{path}: its runs come from another version of the rules ({rules}, these are {RULES}); "
            "give the command that made them again, with fresh=true"
        )
    return results


class Read:
    """A folder's runs as arrays. ``motions`` in the order of the command, of those whose runs are there."""

    def __init__(self, results: Results) -> None:
        config = results.config
        self.results, self.weeks, self.seeds = results, int(config["weeks"]), int(config["seeds"])
        self.motions = list(config["motions"])
        self.config = Config.model_validate(config)
        self.before = int((config.get("history") or {}).get("weeks") or 0)  # of the past
        self.calendar = Calendar.of(config.get("start"), config.get("fiscal_year_starts", 1))
        found = results.query(f"select distinct motion from runs where seed <= {self.seeds}")["motion"].tolist()
        if lost := [m for m in self.motions if m not in found]:
            raise BadInput(f"{results.path}: no run of {', '.join(lost)} is there; give the command again")

    def worlds(self) -> dict[str, World]:
        """Return what the runs of each motion were told."""
        return {motion: self.config.world(motion) for motion in self.motions}

    def metrics(self) -> dict[str, np.ndarray]:
        """Return metrics by motion, shape (seeds, metrics), NaN where a run is missing."""
        names = ", ".join(f"cast({name} as double) as {name}" for name in METRICS)
        rows = self.results.query(f"select motion, seed, {names} from runs where seed <= {self.seeds} order by seed")
        n = int(rows["seed"].max())
        found = {motion: np.full((n, len(METRICS)), np.nan) for motion in self.motions}
        for motion, of in rows[rows["motion"].isin(self.motions)].groupby("motion"):
            found[motion][of["seed"].to_numpy() - 1] = of[list(METRICS)].to_numpy()
        return found

    def weekly(self, names: Sequence[str], before: int = 0) -> dict[str, dict[str, np.ndarray]]:
        """Return weekly series by motion and name, shape (runs there, weeks); ``before``: weeks of the past, too."""
        columns = ", ".join(f'"{name}"' for name in names)
        rows = self.results.query(
            f"select motion, {columns} from weeks where week >= {-before} and seed <= {self.seeds} order by motion, seed, week"
        )
        return {
            str(m): {name: of[name].to_numpy(float).reshape(-1, before + self.weeks) for name in names}
            for m, of in rows.groupby("motion", observed=True)
        }

    def lives(self, which: str = "adopted >= 0") -> dict[str, dict[str, np.ndarray]]:
        """Return the customer lives of each motion, seeds one after another: those won since, or ``which``."""
        rows = self.results.query(
            f"select motion, seed, {', '.join(LIFE)} from lives where {which} and seed <= {self.seeds} order by motion, seed, adopted, row"
        )
        by = {str(m): of for m, of in rows.groupby("motion", observed=True)}
        names = ("seed", *LIFE)
        return {m: {n: (by[m] if m in by else rows[:0])[n].to_numpy() for n in names} for m in self.motions}

    def comparison(self, weekly: dict[str, dict[str, np.ndarray]]) -> Comparison:
        """Return the runs as figures and the verdict read them."""
        config, metrics = self.results.config, self.metrics()
        market, first = config["market"], weekly[self.motions[0]]
        rows = sum(first[s.name.lower()][0, 0] for s in Stage)  # everybody stands in one stage
        accounts = market["accounts"] or market["people"] or rows
        each = "worlds" if config["study"].get("posterior") else "simulated markets"
        ordered = {m: weekly[m] for m in self.motions}
        today = self.weekly(("revenue_cents",), before=1) if self.before else {}
        return Comparison(
            ordered, self.lives(), metrics, self.weeks, most_there(metrics), each, float(accounts / rows),
            self.calendar, self.lives("adopted < 0") if self.before else {},
            {m: arr_usd(today[m]["revenue_cents"][:, 0]) for m in self.motions if today}, self.config.untried, published(self.worlds()),
        )  # fmt: skip

    def futures(self, data: Comparison) -> Futures:
        """Return the curves of motions and twins from the past on, of seeds whose runs are all there."""
        told = [*self.motions, *TWINS]
        columns = ", ".join(f'"{name}"' for name in next_money.NEEDED)
        there = f"select seed from runs where seed <= {self.seeds} group by seed having count(distinct motion) = {len(told)}"
        rows = self.results.query(f"select motion, {columns} from weeks where week >= {-self.before} and seed in ({there}) order by motion, seed, week")  # fmt: skip
        weeks = self.before + self.weeks
        weekly = {
            str(m): {name: of[name].to_numpy(float).reshape(-1, weeks) for name in next_money.NEEDED}
            for m, of in rows.groupby("motion", observed=True)
        }
        return Futures.of({m: weekly[m] for m in told}, self.before, data.weight, data.each, self.calendar)

    def missing(self) -> list[str]:
        """Return the names of runs that failed."""
        failed = self.results.failures
        return [] if failed.empty else failed[failed["seed"] <= self.seeds]["run_id"].tolist()
