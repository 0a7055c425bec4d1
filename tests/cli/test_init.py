"""``flywheel init``: knowns that cannot be are answered in a sentence before any run; what is written loads, runs and is kept."""

import builtins
import sys
from pathlib import Path

import pytest
import yaml

from simulation.cli import main
from simulation.engine import simulate
from simulation.knowns import solved, solver
from simulation.scenario.compose import compose
from simulation.scenario.files import options

FIRM = {"price_usd": "49", "accounts": "20000", "customers": "600", "new_customers": "260", "budget_usd_per_year": "1.5M USD/year", "like": "plg"}  # fmt: skip
SELLS = "like=slg"
MOTIONS = ", ".join(options("motions"))
SENTENCES = {
    "customers=30000": "customers=30,000: more than accounts=20,000, the accounts that could buy\n"
    "customers=30,000: at new_customers=260 a year these are more than 10 years of winning, the longest past that is simulated",
    "members=21000 like=clg": "members=21,000: more than accounts=20,000, the accounts that could buy",
    "monthly_churn=5%/month": (
        "customers=600: a firm that wins 260 a year and loses 5 % a month keeps 433 at most (new_customers / (12 x monthly_churn)), "
        "unless it shrinks"
    ),
    "new_customers=900 monthly_churn=2%/month": (
        "new_customers=900: less 2 % a month these alone are more than customers=600; a year ago the firm would have had fewer than none"
    ),
    "monthly_churn=0.3%/month": (
        "monthly_churn=0.003: failed payments alone lose 0.87 % of customers a month (65 % pay by the month, and 1.3 % of these fail); "
        "give failed_payments=... of your own"
    ),
    "monthly_churn=1%/month failed_payments=2%/month": (
        "monthly_churn=0.01: failed payments alone lose 1.3 % of customers a month (65 % pay by the month, and 2 % of these fail); "
        "give failed_payments=... of your own"
    ),
    "arpa_usd=5000 arr_usd=2M": (
        "arr_usd=2,000,000: customers=600 at arpa_usd=5,000 are 3,000,000 a year; leave one away"
    ),
    "arpa_usd=400": (
        "arpa_usd=400: a customer pays for one seat at least, and price_usd=49 a month is 588 a year"
    ),
    "arr_usd=200k": (
        "arr_usd / customers=333: a customer pays for one seat at least, and price_usd=49 a month is 588 a year"
    ),
    "sources={search: 0.5, adverts: 0.3}": "sources sum to 0.8, they must sum to 1",
    "sources={search: 0.5, sellers: 0.5}": "sources.sellers=0.5: nothing is spent on sales, so sellers bring nobody",
    "sources={adverts: 1} spending={sales: 1}": (
        "sources.adverts=1: nothing is spent on advertising, so adverts bring nobody"
    ),
    "sources={search: 1} spending={sales: 1}": (
        "sources.search=1: nothing is spent on content and there is no community, so a search finds nothing"
    ),
    "carried_by=sellers": "carried_by=sellers: nothing is spent on sales, so sellers bring nobody",
    "carried_by=search sources={search: 1}": (
        "carried_by=search: sources say what brings new customers; leave carried_by away"
    ),
    "spending={sales: 0.5, content: 0.4}": "spending: shares sum to 0.9, they must sum to 1",
    f"free_to_paid=5% {SELLS}": (
        "free_to_paid=0.05: the firm has no free plan, for nothing is spent on product_growth or its motion has none"
    ),
    "members=100": (
        "members=100: the firm has no community, for nothing is spent on community_team or its motion has none"
    ),
    "sales_cycle_weeks=8": "sales_cycle_weeks=8: nothing is spent on sales, so no sale has a cycle",
    "churn=2%": "churn: there is no such known; did you mean monthly_churn?",
    "spending.sale=1": "spending.sale: there is no such known; did you mean spending.sales?",
    "monthly_churn=2%": "monthly_churn=2%: a month or a year? write monthly_churn=2%/month or monthly_churn=2%/year",
    "budget_usd_per_year=1.5M/month/seat": (
        "budget_usd_per_year=1.5M/month/seat: USD per year are needed; write budget_usd_per_year=1.5M USD/month"
    ),
    "price_usd=€49": "price_usd=€49: no currency is converted here; write it in USD",
    "seats=many": "seats=many: a number (seats of a new customer, mean) is needed",
    "like=plgg": f"like=plgg: there is no such motion; there are {MOTIONS}; did you mean plg?",
    "carried_by=luck": "carried_by=luck: search, adverts, word_of_mouth, sellers are allowed.",
    "sources=3": "sources=3: names with values are needed, such as sources={search: 0.6}",
    "sources={3}": "sources={3}: names with values are needed, such as sources={search: 0.6}",
    "gross_margin=": "gross_margin=: write it as name=value, such as price_usd=49",
    "fresh=yes": "fresh=yes: true or false is needed",
    "known=nofile.yaml": "nofile.yaml: the file cannot be read (No such file or directory)",
}  # fmt: skip


