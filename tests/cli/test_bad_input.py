"""Bad input: one sentence, exit code 2, no traceback, nothing written."""

import os
from pathlib import Path

import pytest

from simulation.cli import main

LEVERS_SUM = "motions.clg: shares sum to 1.75, they must sum to 1"
SENTENCES = {
    "product.price_usdd=3": "product.price_usdd: there is no such setting; did you mean product.price_usd?",
    "motions.clg.shares.contnt=0.3": "motions.clg.shares: there is no 'contnt'; did you mean content?",
    "switches.peer_hlp=false": "switches: there is no 'peer_hlp'; did you mean peer_help?",
    "product.price_usd=abc": "product.price_usd=abc: a number (USD per seat and month) is needed",
    "product.price_usd=-3": "product.price_usd=-3: 0 to 1e+06 (USD per seat and month) is allowed",
    "product.price_usd=30,5": "product.price_usd=30,5: write the number with a decimal point: product.price_usd=30.5",
    "product.price_usd=true": "product.price_usd=true: a number (USD per seat and month) is needed",
    "motions.clg.shares.content=0.9": LEVERS_SUM,
    "market.segments.smaller.share=0.5": "market.segments: shares sum to 0.8, they must sum to 1",
    "motions=[clgg]": "motions=[clgg]: there is no motions 'clgg'; there are bare, clg, community_assisted_plg, "
    "community_assisted_slg, hybrid, plg, rewards_led, sales_assisted_plg, slg; did you mean clg?",
    "motions=[]": "motions=[]: at least one motion is needed",
    "motions.clg.free_tier=1": "motions.clg.free_tier=1: true or false is needed",
    "market.people=0": "market.people=0: 1 to 2e+07 (rows) is allowed",
    "market.segments.smaller.churn_per_week=-1": (
        "market.segments.smaller.churn_per_week=-1: 0 to 50 (hazard, monthly contract, average person) is allowed"
    ),
    "motions.clg.launch.factor=-1": (
        "motions.clg.launch.factor=-1: 0 to 50 (ratio of spending in these weeks) is allowed"
    ),
    "motions.clg.shares.content=7": "motions.clg.shares.content=7: 0 to 1 (share) is allowed",
    "market.network.kind=ring": "market.network.kind=ring: small_world, heavy_tailed, file are allowed.",
    "cluster=foo": "cluster=foo: write it as tcp://host:port",
    "cluster=tcp://10.0.0.1": "cluster=tcp://10.0.0.1: write it as tcp://host:port",
    "weeks=1.5": "weeks=1.5: a whole number (weeks) is needed",
    "weeks": "weeks: write it as setting=value, such as weeks=260",
    "weeks=[1": "weeks=[1: the value cannot be read; close brackets, and quote special characters: 'weeks=\"...\"'",
    "interventions=3": "interventions=3: a list is needed",
    "interventions=[{week:3,set:{product.pricee_usd:3}}]": (
        "interventions: week 3 sets 'product.pricee_usd', which does not exist; did you mean product.price_usd?"
    ),
    "interventions=[{week:3,set:{product.price_usd:-3}}]": (
        "product.price_usd=-3: 0 to 1e+06 (USD per seat and month) is allowed"
    ),
    "product.price_usd=-1 weeks=0": (
        "weeks=0: 1 to 5200 (weeks) is allowed\nproduct.price_usd=-1: 0 to 1e+06 (USD per seat and month) is allowed"
    ),
    "market.network.file=nofile.csv": "nofile.csv: the file cannot be read (No such file or directory)",
    "market.network.file=nofile.csv market.people=300": (
        "market.people and market.network.file both say how many people there are and both are given: "
        "with a file, write market.people=null"
    ),
}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", SENTENCES)
def test_one_sentence_and_exit_code_2(command, here, capsys):
    arguments = [command] if "set:" in command else command.split(" ")
    assert main(arguments) == 2
    assert capsys.readouterr().err.strip() == SENTENCES[command]
    assert list(here.iterdir()) == []


EDGES = {
    "": "edges.csv: line 1 is '', the columns source,target are needed",
    "a,b\n1,2\n": "edges.csv: line 1 is 'a,b', the columns source,target are needed",
    "source,target\n": "edges.csv: the file holds no edge",
    "source,target\n1,2\n3\n": "edges.csv: line 3 has 1 fields, line 1 has 2",
    "source,target\n1,2\n,4\n": "edges.csv: line 3: source is empty, an id is needed",
}


@pytest.mark.parametrize("text", EDGES)
def test_edge_files_that_cannot_be_used_name_the_line(text, here, capsys):
    Path("edges.csv").write_text(text)
    assert main(["market.network.file=edges.csv"]) == 2
    assert capsys.readouterr().err.strip() == EDGES[text]


TRAITS = {
    "name\nA\n": "traits.csv: line 1 names no column 'id'",
    "id,need\nA,much\n": "traits.csv: line 2: need is 'much', a number is needed",
    "id,size_seats\nA,0\n": "traits.csv: line 2: size_seats is 0, 1 to 1e6 is allowed",
    "id,segment\nA,smaler\n": "traits.csv: line 2: there is no segment 'smaler'; did you mean smaller?",
    "id\nA\nB\nA\n": "traits.csv: line 4: the id 'A' stands in the file twice",
}


@pytest.mark.parametrize("text", TRAITS)
def test_traits_files_that_cannot_be_used_name_line_and_column(text, here, capsys):
    Path("edges.csv").write_text("source,target\nA,B\n")
    Path("traits.csv").write_text(text)
    assert main(["market.network.file=edges.csv", "market.network.traits_file=traits.csv"]) == 2
    assert capsys.readouterr().err.strip() == TRAITS[text]


def test_a_folder_with_another_plan_is_left_alone(here, capsys):
    tiny = ["market.people=200", "weeks=10", "seeds=1", "jobs=1", "motions=[plg]", "out=mine"]
    assert main(tiny) == 0
    before = sorted((p, p.stat().st_mtime_ns) for p in Path("mine").rglob("*"))
    capsys.readouterr()
    assert main([*tiny, "product.price_usd=33"]) == 2
    assert capsys.readouterr().err.strip() == (
        "out=mine: the folder holds another plan: product.price_usd was 40.0, now 33.0; "
        "choose another folder or add fresh=true"
    )
    assert sorted((p, p.stat().st_mtime_ns) for p in Path("mine").rglob("*")) == before


def test_a_folder_with_other_files_is_left_alone(here, capsys):
    Path("photos").mkdir()
    Path("photos/cat.txt").write_text("cat")
    assert main(["out=photos"]) == 2
    assert capsys.readouterr().err.strip() == (
        "out=photos: the folder holds other files and no manifest.json; choose another folder"
    )
    assert Path("photos/cat.txt").read_text() == "cat"


def test_a_folder_that_cannot_be_written_is_said(here, capsys, monkeypatch):
    Path("locked").mkdir()
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert main(["out=locked"]) == 2
    assert capsys.readouterr().err.strip() == "out=locked: the folder cannot be written (no permission)"
