"""The kind of a community: what tells two apart, and the six numbers found for a forum's tables."""

import numpy as np
import pytest
import yaml

from simulation.cli import main
from simulation.evidence.community import observe_community
from simulation.evidence.forum import Forum
from simulation.evidence.kinds import CLOSE, KIND, Statistics, fit, of_forum, of_runs
from simulation.evidence.survival import hazards
from simulation.scenario.priors import Prior
from simulation.scenario.schema import tree
from tests.studies.small import rows
from tests.worlds import world

OTHER = {
    "behaviour.help.first_step": 0.12, "behaviour.help.further_answers": 0.55, "behaviour.habits.drops_in": 0.8,
    "behaviour.habits.follow_up_per_week": 0.25, "market.traits.helpfulness_sd_log": 1.3, "behaviour.help.offer_per_week": 0.007,
}  # fmt: skip


def seen(*settings):
    """Return what a community of about 500 posters does."""
    config = world("clg", "market.people=8000", "weeks=156", "motions.clg.launch.seed_members=300", *settings)
    return [observe_community(config, 1)]


def tables(part) -> Forum:
    """Return the tables that a forum's archive would give of these posters."""
    who, weeks = part["posters"], part["weeks"]
    counts = {"posts": who.posts, "answers": who.answers, "partners": who.partners}
    lasted, ended = who.last_post - who.first_post, who.last_post < weeks - 26
    exits = hazards(lasted * 12 / 52, ended, np.array([0.0, 1.0]))
    return Forum({k: np.unique(v, return_counts=True) for k, v in counts.items()}, {0: float(exits[0])})


def test_a_forum_s_tables_and_its_posters_tell_the_same():
    (part,) = seen()
    assert of_forum(tables(part)) == pytest.approx(of_runs([part]), abs=0.005)


def test_the_numbers_make_another_kind_of_community():
    usual, other = of_runs(seen()), of_runs(seen(*(f"{path}={value}" for path, value in OTHER.items())))
    assert other.gone_in_first_month > usual.gone_in_first_month + 0.15
    assert other.answers_of_posts > usual.answers_of_posts + 0.1


def test_the_search_finds_numbers_that_explain_all_and_stops_there():
    known = [Prior(name, {name: 1.0}, 0.0, 1.0, 0.5, "", "C", "") for name in KIND]
    truth = np.array([0.8, 0.3, 0.2, 0.6, 0.7, 0.4])

    def observe(points):
        return [Statistics(*np.append(list(p.values()), 0.5)) for p in points]

    found = list(fit(Statistics(*truth, 0.5), observe, known, 60))
    assert len(found) < 60 and np.abs(np.subtract(found[-1].found[:6], truth)).max() <= CLOSE
    unknown = list(fit(Statistics(*truth, np.nan), observe, known, 60))  # what a forum does not tell is not asked for
    assert np.abs(np.subtract(unknown[-1].found[:6], truth)).max() <= CLOSE


def test_settings_stand_by_section():
    assert tree({"a.b.c": 1.0, "a.b.d": 2.0, "e.f": 3.0}) == {"a": {"b": {"c": 1.0, "d": 2.0}}, "e": {"f": 3.0}}


def test_a_kind_without_a_forum_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["study=validate", "study.kind_rounds=5", "jobs=1"]) == 2
    assert capsys.readouterr().err.strip() == (
        "study.kind_rounds=5: a kind is found for a forum's tables; give study.forum"
    )


@pytest.mark.slow
def test_a_community_s_own_tables_lead_nearer_to_it_and_to_a_file(tmp_path):
    """Two rounds, sixteen points: one of them is nearer than what ships, which was fitted to another forum."""
    forum = tables(seen(*(f"{path}={value}" for path, value in OTHER.items()))[0])
    folder = tmp_path / "forum"
    folder.mkdir()
    lines = {
        "contributions_histogram.csv": ("posts", "answers"),
        "tie_histogram.csv": ("partners",),
    }
    for name, kinds in lines.items():
        text = "what,count,members\n"
        for what in kinds:
            key = {"answers": "answers_to_others", "partners": "reply_ties"}.get(what, what)
            text += "".join(f"{key},{c},{m}\n" for c, m in zip(*forum.histograms[what], strict=True))
        (folder / name).write_text(text)
    (folder / "member_life_table.csv").write_text(f"tenure_month,exit_hazard\n0,{forum.exits[0]}\n")
    out = tmp_path / "out"
    command = ["study=validate", "study.experiments=[]", f"study.forum={folder}", "study.kind_rounds=2"]
    assert main([*command, f"out={out}"]) == 0
    table = {r["statistic"]: r for r in rows(out / "data" / "kind.csv")}
    assert list(table) == list(Statistics._fields)

    def apart(of):
        return sum((float(r[of]) - float(r["seen"])) ** 2 for r in table.values())

    assert apart("found") < apart("shipped")
    kind = yaml.safe_load((out / "data" / "kind.yaml").read_text())
    assert 0 < kind["behaviour"]["habits"]["drops_in"] < 1 and kind["market"]["traits"]["helpfulness_sd_log"] > 0
