"""Scenario files of the user's own: what is wrong with one is said in one sentence that names the file."""

from pathlib import Path

import pytest

from simulation.cli import main
from simulation.scenario.compose import compose
from simulation.scenario.errors import BadInput
from simulation.scenario.files import options
from simulation.scenario.references import check_references

MINE = "scenarios/company/mine.yaml"
HEAD = "# @package _global_\ndefaults:\n  - reference\n"
COMPANIES = ", ".join(sorted([*options("company"), "mine"]))
PLATFORMS = ", ".join(options("platform"))
REFERENCE = "write ${product.price_usd} or ${times:${product.price_usd},0.5}"
SENTENCES = {
    HEAD + "  - override /platfrom: forum\n": (
        "defaults: override /platfrom: forum: there is no group '/platfrom'; did you mean /platform?"
    ),
    HEAD + "  - override platform: forum\n": (
        "defaults: override platform: forum: there is no group 'platform'; did you mean /platform?"
    ),
    HEAD + "  - override /platform: forumm\n": (
        f"defaults: override /platform: forumm: there is no platform 'forumm'; there are {PLATFORMS}; did you mean forum?"
    ),
    HEAD + "  - optional mine2: nothere\n": (
        "defaults: optional mine2: nothere: there is no group 'mine2'; did you mean /motions?"
    ),
    HEAD + "  - optional /company: x\n": (
        f"defaults: optional /company: x: there is no company 'x'; there are {COMPANIES}."
    ),
    HEAD + "  - optional /company: mine\n": (
        "defaults lead in a circle: company/mine -> company/mine; start from another file, such as reference"
    ),
    HEAD + "  - /platform: reddit\n": (
        "defaults: /platform: reddit: a platform is chosen already; write override /platform: reddit"
    ),
    HEAD + "  - override /motions: [clg]\n": (
        "defaults: override /motions: clg: a company sets no motions; "
        "choose them on the command line, such as motions=[clg,plg]"
    ),
    HEAD + "  - {a: b, c: d}\n": (
        "defaults: {'a': 'b', 'c': 'd'}: a name is needed, or a group and a name, such as /platform: forum"
    ),
    "# @package _global_\ndefaults: reference\n": "defaults: reference: a list is needed: defaults: [reference]",
    "# @package _global_\ndefaults: [referense]\n": (
        f"defaults: referense: there is no company 'referense'; there are {COMPANIES}; did you mean reference?"
    ),
    "# @package _global_\nproduct: {price_usd: 12.0}\n": (
        "product.grandfather has no value; begin the file with defaults: [reference], which gives every setting one"
    ),
    "defaults: [reference]\n": "the first line must be '# @package _global_'",
    "": "the first line must be '# @package _global_'",
    "- a\n- b\n": "the file holds a list, names with values are needed, such as weeks: 260",
    HEAD + "product:\n": "product: a value or settings are needed, nothing is given",
    HEAD + "product: {price_usd: '${product.pric_usd}'}\n": (
        "${product.pric_usd} stands for a setting that does not exist; did you mean product.price_usd?"
    ),
    HEAD + "product: {price_usd: '${times:'}\n": f"a reference is not closed; {REFERENCE}",
}
REFERENCES = {  # each stands for a price
    "${product.price_usd}": f"the reference in it leads nowhere; {REFERENCE}",
    **dict.fromkeys(
        (
            "${tims:3,4}",
            "${oc.env:HOME}",
            "${oc.env:HOME,x}",
            "${oc.decode:1}",
            "${oc.create:[1]}",
            "${oc.select:product.ease}",
            "${times:${oc.env:HOME},2}",
            "${times:${product.ease},${product.ease}}",
            "${${market.segments.smaller.language}:HOME}",
            "${product.ease}${product.ease}",
            "a${product.ease}",
            "${.ease}",
        ),
        f"a reference names one other setting and nothing else; {REFERENCE}",
    ),
    "${product}": "product is a section; refer to one of its values",
    "${market.segments}": "market.segments is a section; refer to one of its values",
}
NO_YAML = {
    HEAD + "product: {price_usd: 12.0\n": "line 4: this is no YAML (expected ',' or '}', but got '<stream end>')",
    HEAD + "product:\n\tprice_usd: 12.0\n": (
        "line 5: this is no YAML (found character '\\t' that cannot start any token)"
    ),
    HEAD + "product: {ease: 0.5}\nproduct: {ease: 0.4}\n": "line 5: this is no YAML (found duplicate key product)",
}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("scenarios/company").mkdir(parents=True)
    return tmp_path


