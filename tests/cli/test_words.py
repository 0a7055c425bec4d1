"""What people really type: read with its plain meaning where it has one, else one sentence that names what to write."""

import os
import re
import subprocess
import sys
from functools import reduce
from operator import getitem
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.cli import COLUMNS, _console, main
from simulation.runs.session import Session
from simulation.runs.store import Store
from simulation.scenario.arguments import readable
from simulation.scenario.compose import compose, composed
from simulation.scenario.files import options

MOTIONS = ", ".join(options("motions"))
HEAD = "# @package _global_\ndefaults:\n  - reference\n"
TWO_MEANINGS = "is it 1500 or 1.5? write product.price_usd=1500 or product.price_usd=1.5"
SENTENCES = {
    "motions=[community,sales]": (
        f"motions=[community,sales]: there is no motions 'community' or 'sales'; there are {MOTIONS}; did you mean clg and slg?"
    ),
    "motions=community": f"motions=community: there is no motions 'community'; there are {MOTIONS}; did you mean clg?",
    "motions=[CLG plg]": "motions=[CLG plg]: write a list, motions=[clg,plg]",
    "motions=[clg,plg": "motions=[clg,plg: write a list, motions=[clg,plg]",
    "motions=(clg,plg)": ("motions=(clg,plg): write a list, motions=[clg,plg], or add --multirun for a command each"),
    "company=notion,slack": "company=notion,slack: one company can be chosen, such as company=notion",
    "motions=[../company/notion]": (
        f"motions=[../company/notion]: there is no motions '../company/notion'; there are {MOTIONS}."
    ),
    "company=forum": "company=forum: there is no company 'forum', it is a platform: platform=forum",
    "company=scenarios/company/notion.yaml": (
        "company=scenarios/company/notion.yaml: a company is chosen by its name: company=notion"
    ),
    "--company": "--company: write company=..., without dashes and with an equals sign",
    f"company={'x' * 3000}": (
        f"company={'x' * 92}...: there is no company '{'x' * 40}...'; there are {', '.join(options('company'))}."
    ),
    "~study=sweep": "~study=sweep: a study is needed; write study=... to choose another one",
    "co@mpany=notion": "co@mpany: there is no such setting; did you mean company?",
    "--compny": ("--compny: there is no such option; there are --help, --multirun, --cfg job, --version."),
    "--settings": "--settings: write it first and without dashes, as in flywheel settings",
    "--multirun=x": "--multirun=x: write --multirun alone, beside the settings",
    "settings chrun": "settings chrun: no setting has this in its name, unit or remark; did you mean churn?",
    "weeks=range(1,1000000000)": (
        "weeks=range(1,1000000000): several values are for --multirun, a command each, or for study.over"
    ),
    "--multirun weeks=range(1,1000000000)": (
        "--multirun: more than 1,000 commands; study=sweep runs many points in one"
    ),
    "--cfg all": "--cfg: write --cfg job, it prints the scenario as YAML",
    "motions=[clg] motions=[plg]": "motions=[plg]: motions=[clg] is chosen already; leave one away",
    "out=": "out=: name a folder, or leave it away",
    r"out=C:\Users\me\results": (
        r"out=C:\Users\me\results: this is how Windows writes a folder; here it is written with /, as in out=my/results"
    ),
    "market.network.file=/dev/zero": "market.network.file=/dev/zero: this is a device or a pipe, a CSV file is needed",
    "market.network.file=/": "market.network.file=/: this is a folder, a CSV file is needed",
    f"weeks={'1' * 5000}": f"weeks={'1' * 94}...: a number of 5,000 digits is more than anything here can be",
    f"{'x' * 30_000}=1": f"{'x' * 100}...: it has 30,002 characters, 20,000 are read at most",
    f"study.over={'[' * 500}": f"study.over={'[' * 89}...: more than 20 brackets stand in each other",
    "weeks=3\x07": "weeks=3 : it holds a character that cannot be seen; type it anew",
}
TOGETHER = {  # said all at once
    "compagny=notion": "compagny: there is no such setting; did you mean company?",
    "price=30": "price: there is no such setting; did you mean product.price_usd?",
    "margin=75%": "margin: there is no such setting; did you mean product.gross_margin?",
    "WEEKS=30": "WEEKS: there is no such setting; did you mean weeks?",
    "churn=4%": (
        "churn: there is no such setting; a share of customers lost is known.monthly_churn=4%, "
        "market.segments.smaller.churn_per_week a hazard a week before what protects"
    ),
    "market.segments.smaller.churn_per_week=5 %/month": (
        "market.segments.smaller.churn_per_week=5 %/month: this is a hazard a week before what protects, no share of "
        "customers lost; write known.monthly_churn=5 %/month"
    ),
    f"{'x' * 150}=1": f"{'x' * 100}...: there is no such setting.",
    "product.price_usd=75%": "product.price_usd=75%: this is a share; a number (USD per seat and month) is needed",
    "weeks=3 moons": "weeks=3 moons: a whole number (weeks) is needed",
}
READ = {  # what is typed, the setting, its value
    "product.gross_margin=75%": ("product.gross_margin", 0.75),
    "--weeks=3 years": ("weeks", 156),
    "\u2014seeds=1e3": ("seeds", 1000),  # a dash that an editor made of two
    "product.price_usd='12'": ("product.price_usd", 12),
    "market.network.file=tal/李.csv": ("market.network.file", "tal/李.csv"),
    "out=mine/ø, it's [1]": ("out", "mine/ø, it's [1]"),
    "market.segments.smaller.language=dansk/år": ("market.segments.smaller.language", "dansk/år"),
}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(path: str, text: str, **how) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, **{"encoding": "utf-8", **how})