def _typed(name: str, given: dict[str, str]) -> list[str]:
    return ["init", name, *(f"{known}={text}" for known, text in given.items())]


def _with(asked: str) -> list[str]:
    """Return the firm's knowns with those of ``asked`` in their place, names with values in brackets kept whole."""
    texts = {}
    for part in asked.replace(", ", ",").replace(": ", ":").split():
        name, _, text = part.partition("=")
        texts[name] = text.replace(":", ": ").replace(",", ", ") if text.startswith("{") else text
    if "spending" in texts or "spending.sale" in texts:
        return _typed("acme", {name: text for name, text in FIRM.items() if name != "like"} | texts)
    return _typed("acme", FIRM | texts)


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A folder of one's own, without a terminal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    return tmp_path


@pytest.fixture
def few(monkeypatch):
    """Few markets."""
    for size in ("COARSE", "FINE", "FINEST"):
        monkeypatch.setattr(solved, size, (50, 6, 6, 10**6))
    monkeypatch.setattr(solved, "ROUNDS", 3)


@pytest.fixture
def quick(monkeypatch):
    """A search of few steps in two markets: what it finds is not judged here."""
    for size in ("COARSE", "FINE", "FINEST"):
        monkeypatch.setattr(solved, size, (50, 2, 2, 10**6))
    monkeypatch.setattr(solved, "ROUNDS", 1)
    for steps in ("FIRST", "FURTHER"):
        monkeypatch.setattr(solver, steps, 1)


@pytest.mark.parametrize(("asked", "sentence"), SENTENCES.items())
def test_what_cannot_be_is_said_before_any_run(asked, sentence, folder, monkeypatch, capsys):
    monkeypatch.setattr(solved, "find", None)  # no run
    assert main(_with(asked)) == 2
    assert capsys.readouterr().err == f"{sentence}\n"
    assert not list(folder.iterdir())


def test_what_is_needed_and_missing_is_named(folder, capsys):
    assert main(["init", "acme", "price_usd=49"]) == 2
    needed = "accounts, customers, new_customers, budget_usd_per_year, like: values are needed; write accounts=...\n"
    assert capsys.readouterr().err == needed


@pytest.mark.parametrize(
    ("names", "said"), [([], ""), (["a", "b"], "a b: "), (["3x"], "3x: "), (["a.b"], "a.b: "), (["../x"], "../x: ")]
)
def test_a_firm_has_one_name_that_a_file_can_have(names, said, folder, capsys):
    assert main(["init", *names, "price_usd=49"]) == 2
    wanted = "one name is needed, of letters, digits, _ and -, as in flywheel init acme price_usd=49"
    assert capsys.readouterr().err == f"init: {said}{wanted}\n"


def test_what_comes_with_the_simulation_and_what_is_somebodys_own_is_not_overwritten(folder, capsys):
    (folder / "scenarios" / "motions").mkdir(parents=True)
    own = folder / "scenarios" / "motions" / "acme.yaml"
    own.write_text("mine")
    for name, sentence in {
        "notion": "notion: a company of this name comes with the simulation; choose another name\n",
        "plg": "plg: a motion of this name comes with the simulation; choose another name\n",
        "acme": "acme: scenarios/motions/acme.yaml was not written by init; choose another name\n",
    }.items():
        assert main([*_typed(name, FIRM), "fresh=true"]) == 2
        assert capsys.readouterr().err == sentence
    assert own.read_text() == "mine"


