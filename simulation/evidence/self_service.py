"""E3, E14 self-service: who signs up, pays, stays, leaves by a failed payment, comes back."""

from typing import Any

import numpy as np

from simulation.calendar import MONTH_WEEKS
from simulation.evidence.history import started
from simulation.evidence.pooling import Statistic
from simulation.evidence.survival import hazards
from simulation.metrics.sign_ups import PAID_WEEKS, followed
from simulation.people.stages import Cause, Door, Stage
from simulation.scenario.schema import World

LAPSED_WEEKS = 30 / 7
BACK_WEEKS = 365 / 7


def observe_self_service(world: World, seed: int) -> dict[str, Any]:
    """Return the lives of a run in the order of adoption, its sign-ups, and how long newcomers in a trial stayed.

    ``signed``: see ``metrics.sign_ups.followed``.
    ``stays``: newcomers by weeks in the trial, int (weeks, 3): bought, gave up, still there at the run's end.
    """
    run = started(world, seed)
    record = run.run()
    moves = record.moves[(record.moves["from_stage"] == Stage.NEWCOMER) & (record.moves["door"] == Door.TRIAL)]
    stays = np.zeros((world.weeks + 1, 3), int)
    for column, stage in enumerate((Stage.CUSTOMER, Stage.PROSPECT)):
        to = moves[moves["to_stage"] == stage]
        np.add.at(stays[:, column], to["stayed"], to["people"])
    p = run.people
    there = (p["stage"] == Stage.NEWCOMER) & (p["door"] == Door.TRIAL)
    np.add.at(stays[:, 2], run.clock - p["begun"][there], 1)
    return {
        "lives": record.lives,
        "signed": np.array(followed(record)),
        "stays": stays,
        "weeks": world.weeks,
    }


def _pay(parts: list[dict[str, Any]]) -> float:
    """V25a: of sign-ups, those that pay within 60 days."""
    stayed, dropped_out, paid = np.sum([p["signed"] for p in parts], axis=0)
    return float(paid / (stayed + dropped_out))


def _drop_out(parts: list[dict[str, Any]]) -> float:
    """V25c: of sign-ups, those that dropped out at once or gave up within 60 days (Aalen and Johansen 1978: the end of a run censors)."""
    stayed, dropped_out, _ = np.sum([p["signed"] for p in parts], axis=0)
    stays = np.sum([p["stays"] for p in parts], axis=0)
    at_risk = stays.sum(axis=1)[::-1].cumsum()[::-1]
    there, gone = 1.0, 0.0
    for bought, gave_up, risk in zip(stays[: PAID_WEEKS + 1, 0], stays[:, 1], at_risk, strict=False):
        if risk:
            gone += there * gave_up / risk
            there *= 1.0 - (bought + gave_up) / risk
    return float((dropped_out + stayed * gone) / (stayed + dropped_out))


def _monthly(parts: list[dict[str, Any]]) -> np.ndarray:
    """Return the hazard of each of the first twelve months of self-service customers who pay by the month."""
    lives = np.concatenate([p["lives"] for p in parts])
    weeks = np.concatenate([np.full(p["lives"].size, p["weeks"]) for p in parts])
    of = (lives["door"] != Door.SALES) & (lives["contract"] == 0)
    lives, ended = lives[of], lives["ended"][of] >= 0
    lasted = np.where(ended, lives["ended"], weeks[of]) - lives["adopted"]
    return hazards(lasted / MONTH_WEEKS, ended, np.arange(13.0))


def _early(parts: list[dict[str, Any]]) -> float:
    """V23a: the mean hazard of months 1 and 2 over that of months 11 and 12."""
    hazard = _monthly(parts)
    return float(hazard[:2].mean() / hazard[10:].mean())


def _kept_a_year(parts: list[dict[str, Any]]) -> float:
    """V23b: who of new self-service customers who pay by the month is there after twelve of them."""
    return float((1.0 - _monthly(parts)).prod())


def _involuntary(parts: list[dict[str, Any]]) -> float:
    """V24: failed payments among the ends of self-service customers."""
    lives = np.concatenate([p["lives"] for p in parts])
    ended = lives[(lives["ended"] >= 0) & (lives["door"] != Door.SALES)]
    return float((ended["cause"] == Cause.FAILED_PAYMENT).mean())


def _back(parts: list[dict[str, Any]]) -> float:
    """V24b: of those away for 30 days, the share that buys again within a year of leaving."""
    away = back = 0
    for part in parts:
        lives = part["lives"]
        lives = lives[np.lexsort((lives["adopted"], lives["row"]))]
        following = np.append(lives["row"][1:] == lives["row"][:-1], False)
        gap = np.where(following, np.append(lives["adopted"][1:], 0).astype(int) - lives["ended"], 10**6)
        lapsed = (lives["ended"] >= 0) & (lives["ended"] < part["weeks"] - BACK_WEEKS) & (gap > LAPSED_WEEKS)
        away += lapsed.sum()
        back += (lapsed & (gap <= BACK_WEEKS)).sum()
    return float(back / away)


def conclude_self_service(parts: list[dict[str, Any]]) -> dict[str, Statistic]:
    """Return V23a to V25c."""
    return {
        "V23a": Statistic(parts, _early),
        "V23b": Statistic(parts, _kept_a_year),
        "V24": Statistic(parts, _involuntary),
        "V24b": Statistic(parts, _back),
        "V25a": Statistic(parts, _pay),
        "V25c": Statistic(parts, _drop_out),
    }