def said(capsys, *arguments):
    assert main(["company=mine", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert [p.name for p in Path().iterdir()] == ["scenarios"]
    return err.strip()


@pytest.mark.parametrize("text", SENTENCES)
def test_a_file_that_cannot_be_used_is_named_with_what_is_wrong(text, here, capsys):
    Path(MINE).write_text(text)
    assert said(capsys) == f"{MINE}: {SENTENCES[text]}"


@pytest.mark.parametrize("text", REFERENCES)
def test_a_reference_reads_settings_and_nothing_else(text):
    """Not the environment, no text that OmegaConf would take apart, nothing that grows."""
    tree = {"product": {"price_usd": text, "ease": 0.5}, "market": {"segments": {"smaller": {"language": "oc.env"}}}}
    with pytest.raises(BadInput) as error:
        check_references(tree, lambda path, value: f"mine.yaml, {path} is {value}: ")
    assert str(error.value) == f"mine.yaml, product.price_usd is {text}: product.price_usd: {REFERENCES[text]}"


@pytest.mark.parametrize("text", NO_YAML)
def test_what_is_no_yaml_is_named_with_its_line(text, here, capsys):
    Path(MINE).write_text(text)
    assert said(capsys) == f"{MINE}, {NO_YAML[text]}; close what is open, indent by spaces"


def test_a_file_that_is_no_text(here, capsys):
    Path(MINE).write_bytes(b"# @package _global_\n# caf\xe9\n")
    assert said(capsys) == f"{MINE}: the file is no text in UTF-8"


def test_a_choice_on_the_command_line_does_not_hide_a_misspelt_one(here, capsys):
    Path(MINE).write_text(HEAD + "  - override /platform: forumm\n")
    assert said(capsys, "platform=forum").startswith(
        f"{MINE}: defaults: override /platform: forumm: there is no platform"
    )


def test_a_file_behind_the_chosen_one_is_checked_too(here, capsys):
    Path("scenarios/company/ours.yaml").write_text(HEAD + "  - override /rivall: none\n")
    Path(MINE).write_text("# @package _global_\ndefaults: [ours]\n")
    assert said(capsys) == (
        "scenarios/company/ours.yaml: defaults: override /rivall: none: there is no group '/rivall'; did you mean /rival?"
    )


def test_a_name_that_is_taken_would_never_be_read(here, capsys):
    Path("scenarios/company/notion.yaml").write_text(HEAD)
    assert main(["company=notion"]) == 2
    assert capsys.readouterr().err.strip() == (
        "scenarios/company/notion.yaml: 'notion' is a company that comes with the simulation; give the file another name"
    )


def test_a_motion_of_ones_own_says_where_it_belongs(here, capsys):
    Path("scenarios/motions").mkdir()
    Path("scenarios/motions/ours.yaml").write_text("shares: {sales: 1.0}\n")
    assert main(["motions=[ours]"]) == 2
    assert capsys.readouterr().err.strip() == (
        "scenarios/motions/ours.yaml: the first line must be '# @package motions.ours'"
    )


def test_good_files_compose_and_are_read_anew_when_they_change(here):
    Path(MINE).write_text(HEAD + "  - override /platform: reddit\nproduct: {price_usd: 12.0}\n")
    assert compose("company=mine").product.price_usd == 12.0
    assert compose("company=mine").platform == compose("platform=reddit").platform
    assert compose("company=mine", "platform=forum").platform == compose().platform
    Path(MINE).write_text(HEAD + "product: {price_usd: 13.0}\n")
    assert compose("company=mine").product.price_usd == 13.0
    Path("scenarios/platform").mkdir()
    Path("scenarios/platform/ours.yaml").write_text("defaults:\n  - forum\nnoise: 3.0\n")
    Path("scenarios/motions").mkdir()
    Path("scenarios/motions/ours.yaml").write_text(
        "# @package motions.ours\ndefaults:\n  - plg@_here_\nfree_tier: false\n"
    )
    config = compose("platform=ours", "motions=[ours,plg]")
    assert config.platform.noise == 3.0
    assert [motion.free_tier for motion in config.motions.values()] == [False, True]