def test_where_nothing_can_be_put_is_said_before_any_run(folder, capsys):
    (folder / "scenarios").write_text("a file")
    assert main(_typed("acme", FIRM)) == 2
    wanted = "acme: scenarios/company/acme.yaml cannot be written, scenarios is a file in which nothing can be put\n"
    assert capsys.readouterr().err == wanted


SMALL = FIRM | {"accounts": "1500", "customers": "300", "new_customers": "200", "budget_usd_per_year": "300k USD/year"}


def test_the_files_load_and_the_next_command_runs(folder, quick, capsys):
    """Knowns come from a file, the command line before it; what was said, what was solved for and units stand in the company."""
    tree = {
        "known": {**SMALL, "price_usd": "39", "sources": {"search": "60 %", "adverts": 0.4}, "gross_margin": "75 %"}
    }
    (folder / "firm.yaml").write_text(yaml.safe_dump(tree))
    assert main(["init", "acme", "known=firm.yaml", "price_usd=49", "monthly_churn=24 %/year"]) == 0
    lines = capsys.readouterr().out
    printed = " ".join(lines.split())
    assert "monthly_churn=24 %/year: read as 0.02261" in printed
    assert (
        "not said, so as in the reference company: seats, arpa_usd, sales_cycle_weeks, free_to_paid, members "
        in printed
    )
    assert "which motion is better" not in printed
    assert "written: scenarios/company/acme.yaml, scenarios/motions/acme.yaml\n" in lines
    assert lines.endswith("next: flywheel company=acme motions=[acme,clg,plg,slg]\n")
    config = compose("company=acme", "motions=[acme]")
    assert (config.product.price_usd, config.product.reference_price_usd, config.product.gross_margin) == (49, 49, 0.75)
    assert config.budget.usd_per_account_per_week == pytest.approx(300_000 / 52 / 1500, rel=1e-4)
    assert config.history.motion == "acme" and config.past.weeks >= 52 and config.past.motion == config.motions["acme"]
    assert config.motions["acme"].shares == compose("motions=[plg]").motions["plg"].shares
    assert config.behaviour.attraction.close_talk_per_week == 0  # nobody came by word of mouth
    written = (folder / "scenarios" / "company" / "acme.yaml").read_text()
    assert (
        "search_demand_per_week: " in written
        and "# searches that would lead here, per account and week; solved for: by search" in written
    )
    assert "# USD per seat and month; follows from what was said" in written
    assert config.known.sources.search == 0.6 and config.known.price_usd == 49 and config.known.seats is None
    assert simulate(compose("company=acme", "motions=[acme]", "weeks=20").world("acme"), 1).base.size > 0
    again = ["init", "acme", "known=firm.yaml"]
    assert main(again) == 2
    assert (
        "acme: scenarios/company/acme.yaml exists; choose another name or add fresh=true\n" in capsys.readouterr().err
    )
    assert main([*again, "fresh=true"]) == 0
    assert (folder / "scenarios" / "company" / "acme.yaml").read_text() != written


def test_without_sources_it_says_what_is_held_to_bring_customers_and_another_makes_another_firm(folder, quick, capsys):
    assert main(_typed("acme", SMALL)) == 0
    said = (
        "where new customers came from is not said, and the knowns do not settle it: search is held to bring what there are more or fewer than in "
        "the reference. Another source can turn round which motion is better: give sources, try carried_by=..., or look at study=uncertainty, which gives each its turn"
    )
    assert said in " ".join(capsys.readouterr().out.split())
    assert main([*_typed("other", SMALL), "carried_by=adverts"]) == 0
    assert said.replace("it: search", "it: adverts") in " ".join(capsys.readouterr().out.split())
    one, other = (compose(f"company={name}", f"motions=[{name}]") for name in ("acme", "other"))
    reference = compose().market.segments["smaller"].search_demand_per_week
    assert one.market.segments["smaller"].search_demand_per_week != reference
    assert other.market.segments["smaller"].search_demand_per_week == reference
    assert other.behaviour.attraction.advert_per_week != compose().behaviour.attraction.advert_per_week