@pytest.mark.parametrize("command", SENTENCES, ids=lambda command: command[:40])
def test_what_cannot_be_read_is_one_sentence_and_exit_code_2(command, here, capsys):
    arguments = command.split(" ") if command.count("=") != 1 or command.startswith("--") else [command]
    assert main(arguments) == 2
    assert capsys.readouterr().err.strip("\n") == SENTENCES[command]
    assert list(here.iterdir()) == []


def test_settings_that_cannot_be_used_are_said_all_at_once(here, capsys):
    assert main(list(TOGETHER)) == 2
    assert sorted(capsys.readouterr().err.splitlines()) == sorted(TOGETHER.values())


def test_what_can_mean_one_thing_is_read_and_what_changed_is_said():
    found = composed(*READ)
    values = found.config.model_dump()
    assert {path: reduce(getitem, path.split("."), values) for path, _ in READ.values()} == dict(READ.values())
    assert found.read == ("weeks=3 years: read as 156 (weeks)", "product.gross_margin=75%: read as 0.75 (share)")
    assert readable(["out=2024", "out=null"]) == ("out='2024'", "out=null")


def test_what_was_read_is_said_before_the_runs(here, capsys):
    Path("edges.csv").write_text("source,target\n")
    assert main(["product.gross_margin=75%", "weeks=30", "weeks=60", "market.network.file=edges.csv"]) == 2
    assert capsys.readouterr().out.splitlines() == [
        "weeks=60: the last counts, weeks=30 is left away",
        "product.gross_margin=75%: read as 0.75 (share)",
    ]


def test_of_a_setting_given_twice_the_last_counts_and_is_said():
    found = composed("weeks=30", "seeds=2", "weeks=60")
    assert found.config == compose("seeds=2", "weeks=60")
    assert found.read == ("weeks=60: the last counts, weeks=30 is left away",)
    assert composed("weeks=60", "weeks=60").read == ()


def test_names_are_found_in_any_case():
    assert list(compose("motions=[CLG,Plg]").motions) == ["clg", "plg"]
    assert compose("company=Notion") == compose("--company=notion") == compose("company=notion")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Ærø-Bücher & co", "acme-v2.1", "李", "it's", "null"])
def test_a_file_may_be_called_anything(name, here):
    written(f"scenarios/company/{name}.yaml", HEAD + "product: {price_usd: 12.0}\n")
    assert compose(f"company={name.upper()}").product.price_usd == 12.0


