"""Files that somebody else wrote: what they may not set or read, and YAML made to hang or to blow up: one sentence."""

import os
from pathlib import Path

import pytest

from simulation.cli import main
from simulation.scenario.compose import compose
from simulation.scenario.files import about, options

MINE = "scenarios/company/mine.yaml"
HEAD = "# @package _global_\ndefaults:\n  - reference\n"
NO_SETTING = "this is no setting of a scenario; "
BESIDE = "a scenario file names files of the folder in which the command is given; write "
LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 10)}]\n" for k in range(1, 10)
)
NOT_FOR_FILES = {
    "fresh: true": f"fresh: {NO_SETTING}write fresh=... on the command line",
    "out: /tmp/elsewhere": f"out: {NO_SETTING}write out=... on the command line",
    "jobs: 1000": f"jobs: {NO_SETTING}write jobs=... on the command line",
    "cluster: tcp://10.0.0.1:8786": f"cluster: {NO_SETTING}write cluster=... on the command line",
    "hydra: {run: {dir: x}}": f"hydra: {NO_SETTING}leave it away",
    "hydra: {searchpath: [/tmp]}": f"hydra: {NO_SETTING}leave it away",
    "motions: {plg: {free_tier: false}}": (
        "a company sets no motions; choose them on the command line, such as motions=[clg,plg]"
    ),
    "study: {posterior: x.csv}": "a company sets no study; choose it on the command line, such as study=sweep",
    "market: {people: null, network: {kind: file, file: /etc/passwd}}": (
        f"market.network.file: {BESIDE}market.network.file=... on the command line"
    ),
    "market: {network: {traits_file: ../other/people.csv}}": (
        f"market.network.traits_file: {BESIDE}market.network.traits_file=... on the command line"
    ),
    "market: {network: {traits_file: ~/people.csv}}": (
        f"market.network.traits_file: {BESIDE}market.network.traits_file=... on the command line"
    ),
    "market: {network: {traits_file: '${market.segments.smaller.language}'}}": (
        f"market.network.traits_file: {BESIDE}market.network.traits_file=... on the command line"
    ),
    "<<: {fresh: true}": "<< is not read here; write the values out",
    "_target_: os.system": f"_target_: {NO_SETTING}leave it away",
    "product: {_target_: os.system}": f"product._target_: {NO_SETTING}leave it away",
}
YAML = {  # text below the head, what is said
    "weeks: &x [*x]": "line 4: an alias (*) leads back to itself; write the values out",
    "a: &x {b: {c: *x}}": "line 4: an alias (*) leads back to itself; write the values out",
    "a: " + "[" * 500 + "]" * 500: "line 4: more than 20 levels stand in each other",
    "".join(f"{' ' * k}a:\n" for k in range(200)): "line 24: more than 20 levels stand in each other",
    LAUGHS: "line 7: more than 3,000 values, aliases (*) written out; a scenario has hundreds",
    "weeks: " + "1" * 5000: "line 4: weeks: a value of 5,000 characters; 1,000 is the most",
    "weeks: " + "1" * 900: f"line 4: weeks: {'1' * 40}... is no plain number; write it as 1234.5",
    "defaults: [" + "x, " * 3000 + "]": (
        "line 4: more than 3,000 values, aliases (*) written out; a scenario has hundreds"
    ),
    "k" * 1000 + ": 1": "line 4: a name of 1,000 characters; 100 is the most",
    "k" * 95_000 + ": 1": (
        "line 4: this is no YAML (could not find expected ':'); close what is open, indent by spaces"
    ),
    "a: !!python/object/apply:os.system [id]": (
        "line 4: a: a tag (!!python/object/apply:os.system) means nothing here; leave it away"
    ),
    "a: !!binary aGk=": "line 4: a: a tag (!!binary) means nothing here; leave it away",
    "? [1, 2]\n: 3": "line 4: a name is needed before each colon",
    "null: 3": "line 4: a name is needed before each colon",
    'a: "\\0"': "line 4: a: ' ' holds a character that cannot be seen",
    "product: {ease: 0.5, ease: 0.4}": (
        "line 4: this is no YAML (found duplicate key ease); close what is open, indent by spaces"
    ),
    "a: *nothing": ("line 4: this is no YAML (found undefined alias 'nothing'); close what is open, indent by spaces"),
}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("scenarios/company").mkdir(parents=True)
    return tmp_path