def test_at_a_terminal_what_is_not_given_is_asked(folder, quick, monkeypatch, capsys):
    asked = []
    answers = {
        "accounts": "1500",
        "customers today": "300",
        "new customers in": "200",
        "budget": "300k USD/year",
        "whose spending": "plg",
    }

    def answer(question: str) -> str:
        asked.append(question)
        return next((text for start, text in answers.items() if start in question and "share" not in question), "")

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(builtins, "input", answer)
    assert main(["init", "acme", "price_usd=49"]) == 0
    assert not any("price" in question for question in asked) and any("gross margin" in question for question in asked)
    assert compose("company=acme", "motions=[acme]").market.accounts == 1500


@pytest.mark.slow
def test_the_next_command_that_is_printed_runs(folder, quick, capsys):
    assert main(_typed("acme", SMALL)) == 0
    _, command, *arguments = capsys.readouterr().out.splitlines()[-1].split()
    assert command == "flywheel"
    assert main([*arguments, "weeks=20", "seeds=2", "jobs=1"]) == 0
    assert "your company as simulated, today" in capsys.readouterr().out


@pytest.mark.slow
def test_what_cannot_be_met_is_named_with_its_reason(folder, few, capsys):
    """Sellers who cost four times what the firm spends cannot win six hundred customers a year."""
    asked = SMALL | {
        "accounts": "5000",
        "customers": "800",
        "new_customers": "600",
        "budget_usd_per_year": "200k USD/year",
        "like": "slg",
    }
    assert main([*_typed("acme", asked), "sources={sellers: 0.8, word_of_mouth: 0.2}", "seats=20"]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    follows = "it follows from sources.sellers, which the firm cannot have"
    assert f"new customers, 12 months is not met: {follows} " in printed
    why = "the sellers that the money pays for cannot win so many, or so few (prices.meetings_per_pod_per_week at its bound)"
    assert f"by sellers is not met: {why} " in printed
    assert "customers today is not met: in ten years it comes no nearer " in printed


IN_DOLLARS = {
    "price_usd": "49 USD", "accounts": "20000", "customers": "600", "new_customers": "260", "budget_usd_per_year": "1M", "like": "plg",
}  # fmt: skip


@pytest.mark.parametrize("place", ["the command line", "a file", "a file, under known", "both"])
@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("euros", "currency=euros: write the three letters of a currency, such as EUR or DKK"),
        ("", "currency=: write the three letters of a currency, such as EUR or DKK"),
        ("EUR", "price_usd=49 USD: no currency is converted here; write it in EUR"),
    ],
)
def test_knowns_are_in_the_currency_that_is_said(place, said, sentence, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    file = {**IN_DOLLARS, "currency": "USD" if place == "both" else said}
    Path("firm.yaml").write_text(yaml.safe_dump({"known": file} if "under" in place else file))
    typed = [f"currency={said}"] if place in ("the command line", "both") else []
    knowns = ["known=firm.yaml"] if place != "the command line" else [f"{k}={v}" for k, v in IN_DOLLARS.items()]
    assert main(["init", "acme", *typed, *knowns]) == 2
    assert capsys.readouterr().err.strip() == sentence and [p.name for p in tmp_path.iterdir()] == ["firm.yaml"]


def test_a_file_of_knowns_in_a_currency_makes_a_company_in_it(folder, quick):
    file = SMALL | {"budget_usd_per_year": "300k EUR/year", "price_usd": "49 EUR", "currency": "EUR"}
    Path("firm.yaml").write_text(yaml.safe_dump(file))
    assert main(["init", "acme", "known=firm.yaml"]) == 0
    assert "\ncurrency: EUR\n" in (folder / "scenarios" / "company" / "acme.yaml").read_text()
    assert compose("company=acme", "motions=[acme]").currency == "EUR"