def test_a_file_of_any_name_may_be_begun_with(here):
    written("scenarios/company/Ærø v2.1.yaml", HEAD + "product: {price_usd: 12.0}\n")
    written("scenarios/company/mine.yaml", "# @package _global_\ndefaults: [Ærø v2.1]\n")
    assert compose("company=mine").product.price_usd == 12.0


def test_a_motion_may_have_any_name_without_dots(here, capsys):
    written("scenarios/motions/Ærø mix.yaml", "# @package motions.Ærø mix\ndefaults: [plg@_here_]\nfree_tier: false\n")
    config = compose("motions=[Ærø mix,clg]", "motions.Ærø mix.launch.weeks=3")
    assert [(name, of.free_tier) for name, of in config.motions.items()] == [("Ærø mix", False), ("clg", False)]
    assert config.motions["Ærø mix"].launch.weeks == 3
    written("scenarios/motions/v2.1.yaml", "# @package motions.v2.1\ndefaults: [plg@_here_]\n")
    assert main(["motions=[v2.1]"]) == 2
    assert capsys.readouterr().err.strip() == (
        "scenarios/motions/v2.1.yaml: dots part the names of settings; give the motion a name without dots"
    )


def test_a_file_of_a_name_with_a_dot_is_named_in_sentences(here, capsys):
    written("scenarios/company/bad.v1.yaml", HEAD + "product: {price_usd: 12.0\n")
    assert main(["company=bad.v1"]) == 2
    assert capsys.readouterr().err.startswith("scenarios/company/bad.v1.yaml, line 4: this is no YAML")
    written("scenarios/company/opt.v1.yaml", "# @package _global_\ndefaults: [referense]\n")
    assert main(["company=opt.v1"]) == 2
    said = capsys.readouterr().err.strip()
    assert said.startswith("scenarios/company/opt.v1.yaml: defaults: referense: there is no company 'referense'")
    assert said.endswith("did you mean reference?")


WRONG_PLACES = (
    "mine.yaml",
    "scenarios/mine.yaml",
    "scenarios/market/mine.yaml",
    "scenarios/company/mine.yml",
    "mine.yml",
)


@pytest.mark.parametrize("place", WRONG_PLACES)
def test_a_file_in_the_wrong_folder_is_told_where_to_go(place, here, capsys):
    written(place, HEAD)
    assert main(["company=mine"]) == 2
    assert capsys.readouterr().err.strip() == (
        f"company=mine: {place} is not where a company is looked for; move it to scenarios/company/mine.yaml"
    )


IN_A_FILE = {  # a line, what it says
    "product: {price_usd: 49,00}": (
        "line 4: price_usd: 49,00 are two values; write the number with a decimal point: 49.00"
    ),
    "product:\n  price_usd: 49 USD/month": (
        "line 5: product.price_usd=49 USD/month: USD per seat and month are needed; write product.price_usd=49 USD/seat/month"
    ),
    "interventions: [{week: 3, set: {product.price_usd: 1.500}}]": (
        "line 4: interventions.0.set.product.price_usd=1.500: is it 1500 or 1.5? write interventions.0.set.product.price_usd=1500 "
        "or interventions.0.set.product.price_usd=1.5"
    ),
    "product:\n  price_usd: 1.500": f"line 5: product.price_usd=1.500: {TWO_MEANINGS}",
    "weeks: 1:30": "line 4: weeks: 1:30 is no plain number; write it as 1234.5",
    "product: {gross_margin: 75,5 %}": (
        "line 4: gross_margin: 75,5 % are two values; write the number with a decimal point: 75.5 %"
    ),
    "product: {price_usd: 1,500}": (
        "line 4: price_usd: 1,500 are two values; write 1500, or the number with a decimal point: 1.500"
    ),
    "budget: {usd_per_account_per_week: 1.5M}": (
        "line 4: budget.usd_per_account_per_week=1.5M: USD per account and week are needed; write "
        "budget.usd_per_account_per_week=1.5M USD/account/year, or 1.5M USD/year for all accounts"
    ),
    "product:\n  - price_usd: 12.0": "line 5: product: names with values are needed",
    "product: 3": "line 4: product: names with values are needed",
    "interventions: {week: 3}": "line 4: interventions: a list is needed",
    "weeks: [3]": "line 4: weeks: one value is needed, no list and no names",
}


