"""What the README shows runs, and the guides name files that exist."""

import csv
import re
import shlex
from pathlib import Path

import pytest

from simulation.cli import HANDED_OVER, HELP
from simulation.evidence.fitted import fitted
from simulation.evidence.targets import targets
from simulation.metrics import METRICS
from simulation.scenario.compose import compose, groups, options
from simulation.scenario.priors import priors
from tests.docs import metrics_page
from tools import misses

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_python_example_runs(capsys):
    exec(re.search(r"```python\n(.*?)```", README, re.DOTALL)[1], {})
    customers, experts = capsys.readouterr().out.split()
    assert float(customers) > 0 and int(experts) >= 0


COMMANDS = [
    line.split("#")[0].strip()
    for line in re.findall(r"^flywheel .*$", README, re.MULTILINE)
    if ".csv" not in line
    and "--multirun" not in line
    and line.split()[1] not in (*HANDED_OVER, "init")
    and "=acme" not in line
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_composes(command):
    assert compose(*shlex.split(command)[1:]).motions


def test_readme_and_help_name_what_can_be_handed_over():
    for word in HANDED_OVER:
        assert f"\nflywheel {word} " in README and f"  flywheel {word} " in HELP


def test_linked_files_exist():
    for name in ("README.md", "scenarios/README.md", "results/README.md", "CONTRIBUTING.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for link in re.findall(r"\]\(([^)#:]+)\)", text):
            assert ((ROOT / name).parent / link).exists(), (name, link)


def test_the_scenario_guide_lists_every_group_and_choice():
    text = (ROOT / "scenarios" / "README.md").read_text(encoding="utf-8")
    for group in groups():
        if group == "study":
            continue
        row = next(line for line in text.splitlines() if line.startswith(f"| `{group}`"))
        assert set(re.split(r", ", row.split("|")[2].strip())) == set(options(group))


def test_no_file_holds_a_download_address():
    assert "://" not in (ROOT / "requirements.lock").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("group", "option"), [(g, o) for g in groups() for o in options(g) if g not in {"motions", "study"}]
)
def test_every_scenario_file_composes(group, option):
    extra = ["market.network.file=edges.csv"] if option == "from_file" else []
    assert compose(f"{group}={option}", *extra).motions


def test_the_page_of_metrics_is_what_their_rows_say():
    """`python -m tests.docs.metrics_page` writes it."""
    text = metrics_page.PAGE.read_text(encoding="utf-8")
    assert text == metrics_page.with_table(text)


def test_every_metric_says_for_which_concept_it_stands_and_after_whom():
    for name, metric in METRICS.items():
        assert re.fullmatch(r"(A9|E\d+)(, (A9|E\d+))*", metric.concepts), name
        assert metric.reference and metric.definition, name
    concepts = {concept for metric in METRICS.values() for concept in metric.concepts.split(", ")} - {"A9"}
    assert concepts == {f"E{k}" for k in range(1, 13)}


def test_it_says_how_many_published_patterns_hold():
    """Of which table, and which do not: what `python -m tools.misses` has found."""
    said = misses.sentence(misses.known())
    for page in (README, (ROOT / "docs" / "model.md").read_text(encoding="utf-8")):
        assert f"{said} " in page or f"{said}," in page


def test_it_says_how_many_were_fitted_and_which_were_foretold():
    of = fitted()
    foretold = [t.id for t in targets() if t.id not in of]
    missed = {*foretold} & {*misses.known()}
    said = " ".join(README.split())
    assert f"searched with those {len(of)} in view" in said
    assert f"of the {len(foretold)} that no search looked at {len(missed)} miss" in said
    marked, searched, not_said = (sum(f.how == how for f in of.values()) for how in ("marked", "searched", "not said"))
    page = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    assert f"{marked} are named beside a number" in page and f"{searched} more were among" in page
    assert f"of {not_said} that" in page


def test_what_the_patterns_identify_is_told_of_every_number_with_a_prior():
    with (ROOT / "docs" / "identified.csv").open(newline="") as file:
        told = [row["number"] for row in csv.DictReader(file)]
    assert sorted(told) == sorted(prior.name for prior in priors(compose("motions=[clg]").world("clg")))
