"""Members: who is counted at which level, what is sourced and influenced, and what is said of cause."""

import numpy as np
import pytest

from simulation.evidence.pooling import Estimate
from simulation.metrics.members import influenced, sourced
from simulation.people.audience import Level, levels
from simulation.people.columns import FIRST, PERSON
from simulation.people.counts import LIFE, NEVER_JOINED
from simulation.people.stages import Channel, Door, Stage
from simulation.scenario.records import records
from simulation.studies.members import LEVELS, LOOKS, cause
from tests.studies.small import rows, run


def test_the_study_writes_one_table_and_one_figure(tmp_path, capsys):
    folder = run(
        tmp_path / "m", "study=members", "motions=[clg,plg]", "seeds=2", "weeks=90", "study.week=10",
        "behaviour.engagement.customer_join_per_week=0.1",
    )  # fmt: skip
    lines = rows(folder / "data" / "members.csv")
    assert {r["motion"] for r in lines} == {"clg"}  # plg has no community
    of = {(r["table"], r["what"]): r for r in lines}
    assert sum(float(of["share of audience", name]["value"]) for name in LEVELS.values()) == pytest.approx(100)
    assert set(LOOKS) == {what for table, what in of if table == "points kept a year"}
    assert float(of["share", "new customers sourced"]["value"]) <= float(
        of["share", "new customers influenced"]["value"]
    )
    assert {p.stem for p in (folder / "figures").glob("*.png")} == {"members"}
    said = " ".join(capsys.readouterr().out.split())
    assert "CLG: " in said and "people read or are members" in said


def test_a_level_is_the_highest_deed():
    people, week = records(7, PERSON), 50
    for name, value in FIRST.items():
        people[name] = value
    people["reads"][1] = 1
    people["member"][2:] = 1
    people["last_post"][2:] = [-1, 37, 38, 49, 49]  # never, 13 weeks ago, 12 weeks ago, last week
    people["stage"][5:] = Stage.EXPERT
    lives = records(2, LIFE)
    lives["referrer"] = [6, 3]  # an expert's word and a silent member's
    assert levels(people, lives, week).tolist() == [
        Level.NONE, Level.READER, Level.SILENT, Level.SILENT, Level.CONTRIBUTOR, Level.EXPERT, Level.CHAMPION,
    ]  # fmt: skip


def test_sourced_is_first_touch_or_door_and_influenced_membership_or_reading_before_buying():
    lives = records(7, LIFE)
    lives["adopted"], lives["joined"], lives["door"] = 20, NEVER_JOINED, Door.TRIAL
    lives["channel"] = Channel.ADVERT
    lives["channel"][1] = Channel.USER_CONTENT
    lives["door"][2] = Door.COMMUNITY
    lives["joined"][3], lives["joined"][4] = 19, 21
    lives["read"][5] = 1
    lives["channel"][6], lives["door"][6] = Channel.SEED, Door.COMMUNITY
    assert np.flatnonzero(sourced(lives)).tolist() == [1, 2]
    assert np.flatnonzero(influenced(lives)).tolist() == [1, 2, 3, 5]


def test_a_cause_is_said_as_far_as_it_is_told_from_luck():
    assert cause(Estimate(4.0, 1.0, 7.0)) == "causes 4.0 (1.0 to 7.0) points of it"
    assert cause(Estimate(4.0, -1.0, 7.0)) == "causes nothing that is told apart from luck: 4.0 (-1.0 to 7.0) points"
    assert cause(Estimate(np.nan, np.nan, np.nan)) == "causes what nobody can say: the invitations made too few join"