@pytest.mark.parametrize("line", IN_A_FILE)
def test_a_value_of_a_file_that_cannot_be_used_is_named_with_file_and_line(line, here, capsys):
    written("scenarios/company/mine.yaml", HEAD + line + "\n")
    assert main(["company=mine"]) == 2
    assert capsys.readouterr().err.splitlines()[0] == f"scenarios/company/mine.yaml, {IN_A_FILE[line]}"


def test_all_values_of_a_file_that_cannot_be_used_are_named_at_once(here, capsys):
    text = (
        "product.ease: 12.0\nprice_usd: 12.0\nmarket: {segments: {apart: {language: da}}}\n"
        "product: {price_usd: much, price_usdd: 3}\n"
    )
    written("scenarios/company/mine.yaml", HEAD + text)
    assert main(["company=mine"]) == 2
    lines = capsys.readouterr().err.replace("scenarios/company/mine.yaml, ", "").splitlines()
    assert {
        "line 4: product.ease: there is no such setting; in a file it stands in its section, as in product: {ease: ...}",
        "line 5: price_usd: there is no such setting; did you mean product.price_usd?",
        "line 6: market.segments.apart.share: a value is needed",
        "line 7: product.price_usd=much: a number (USD per seat and month) is needed",
        "line 7: product.price_usdd: there is no such setting; did you mean product.price_usd?",
    } <= set(lines)


def test_percent_thousands_and_the_mark_of_an_editor_in_a_file(here):
    text = HEAD + "product: {gross_margin: 80%}\nmarket: {accounts: 20k}\nweeks: 2 years\n"
    written("scenarios/company/mine.yaml", text, encoding="utf-8-sig")
    config = compose("company=mine", "rival=cheaper")
    assert (config.product.gross_margin, config.market.accounts, config.weeks) == (0.8, 20_000, 104)
    written("scenarios/company/mine.yaml", HEAD + "product:\n  price_usd: 49,50\nmarket: {accounts: 3e4}\n")
    config = compose("company=mine")
    assert (config.product.price_usd, config.market.accounts) == (49.5, 30_000)
    written("scenarios/company/mine.yaml", HEAD + "product: {reference_price_usd: $1000}\n")
    assert compose("company=mine", "rival=cheaper").rivals["cheaper"].price_usd == 625  # five eighths of what was read


def test_settings_and_cfg_job_print_the_scenario(here, capsys):
    assert main(["settings", "company=notion", "motions=[clg]"]) == 0
    lines = capsys.readouterr().out.splitlines()[::2]
    assert "product.price_usd=10.0  USD per seat and month" in lines
    given = [
        line.split("  ")[0] for line in lines if "study.name" not in line and "=[]" not in line and "={}" not in line
    ]
    assert compose("motions=[clg]", *given) == compose("company=notion", "motions=[clg]")  # each can be given back
    for asked in (["--cfg", "job"], ["--cfg=job"], ["-c", "job"]):
        assert main([*asked, "company=notion"]) == 0
        assert yaml.safe_load(capsys.readouterr().out) == compose("company=notion").model_dump(mode="json")
    assert list(here.iterdir()) == []


