"""Exports of a company whose parameters are known: one simulated history, written as a company would."""

import csv
from pathlib import Path

import numpy as np

from simulation.calendar import weeks_of
from simulation.evidence.exports import CHANNELS
from simulation.evidence.summaries import by_month, cohorts_of
from simulation.mesa_model import GrowthModel
from simulation.scenario.firm import LEVERS


def month_names(n: int) -> list[str]:
    return [f"{2023 + k // 12}-{k % 12 + 1:02d}" for k in range(n)]


def write(path: Path, head: str, rows: list[tuple]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head.split(","))
        writer.writerows(rows)


def export(folder: Path, world, seed: int, months: int, **settings) -> GrowthModel:
    """Run ``world`` and write customers.csv, churn.csv, spend.csv, community.csv and cohorts.csv."""
    model = GrowthModel(world, rng=seed, weeks=weeks_of(months), **settings)
    record = model.run()
    names, weight = month_names(months), round(record.weight)  # whole people, so that the files agree to a head
    folder.mkdir(parents=True, exist_ok=True)

    def monthly(name: str) -> np.ndarray:
        return by_month(record.series(name), months, 0)

    customers = [
        (m, c, round(float(v))) for c in CHANNELS for m, v in zip(names, monthly(f"adopted_{c}") * weight, strict=True)
    ]
    write(folder / "customers.csv", "month,channel,new_customers", customers)
    churned = sum(monthly(c) for c in ("left", "failed_payment", "switched")) * weight
    write(
        folder / "churn.csv",
        "month,churned_customers",
        [(m, round(float(v))) for m, v in zip(names, churned, strict=True)],
    )
    spend = [
        (m, lever, round(float(v) / 100, 2))
        for lever in LEVERS
        if world.motion.shares.get(lever)
        for m, v in zip(names, monthly(f"{lever}_cents"), strict=True)
    ]
    write(folder / "spend.csv", "month,lever,usd", spend)
    triangle = np.where(np.tri(months).T > 0, 0.0, np.nan)
    counts = cohorts_of(record.lives["adopted"], record.lives["ended"], 0, triangle) * weight
    cohorts = [(names[c], names[m], round(float(counts[c, m]))) for c in range(months) for m in range(c, months)]
    write(folder / "cohorts.csv", "cohort,month,customers", cohorts)
    if world.motion.community:
        ends = [weeks_of(k + 1) - 1 for k in range(months)]
        columns = [record.series("members")[ends], monthly("posts"), monthly("questions"), monthly("answered")]
        rows = [(m, *(round(float(c[k] * weight)) for c in columns)) for k, m in enumerate(names)]
        write(folder / "community.csv", "month,members,posts,questions,answers", rows)
    return model