def refused(capsys, *arguments) -> str:
    assert main(list(arguments)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    return err.strip()


@pytest.mark.parametrize("line", NOT_FOR_FILES)
def test_what_a_scenario_file_may_not_say(line, here, capsys):
    Path(MINE).write_text(HEAD + line + "\n")
    assert refused(capsys, "company=mine") == f"{MINE}, line 4: {NOT_FOR_FILES[line]}"
    assert [p.name for p in here.iterdir()] == ["scenarios"]


DEFAULTS = {  # entries of a defaults list, what is said of them
    "hydra/launcher: basic": "there is no group 'hydra/launcher'.",
    "/hydra/launcher: basic": "there is no group '/hydra/launcher'.",
    "override hydra/launcher: basic": "there is no group 'hydra/launcher'.",
    "override /hydra/job_logging: none": "there is no group '/hydra/job_logging'.",
    "/hydra: default": "there is no group '/hydra'; did you mean /rival?",
    "override /platform@hydra: forum": "settings go where those of the file go; write @_here_",
    "override /platform@platform:hydra: forum": "settings go where those of the file go; write @_here_",
    "override /platform: ${oc.env:SECRET}": (
        f"there is no platform '${{oc.env:SECRET}}'; there are {', '.join(options('platform'))}."
    ),
    "override /${oc.env:SECRET}: forum": "there is no group '/${oc.env:SECRET}'.",
    "override /company: notion": "a company is chosen already; write notion",
    "file:///etc: passwd": "there is no group 'file:///etc'; did you mean /market?",
    "pkg://hydra.conf: x": "there is no group 'pkg://hydra.conf'.",
    "reference@hydra": "settings go where those of the file go; write @_here_",
}


@pytest.mark.parametrize("entry", DEFAULTS)
def test_defaults_reach_scenario_files_and_nothing_else(entry, here, capsys, monkeypatch):
    monkeypatch.setenv("SECRET", "hush")
    Path(MINE).write_text(f"{HEAD}  - {entry}\n")
    assert refused(capsys, "company=mine") == f"{MINE}: defaults: {entry}: {DEFAULTS[entry]}"


FRESH = "fresh: this is no setting of a scenario; write fresh=... on the command line"
DISGUISES = {  # the same setting in other spellings of YAML: file, where it is found
    f'{HEAD}"fre\\u0073h": true\n': f"line 4: {FRESH}",
    f"{HEAD}? fresh\n: true\n": f"line 5: {FRESH}",
    f"{HEAD}a: &name fresh\n*name : true\n": f"line 5: {FRESH}",
    f"{HEAD}!!str fresh: true\n": f"line 4: {FRESH}",
    f"{HEAD}fresh: {{a: true}}\n": f"line 4: {FRESH}",
    f"%YAML 1.1\n---\n{HEAD}fresh: true\n": "the first line must be '# @package _global_'",
    f"{HEAD}---\nfresh: true\n": (
        "line 4: this is no YAML (but found another document); close what is open, indent by spaces"
    ),
    f"{HEAD}'fresh ': true\n": "line 4: fresh : there is no such setting; did you mean fresh?",
    f"{HEAD}.fresh: true\n": "line 4: .fresh: there is no such setting; did you mean fresh?",
    f"{HEAD}++fresh: true\n": "line 4: ++fresh: there is no such setting; did you mean fresh?",
    f"{HEAD}\uff46resh: true\n": "line 4: \uff46resh: there is no such setting; did you mean fresh?",
    f"%TAG ! tag:yaml.org,2002:python/\n---\n{HEAD}a: !object/apply:os.system [id]\n": (
        "line 6: a: a tag (!!python/object/apply:os.system) means nothing here; leave it away"
    ),
    "# @package hydra\ndefaults: [reference]\n": "the first line must be '# @package _global_'",
    "# @package _global_.hydra\ndefaults: [reference]\n": "the first line must be '# @package _global_'",
}


@pytest.mark.parametrize("text", DISGUISES, ids=range(len(DISGUISES)))
def test_no_spelling_lets_it_in(text, here, capsys):
    Path(MINE).write_text(text)
    assert refused(capsys, "company=mine").removeprefix(MINE).lstrip(":, ") == DISGUISES[text]


def test_a_folder_beside_the_groups_is_none(here, capsys):
    """Nor is one that is called as Hydra's own settings are."""
    Path("scenarios/hydra").mkdir()
    Path("scenarios/hydra/ours.yaml").write_text("# @package _global_\nfresh: true\n")
    Path(MINE).write_text(HEAD + "  - /hydra: ours\n")
    assert refused(capsys, "company=mine").startswith(f"{MINE}: defaults: /hydra: ours: there is no group '/hydra'")
    assert refused(capsys, "hydra=ours").startswith("hydra=ours: Hydra's own settings do nothing here")
    assert refused(capsys, "+hydra/launcher=basic").startswith("+hydra/launcher=basic: Hydra's own settings do nothing")


def test_a_motion_chooses_nothing_for_the_others(here, capsys):
    Path("scenarios/motions").mkdir()
    head = "# @package motions.ours\ndefaults:\n  - plg@_here_\n"
    Path("scenarios/motions/ours.yaml").write_text(f"{head}  - override /platform: reddit\n")
    assert refused(capsys, "motions=[ours,clg]") == (
        "scenarios/motions/ours.yaml: defaults: override /platform: reddit: a motion sets no platform; "
        "choose it on the command line, such as platform=..."
    )
    Path("scenarios/motions/ours.yaml").write_text(f"{head}fresh: true\n")
    assert refused(capsys, "motions=[ours,clg]") == (
        "scenarios/motions/ours.yaml, line 4: motions.ours.fresh: there is no such setting; did you mean motions.ours.shares?"
    )


def test_defaults_that_double_at_every_step_are_no_work(here, capsys):
    for k in range(30):
        for name in "ab":
            text = f"# @package _global_\ndefaults: [a{k + 1}, b{k + 1}]\n" if k < 29 else HEAD
            Path(f"scenarios/company/{name}{k}.yaml").write_text(text)
    assert refused(capsys, "company=a0") == (
        "scenarios/company/a0.yaml: defaults: company/reference comes in a second time, by company/b29; leave one away"
    )


def test_the_first_of_many_errors_are_said(here, capsys):
    Path(MINE).write_text(HEAD + f"product: {{{', '.join(f'x{k}: 1' for k in range(500))}}}\n")
    assert main(["company=mine"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 21 and lines[-1] == "and 480 more"


def test_it_may_say_so_by_no_detour(here, capsys):
    """Through a file it begins with, a package of another section, a group of its own."""
    Path("scenarios/company/under.yaml").write_text(HEAD + "fresh: true\n")
    Path(MINE).write_text("# @package _global_\ndefaults: [under]\n")
    said = "scenarios/company/under.yaml, line 4: fresh: this is no setting of a scenario; write fresh=... on the command line"
    assert refused(capsys, "company=mine") == said
    Path("scenarios/platform").mkdir()
    Path("scenarios/platform/ours.yaml").write_text("fresh: true\n")
    for package in ("_global_", "hydra", "study"):
        Path(MINE).write_text(HEAD + f"  - override /platform@{package}: ours\n")
        assert refused(capsys, "company=mine").endswith("settings go where those of the file go; write @_here_")
    Path("scenarios/platform/ours.yaml").write_text("# @package _global_\nfresh: true\n")
    Path(MINE).write_text(HEAD + "  - override /study: sweep\n")
    assert refused(capsys, "company=mine") == (
        f"{MINE}: defaults: override /study: sweep: a company sets no study; "
        "choose it on the command line, such as study=sweep"
    )
    assert "platform/ours.yaml, line 2: fresh: this is no setting" in refused(capsys, "platform=ours")
    Path("scenarios/platform/ours.yaml").write_text("# @package hydra\nx: 1\n")
    assert refused(capsys, "platform=ours") == (
        "scenarios/platform/ours.yaml: the first line must be '# @package _global_'"
    )


def test_the_environment_is_not_read(here, capsys, monkeypatch):
    monkeypatch.setenv("SECRET", "hush")
    Path(MINE).write_text(HEAD + "market: {segments: {smaller: {language: '${oc.env:SECRET}'}}}\n")
    said = "a reference names one other setting and nothing else; write ${product.price_usd} or ${times:${product.price_usd},0.5}"
    where = "market.segments.smaller.language"
    assert refused(capsys, "company=mine") == f"{MINE}, line 4: {where}: {said}"
    assert refused(capsys, f"{where}=${{oc.env:SECRET}}") == f"{where}: {said}"


def test_files_beside_the_scenario_may_be_named(here):
    Path(MINE).write_text(HEAD + "market: {people: null, network: {kind: file, file: data/edges.csv}}\n")
    assert compose("company=mine").market.network.file == "data/edges.csv"


@pytest.mark.parametrize("text", YAML, ids=range(len(YAML)))
def test_yaml_made_to_do_harm_is_one_sentence(text, here, capsys):
    Path(MINE).write_text(HEAD + text + "\n")
    assert refused(capsys, "company=mine") == f"{MINE}, {YAML[text]}"


def test_many_references_to_one_another_are_no_work(here, capsys):
    """Each leads on to the next; OmegaConf alone would follow each of them anew, ever deeper."""
    chain = "".join(f"x{k}: ${{times:${{x{k + 1}}},2}}\n" for k in range(300)) + "x300: 1\n"
    Path(MINE).write_text(HEAD + chain)
    assert refused(capsys, "company=mine").startswith(f"{MINE}, line 4: x0: the reference in it leads nowhere")


def test_a_file_too_long_and_files_that_are_none(here, capsys):
    Path(MINE).write_text(HEAD + "# x\n" * 30_000)
    assert refused(capsys, "company=mine") == (
        f"{MINE}: the file has more than 100,000 bytes; a scenario has a few thousand"
    )
    for make, what in (
        (lambda: Path(MINE).mkdir(), "this is a folder, a file is needed"),
        (lambda: os.mkfifo(MINE), "this is a device or pipe, a file is needed"),
        (lambda: Path(MINE).symlink_to("/dev/zero"), "this is a device or pipe, a file is needed"),
        (lambda: Path(MINE).symlink_to("nowhere"), "the file cannot be read (No such file or directory)"),
    ):
        Path(MINE).rmdir() if Path(MINE).is_dir() else Path(MINE).unlink()
        make()
        assert refused(capsys, "company=mine") == f"{MINE}: {what}"
        assert about("company", "mine") == ""  # a file that nobody chose is no reason to give no help


@pytest.mark.parametrize("setting", ["market.network.file", "study.posterior", "study.edges"])
def test_a_pipe_or_a_device_as_data_does_not_hang(setting, here, capsys):
    os.mkfifo("pipe.csv")
    study = ["study=validate", "study.adoptions=pipe.csv"] if setting == "study.edges" else []
    for file in ("pipe.csv", "/dev/zero"):
        said = f"{setting}={file}: this is a device or a pipe, a CSV file is needed"
        assert refused(capsys, *study, f"{setting}={file}") == said