def test_a_word_finds_settings_with_the_place_that_sets_them_what_stands_there_and_their_prior(here, capsys):
    written("scenarios/company/mine.yaml", HEAD + "product:\n  gross_margin: 80%   # as booked\ncurrency: EUR\n")
    assert main(["settings", "margin", "company=mine"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "product.gross_margin=0.8  share",
        "    scenarios/company/mine.yaml, line 5: as booked; plausible 0.7 to 0.82, grade B (benchmarks.csv gross_margin)",
    ]
    assert main(["settings", "price_usd", "company=mine", "product.price_usd=12"]) == 0
    lines = capsys.readouterr().out.splitlines()
    at = lines.index("product.price_usd=12.0  EUR per seat and month")
    assert lines[at + 1] == "    the command line"
    assert (
        lines[at + 2]
        == "product.reference_price_usd=12.0  EUR per seat and month at which price neither helps nor hurts"
    )
    assert lines[at + 3].endswith("what the market is used to pay") and "reference.yaml, line " in lines[at + 3]
    assert main(["settings", "fiscal"]) == 0
    assert "scenarios/config.yaml, line " in capsys.readouterr().out.splitlines()[1]
    assert main(["settings", "clg.plan"]) == 0
    assert capsys.readouterr().out == "motions.clg.plan=[]\n    as the schema has it\n"


def test_columns_are_obeyed(monkeypatch):
    widths = {}
    for columns in ("70", "200", "", "none", "0", "-3"):
        monkeypatch.setenv("COLUMNS", columns)
        widths[columns] = _console().width
    assert widths == {"70": 70, "200": 200, "": COLUMNS, "none": COLUMNS, "0": COLUMNS, "-3": COLUMNS}


@pytest.mark.slow
def test_a_command_without_a_terminal_says_now_and_then_how_far_it_is(here, capsys, monkeypatch):
    config = compose("market.people=200", "weeks=10", "seeds=3", "jobs=1", "motions=[plg]")
    store = Store(here / "results")
    store.open(config.model_dump(mode="json"), ["flywheel"], fresh=False)
    monkeypatch.setattr("simulation.runs.session.SAY_SECONDS", 1e6)
    with Session(config, store, _console()) as session:
        session.run([{}], seeds=[1, 2])
        assert capsys.readouterr().err == ""
        monkeypatch.setattr("simulation.runs.session.SAY_SECONDS", 0.0)
        session.run([{}], seeds=[3])
    store.close()
    assert capsys.readouterr().err.splitlines()[-1] == "3 of 3 runs"


def test_how_long_a_command_takes_is_said_once_and_beforehand_where_it_is_long(here, capsys, monkeypatch):
    config = compose("market.people=200", "weeks=10", "jobs=1", "motions=[plg]")
    store = Store(here / "results")
    store.open(config.model_dump(mode="json"), ["flywheel"], fresh=False)
    clock = iter(range(0, 1_000_000, 45))  # seconds between two looks
    with Session(config, store, _console()) as session:
        session.each(abs, [(k,) for k in range(3)])
        assert capsys.readouterr().out == ""
        monkeypatch.setattr("simulation.runs.session.time.monotonic", lambda: float(next(clock)))
        session.each(abs, [(k,) for k in range(30)])
    store.close()
    said = capsys.readouterr().out.strip()
    assert re.fullmatch(r"26 runs are left, which take about \d+ minutes", said)  # what is observed is not kept


HEAVY = ("numba", "mesa", "pandas", "matplotlib", "distributed", "scipy", "duckdb", "pyarrow")
REFUSED = (
    "weeks=abc",
    "company=nix",
    "market.network.file=no.csv",
    "study.posterior=no.csv",
    "study=sensitivity study.of=hybrid",
    "study=regimes motions=[plg]",
    "out=file",
    "out=locked/x",
    "out=other",
    "out=plan weeks=61",
)


def test_mistakes_are_said_before_anything_heavy_is_loaded(here):
    """One process for all: what one mistake had loaded the next would show."""
    written("file", "")
    written("other/cat.txt", "cat")
    written("plan/manifest.json", '{"config": {"weeks": 60}, "rules": ""}')
    Path("locked").write_text("")
    program = (
        "import sys\nfrom simulation.cli import main\n"
        f"for command in {REFUSED!r}:\n"
        "    assert main(command.split(' ')) == 2, command\n"
        f"    assert not [m for m in {HEAVY!r} if m in sys.modules], command\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=os.environ)
    assert done.returncode == 0, done.stderr
    assert len(done.stderr.splitlines()) == len(REFUSED)


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=30))
def test_a_text_arrives_as_it_was_typed(text):
    """Hydra's own parser reads back what the argument was, whatever stands in it."""
    from hydra.core.override_parser.overrides_parser import OverridesParser

    if text.lower() == "null" or text[0] in "'\"~" or text.startswith("${"):
        return
    (argument,) = readable([f"out={text}"])
    assert OverridesParser.create().parse_override(argument).value() == text
