"""Named companies over the set: every one at every solution, from the least to the most of each answer."""

from concurrent.futures import ThreadPoolExecutor

from simulation.evidence.solutions import Solution
from simulation.scenario.files import options
from tests.studies.small import rows
from tools import companies
from tools.companies import NAMES, main

DEMAND = "market.segments.*.search_demand_per_week"


def test_each_company_is_run_at_every_solution_from_its_own_numbers(monkeypatch, tmp_path, capsys):
    asked = []

    def answers(settings, company):
        asked.append((company, settings))
        return [1.0 + len(asked)] * len(NAMES)

    monkeypatch.setattr(companies, "answers", answers)
    monkeypatch.setattr(companies, "pool", lambda jobs: ThreadPoolExecutor(1))
    monkeypatch.setattr(
        companies,
        "solutions",
        lambda: [Solution("as shipped", {DEMAND: 1.0}, {}), Solution("other", {DEMAND: 1.5}, {})],
    )
    assert main([f"out={tmp_path}"]) == 0
    lines = rows(tmp_path / "companies.csv")
    assert {row["company"] for row in lines} == set(options("company")) - {"bare"} and len(lines) == len(asked)
    assert [row["found"] for row in lines[:2]] == ["as shipped", "other"]
    (first, own), (same, moved) = asked[:2]
    assert first == same and own.keys() == moved.keys()
    assert {round(moved[path] / own[path], 6) for path in own} == {1.5}  # of the first, in whose prior that lies
    assert f"{first}: {NAMES[0]} 2.00 to 3.00, " in capsys.readouterr().out


def test_what_cannot_be_used_is_said(capsys):
    assert main(["job=2"]) == 2
    assert "job" in capsys.readouterr().err
