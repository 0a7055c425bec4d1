"""Bad input: one sentence, exit code 2, no traceback, nothing written."""

import os
import re
from pathlib import Path

import pytest

from simulation.cli import main
from simulation.scenario.files import options

LEVERS_SUM = "motions.clg: shares sum to 1.4, they must sum to 1"
SENTENCES = {
    "goal=support": "goal: there is no such setting; did you mean study.goal?",
    "product.price_usdd=3": "product.price_usdd: there is no such setting; did you mean product.price_usd?",
    "motions.clg.shares.contnt=0.3": "motions.clg.shares: there is no 'contnt'; did you mean content?",
    "switches.peer_hlp=false": "switches: there is no 'peer_hlp'; did you mean peer_help?",
    "product.price_usd=abc": "product.price_usd=abc: a number (USD per seat and month) is needed",
    "product.price_usd=-3": "product.price_usd=-3: 0 to 1e+06 (USD per seat and month) is allowed",
    "product.price_usd=1,500": (
        "product.price_usd=1,500: is it 1500 or 1.5? write product.price_usd=1500 or product.price_usd=1.5"
    ),
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
    "motions.clg.shares.content=7": "motions.clg.shares.content=7: 0 to 1 (share) is allowed; 7 % is 0.07",
    "market.network.kind=ring": "market.network.kind=ring: small_world, heavy_tailed, file are allowed.",
    "cluster=foo": "cluster=foo: write it as tls://host:port or tcp://host:port",
    "cluster=http://10.0.0.1:80": "cluster=http://10.0.0.1:80: write it as tls://host:port or tcp://host:port",
    "cluster=tcp://10.0.0.1": "cluster=tcp://10.0.0.1: write it as tls://host:port or tcp://host:port",
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
    "market.network.file=nofile.csv": "market.network.file=nofile.csv: the file does not exist",
    "market.network.file=nofile.csv market.people=300": (
        "market.people and market.network.file both say how many people there are and both are given: "
        "with a file, write market.people=null"
    ),
    "=3": "=3: write it as setting=value, such as weeks=260",
    "company=[notion,slack]": "company=[notion,slack]: one company can be chosen, such as company=notion",
    "company=notion company=slack": "company=slack: company=notion is chosen already; leave one away",
    "company=notion company=notion,slack": "company=notion,slack: company=notion is chosen already; leave one away",
    "shock=[]": (
        "shock=[]: one shock is needed; there are budget_cut, criticism, none, platform_move, price_rise, spam_wave, top_helpers_leave"
    ),
    "study.name=sweep": "study.name=sweep: choose a study by study=sweep",
    "study.name=sweeep": f"study.name=sweeep: choose a study by study={'|'.join(options('study'))}",
    "study={seeds:3,name:sweep}": "study={seeds:3,name:sweep}: choose a study by study=sweep",
    "motions.clg.shares={}": "motions.clg.shares={}: nothing is given, so nothing would change; leave it away",
    "motions.clg.shares={ }": "motions.clg.shares={ }: nothing is given, so nothing would change; leave it away",
    "market.segments={}": "market.segments={}: nothing is given, so nothing would change; leave it away",
    "interventions=[{week:3,set:{}}]": (
        "interventions.0.set: nothing is set, name a setting with its value, such as {product.price_usd: 30}"
    ),
    "+weeks=3": "+weeks=3: leave the + away",
    "hydra.run.dir=x": "hydra.run.dir=x: Hydra's own settings do nothing here; out=... names the folder of the results",
    "product=1": "product=1: product is a section; set one of its values, such as product.price_usd=...",
    "product=null": "product=null: product is a section; set one of its values, such as product.price_usd=...",
    "behaviour.help=[1]": (
        "behaviour.help=[1]: behaviour.help is a section; set one of its values, such as behaviour.help.ask_per_week=..."
    ),
    "motions.clg=3": (
        "motions.clg=3: motions.clg is a section; set one of its values, such as motions.clg.launch.weeks=..."
    ),
    "market=3": "market=3: there is no market '3'; there are from_file, global, one_language.",
    "market=null": "market=null: there is no market 'null'; there are from_file, global, one_language.",
    "motions=clg,plg": "motions=clg,plg: write a list, motions=[clg,plg], or add --multirun for a command each",
    "motions=[[clg]]": "motions=[[clg]]: write a list, motions=[clg]",
    "motions=[clg,plg,clg]": "motions=[clg,plg,clg]: clg stands there twice, once is enough",
    "motions.hybrid.shares.content=0.3": (
        "motions.hybrid.shares.content: 'hybrid' is not among motions=[clg,plg,slg]; add it there"
    ),
    "motions.clgg.free_tier=true": (
        "motions.clgg.free_tier: 'clgg' is not among motions=[clg,plg,slg]; did you mean clg?"
    ),
    "motions=[plg] motions.clg.shares.content=0.3": (
        "motions.clg.shares.content: 'clg' is not among motions=[plg]; add it there"
    ),
    "product.price_usd=${nosuch}": ("product.price_usd=${nosuch}: ${nosuch} stands for a setting that does not exist."),
    "interventions={week:3}": "interventions={week:3}: a list is needed",
    "interventions=[3]": "interventions.0=3: week and set are needed, as in {week: ..., set: ...}",
    "interventions=[{week:3,set:{weeks:20}}]": ("interventions: week 3 sets 'weeks', which cannot change during a run"),
    "interventions=[{week:3,set:{switches.ties:false}}]": (
        "interventions: week 3 sets 'switches.ties', which cannot change during a run"
    ),
    "interventions=[{week:3,set:{market.people:20}}]": (
        "interventions: week 3 sets 'market.people', which cannot change during a run"
    ),
    "study.ofer=3": "study.ofer: the study compare has no such setting.",
    "study.until=5%": "study.until=5%: metric and half_width are needed, as in {metric: ..., half_width: ...}",
}
EMPTY = "the list is empty, at least one is needed"
NEITHER = "neither more nor less is better, so no motion wins it; name another"
STUDIES = {
    "sweep study.over={product.price_usd:[]}": f"study.over.product.price_usd: {EMPTY}",
    "sweep study.over={product.price_usd:[10,20,10]}": "study.over.product.price_usd: 10 stands there twice, once is enough",
    "sweep study.over={product.price_usd:5}": (
        "study.over.product.price_usd=5: a list is needed, such as [5], or low and high"
    ),
    "sweep study.over={product.price_usd:[[1,2]]}": (
        "study.over.product.price_usd.0=[1, 2]: a number, a text, true, false or null is needed"
    ),
    "sweep study.over={product.price_usd:{low:1,high:2,n:0}}": (
        "study.over.product.price_usd.n=0: 1 to 1000 (values) is allowed"
    ),
    "sweep study.over={product.price_usd:{low:1,high:2,n:abc}}": (
        "study.over.product.price_usd.n=abc: a whole number (values) is needed"
    ),
    "sweep study.over={product.price_usd:{low:1,hihg:2}}": (
        "study.over.product.price_usd.high: a value is needed\nstudy.over.product.price_usd.hihg: "
        "the study sweep has no such setting; did you mean study.over.product.price_usd.high?"
    ),
    "sweep study.over=[x]": "study.over=[x]: names with values are needed",
    "sweep study.over={:[1]}": "study.over={:[1]}: a name is missing before a colon",
    "sweep study.over={'':[1]}": "study.over={'':[1]}: a name is missing before a colon",
    "sweep study.over={motions.foo.free_tier:[true]}": (
        "study.over.motions.foo.free_tier: 'foo' is not among motions=[clg,plg,slg]."
    ),
    "sweep study.over={motions.hybrid.free_tier:[true]}": (
        "study.over.motions.hybrid.free_tier: 'hybrid' is not among motions=[clg,plg,slg]; add it there"
    ),
    "sweep study.over={motions.*.free_tier:[true]}": (
        "study.over.motions.*.free_tier: write motion.free_tier in study.over, it reaches every motion"
    ),
    "sweep study.points=1": "study.points=1: 2 to 1e+06 (points of a design that is no grid) is allowed",
    "regimes study.over={product.price_usd:[],market.topics:[9]}": f"study.over.product.price_usd: {EMPTY}",
    "regimes study.over={product.price_usd:[1,1],market.topics:[9]}": (
        "study.over.product.price_usd: 1 stands there twice, once is enough"
    ),
    "sweep study.over={market.segments.*.search_demand_per_week:[1],market.segments.smaller.search_demand_per_week:[2]}": (
        "study.over: market.segments.*.search_demand_per_week and market.segments.smaller.search_demand_per_week reach the same "
        "setting, leave one away"
    ),
    "sweep study.over={motion.free_tier:[false],motions.clg.free_tier:[false]}": (
        "study.over: motion.free_tier and motions.clg.free_tier reach the same setting, leave one away"
    ),
    "regimes study.over={market.segments.*.share:[1],market.segments.larger.share:[1]}": (
        "study.over: market.segments.*.share and market.segments.larger.share reach the same setting, leave one away"
    ),
    "regimes study.metrics=[]": f"study.metrics: {EMPTY}",
    "regimes study.metrics=[cac]": "study.metrics: there is no metric 'cac'; did you mean cac_usd?",
    "regimes study.metrics=[cash_usd,budget_usd]": f"study.metrics: of budget_usd {NEITHER}",
    "uncertainty study.metrics=[firm_content_share]": f"study.metrics: of firm_content_share {NEITHER}",
    "optimise study.goal=staff_tickets": f"study.goal: of staff_tickets {NEITHER}",
    "optimise study.goal=cac": "study.goal: there is no metric 'cac'; did you mean cac_usd?",
    "optimise study.subject_to={cac:{low:0,high:1}}": (
        "study.subject_to: there is no metric 'cac'; did you mean cac_usd?"
    ),
    "compare study.until={metric:cac,half_width:5%}": (
        "study.until.metric: there is no metric 'cac'; did you mean cac_usd?"
    ),
    "shocks weeks=90": "study.cut_week=104: the run ends after 90 weeks; an earlier week or more weeks are needed",
    "shocks weeks=120 study.experiments=[inertia,criticism] study.storm_week=130": (
        "study.storm_week=130: the run ends after 120 weeks; an earlier week or more weeks are needed"
    ),
    "shocks weeks=120 study.experiments=[inertia,loyalty] study.entry_week=120": (
        "study.entry_week=120: the run ends after 120 weeks; an earlier week or more weeks are needed"
    ),
    "shocks study.rival={quality:abc}": ("study.rival.quality=abc: a number (ratio, as product.quality) is needed"),
    "shocks study.rival={quality:-1}": ("study.rival.quality=-1: 0.01 to 200 (ratio, as product.quality) is allowed"),
    "shocks motions=[plg,bare] motions.bare.free_tier=false motions.bare.shares={product_growth:0,rewards:1}": (
        "motions.bare.shares: all of it pays for rewards; without points there is nothing else to spend it on"
    ),
    "shocks study.experiments=[criticism,scenario]": (
        "study.experiments=[scenario]: the scenario has no shock and no rival; add shock=... or rival=..."
    ),
    "shocks study.experiments=[scenario] shock=price_rise weeks=90": (
        "study.experiments=[scenario]: the first change comes in week 104, the run ends after 90 weeks; an earlier week "
        "or more weeks are needed"
    ),
    "wean motions=[clg]": ("motions.clg.shares: nothing is spent on advertising, so there is nothing to cut"),
    "wean motions=[plg]": "motions.plg: it has no community, as which adverts could be cut while it grows",
    "wean motions=[hybrid] motions.hybrid.free_tier=false motions.hybrid.community=false motions.hybrid.shares={advertising:1,sales:0,product_growth:0,community_team:0,content:0,recognition:0}": (
        "motions.hybrid.shares: all of it is spent on advertising, nothing else could get the money"
    ),
    "wean motions=[hybrid] motions.hybrid.plan=[{week:9,set:{shares:{advertising:0.5,product_growth:0.25,community_team:0.25}}}]": (
        "motions.hybrid.shares: they change in week 9, but study=wean changes them itself"
    ),
    "wean weeks=25": "weeks=25: adverts are counted by quarter; 26 weeks are needed at least",
    "wean study.steps=1": (
        "study.steps=1: 2 to 52 (equal cuts, at equal parts of the size that the community reaches with adverts) is allowed"
    ),
    "wean study.keep=[runs]": "study.keep=[runs]: wean reads weeks; write study.keep=[runs,weeks]",
    "wheel weeks=104": "study.stop_week=104: the run ends after 104 weeks; an earlier week or more weeks are needed",
    "wheel motions=[plg] motions.plg.plan=[{week:9,set:{shares:{advertising:0.5,product_growth:0.5}}}]": (
        "motions.plg: its shares or its budget change in week 9, but study=wheel changes them itself"
    ),
    "wheel budget.usd_per_account_per_week=0 budget.share_of_revenue=0": "budget: nothing is spent, so there is nothing to stop",
    "wheel study.more=0": "study.more=0: 0.001 to 10 (of the budget, for one lever at a time) is allowed",
    "wheel study.keep=[runs,weeks]": "study.keep=[runs,weeks]: wheel reads moves; write study.keep=[runs,weeks,moves]",
    "sensitivity study.metrics=[]": f"study.metrics: {EMPTY}",
    "sensitivity study.of=clg study.against=clg": (
        "study.against=clg: it is compared with itself, study.of=clg; name another motion or null"
    ),
    "sensitivity study.parameters=[market.topics,market.topics]": (
        "study.parameters: market.topics stands there twice, once is enough"
    ),
    "sensitivity study.parameters=[market.topic]": (
        "study.parameters: market.topic has no prior; did you mean market.topics?"
    ),
    "sensitivity study.metrics=[cac]": "study.metrics: there is no metric 'cac'; did you mean cac_usd?",
    "sensitivity study.of=hybrid": "study.of=hybrid: it is not among motions=[clg,plg,slg]; add it there",
    "sensitivity study.trajectories=1": "study.trajectories=1: 2 to 10000 (trajectories of the screening) is allowed",
    "sensitivity study.finalists=1": (
        "study.finalists=1: 2 to 100 (parameters that go on to Sobol indices) is allowed"
    ),
    "sensitivity study.samples=4": (
        "study.samples=4: 8 to 1048576 (base samples of the Sobol design, a power of two) is allowed"
    ),
    "uncertainty study.draws=1": "study.draws=1: 8 to 1e+06 (draws from the priors) is allowed",
    "uncertainty study.metrics=[cac]": "study.metrics: there is no metric 'cac'; did you mean cac_usd?",
    "attribution study.metrics=[cac]": "study.metrics: there is no metric 'cac'; did you mean cac_usd?",
    "uncertainty study.metrics=[]": f"study.metrics: {EMPTY}",
    "uncertainty study.posterior=''": "study.posterior: a file or a folder is needed, or null",
    "compare study.posterior=''": "study.posterior: a file or a folder is needed, or null",
    "uncertainty study.keep=[runs]": "study.keep=[runs]: uncertainty reads weeks; write study.keep=[runs,weeks]",
    "attribution study.metrics=[]": f"study.metrics: {EMPTY}",
    "attribution study.of=slg": "study.against=slg: it is compared with itself, study.of=slg; name another motion",
    "attribution study.mechanisms={}": (
        "study.mechanisms={}: name at least one mechanism, such as study.mechanisms={help: [peer_help]}"
    ),
    "attribution study.mechanisms={a:[]}": f"study.mechanisms.a: {EMPTY}",
    "attribution study.mechanisms={a:[ties],b:[ties]}": "study.mechanisms: ties is in a and b, it can be in one",
    "optimise study.rounds=0": "study.rounds=0: 1 to 10000 (rounds of the search) is allowed",
    "optimise study.mixes=2": "study.mixes=2: 4 to 10000 (mixes tried a round) is allowed",
    "optimise study.check_seeds=1": (
        "study.check_seeds=1: 2 to 10000 (further seeds on which the best mix is judged) is allowed"
    ),
    "optimise study.subject_to={cac_usd:5}": (
        "study.subject_to.cac_usd=5: low and high are needed, as in {low: ..., high: ...}"
    ),
    "shocks study.experiments=[]": f"study.experiments: {EMPTY}",
    "shocks study.experiments=[rival,rival]": "study.experiments: rival stands there twice, once is enough",
    "shocks study.discounts_usd=[]": f"study.discounts_usd: {EMPTY}",
    "shocks study.keep=[runs]": "study.keep=[runs]: shocks reads weeks and lives; write study.keep=[runs,weeks,lives]",
    "shocks study.rival={qualty:1}": (
        "study.rival.qualty: there is no such setting; did you mean study.rival.quality?"
    ),
    "shocks study.rival={entry_week:5}": "study.rival.entry_week: write study.entry_week=..., from which the study counts",
    "shocks study.rival={price_usd:3}": "study.rival.price_usd: the rival of this study asks our price; leave it away",
    "validate study.experiments=[]": (
        "study.experiments=[]: nothing is asked; there are adoption, community, retention, encouragement, impulses, "
        "cost, cold_start, rival, launch, welcome, price, satisfaction, expansion, self_service, core_lost, search, season, entrants; or give data of your own"
    ),
    "calibrate study.company=../../evil": (
        "study.company=../../evil: it names files and a motion; a letter, then letters, digits, _ and - are allowed"
    ),
    "calibrate study.company=x.y": (
        "study.company=x.y: it names files and a motion; a letter, then letters, digits, _ and - are allowed"
    ),
    "calibrate study.company='2024'": (
        "study.company=2024: it names files and a motion; a letter, then letters, digits, _ and - are allowed"
    ),
    "calibrate study.company=2024": (
        "study.company=2024: it names files and a motion; a letter, then letters, digits, _ and - are allowed"
    ),
    "shocks study.rewards_share=2": "study.rewards_share=2: 0 to 1 (share) is allowed; 2 % is 0.02",
}
POINTS = {  # found when the points of a design are made: also before anything runs
    "product:[1]": "product=1: product is a section; set one of its values, such as product.price_usd=...",
    "motions.clg:[1]": (
        "motions.clg=1: motions.clg is a section; set one of its values, such as motions.clg.launch.weeks=..."
    ),
    "motions.clg.shares.content:[7]": "motions.clg.shares.content=7: 0 to 1 (share) is allowed; 7 % is 0.07",
    "switches.peer_hlp:[true]": "switches: there is no 'peer_hlp'; did you mean peer_help?",
    "switches.peer_help:[1]": "switches.peer_help=1: true or false is needed",
}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", SENTENCES)
def test_one_sentence_and_exit_code_2(command, here, capsys):
    arguments = [command] if re.search(r"set:|\{ ", command) else command.split(" ")
    assert main(arguments) == 2
    assert capsys.readouterr().err.strip() == SENTENCES[command]
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("command", STUDIES)
def test_a_study_that_cannot_be_asked_is_one_sentence_and_exit_code_2(command, here, capsys):
    assert main(f"study={command}".split(" ")) == 2
    assert capsys.readouterr().err.strip() == STUDIES[command]
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("over", POINTS)
def test_a_point_that_cannot_be_is_one_sentence_and_leaves_no_results(over, here, capsys):
    assert main(["study=sweep", "jobs=1", f"study.over={{{over}}}"]) == 2
    assert capsys.readouterr().err.strip() == POINTS[over]
    assert list(here.glob("results/*")) == []


POSTERIORS = {
    "": "the file holds no sample",
    "market.topics\n\n": "the file holds no sample",
    "market.topics\nmany\n": "row 2, column market.topics is 'many', a number is needed",
    "market.topics,product.ease\n9,0.1\n9\n": (
        "row 3 has 1 cells, row 1 has 2; a number with a comma in it? write 1234.5"
    ),
    "market.topics,market.topics\n9,8\n": "row 1 names the column 'market.topics' 2 times, once is needed",
    "market.topics\n9\n8\n": "study.draws=8 asks for more worlds than the file holds, 2",
}


@pytest.mark.parametrize("text", POSTERIORS)
def test_a_posterior_that_cannot_be_used_names_the_line(text, here, capsys):
    Path("sample.csv").write_text(text)
    assert main(["study=uncertainty", "study.draws=8", "jobs=1", "study.posterior=sample.csv"]) == 2
    assert capsys.readouterr().err.strip() == f"study.posterior=sample.csv: {POSTERIORS[text]}"
    assert list(here.glob("results/*")) == []


EDGES = {
    "": "row 1 has no column source and target; needed: source, target",
    "a,b\n1,2\n": "row 1 has no column source and target; needed: source, target",
    "Source,Target\n1,2\n": (
        "row 1 has no column source (is it 'Source'?) and target (is it 'Target'?); needed: source, target"
    ),
    "source;target\n1;2\n": "row 1 is separated by semicolons; save it as CSV with commas between the columns",
    "source,target,source\n1,2,3\n": "row 1 names the column 'source' 2 times, once is needed",
    "source,target\n": "the file holds no edge",
    "source,target\n1,2\n3\n": "row 3 has 1 cells, row 1 has 2; a number with a comma in it? write 1234.5",
    "source,target\n1,2\n,4\n": "row 3, column source is empty, an id is needed",
    "source,target\n1,2\n3,\n": "row 3, column target is empty, an id is needed",
    'source,target\n1,2\n3,"4\n5,6\n': "row 3 cannot be read (unexpected end of data); is a quotation mark left open?",
}


@pytest.mark.parametrize("text", EDGES)
def test_edge_files_that_cannot_be_used_name_row_and_column(text, here, capsys):
    Path("edges.csv").write_text(text)
    assert main(["market.network.file=edges.csv"]) == 2
    assert capsys.readouterr().err.strip() == f"market.network.file=edges.csv: {EDGES[text]}"
    assert [p.name for p in here.iterdir()] == ["edges.csv"]


TRAITS = {
    "name\nA\n": "row 1 has no column id; needed: id",
    "id,need\nA,much\n": "row 2, column need is 'much', a number is needed",
    'id,need\nA,"1,5"\n': "row 2, column need is '1,5', write the number with a decimal point, such as 1.5",
    "id,affinity\nA,0\n": "row 2, column affinity is '0', 1e-06 to 1e+06 is allowed",
    "id,size_seats\nA,0\n": "row 2, column size_seats is '0', 1 to 1e+06 is allowed",
    "id,segment\nA,smaler\n": "row 2, column segment is 'smaler'; smaller, larger are allowed; did you mean smaller?",
    "id\nA\nB\nA\n": "row 4, column id is 'A', as in row 2; one row each",
    "id,need\n,1\n": "row 2, column id is empty, an id is needed",
}


@pytest.mark.parametrize("text", TRAITS)
def test_traits_files_that_cannot_be_used_name_row_and_column(text, here, capsys):
    Path("edges.csv").write_text("source,target\nA,B\n")
    Path("traits.csv").write_text(text)
    assert main(["market.network.file=edges.csv", "market.network.traits_file=traits.csv"]) == 2
    assert capsys.readouterr().err.strip() == f"market.network.traits_file=traits.csv: {TRAITS[text]}"
    assert sorted(p.name for p in here.iterdir()) == ["edges.csv", "traits.csv"]


def test_columns_of_a_traits_file_that_are_no_traits_are_said(here, capsys):
    Path("edges.csv").write_text("source,target\nA,B\n")
    Path("traits.csv").write_text("id,needs,need\nA,1,2\n")
    files = ["market.network.file=edges.csv", "market.network.traits_file=traits.csv"]
    assert main([*files, "weeks=2", "seeds=1", "jobs=1", "motions=[plg]"]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == [
        "traits.csv: 1 of 1 ids are among the 2 of edges.csv",
        "traits.csv: further columns ignored: needs",
    ]


TINY = ["market.people=200", "weeks=10", "seeds=1", "jobs=1", "motions=[plg]"]


def files_in(folder):
    return {p: p.is_file() and p.read_bytes() for p in Path(folder).rglob("*")}


def test_a_command_that_is_refused_leaves_results_as_they_were(here, capsys):
    """Also with fresh=true, which would have replaced them."""
    assert main([*TINY, "out=mine"]) == 0
    before = files_in("mine")
    capsys.readouterr()
    assert main([*TINY, "out=mine", "study.posterior=no.csv", "fresh=true"]) == 2
    assert capsys.readouterr().err.strip() == "study.posterior=no.csv: the file does not exist"
    assert files_in("mine") == before
    assert main([*TINY, "out=mine", "seeds=2", "fresh=true"]) == 0
    assert not Path("mine/.flywheel").exists()


def test_a_command_that_is_refused_leaves_an_empty_folder_to_the_next(here, capsys):
    Path("mine").mkdir()
    assert main([*TINY, "study.posterior=no.csv", "out=mine"]) == 2
    assert not [p for p in Path("mine").iterdir() if p.name != ".lock"]
    assert main([*TINY, "out=mine"]) == 0


def test_folders_that_cannot_be_made_are_not_made_in_part(here, capsys):
    long = "x" * 300
    assert main([*TINY, f"out=a/{long}"]) == 2
    said = capsys.readouterr().err.strip()
    assert said == f"out=a/{long}: the folder cannot be written (File name too long)"
    Path("f").write_text("mine")
    assert main([*TINY, "out=f"]) == 2
    assert capsys.readouterr().err.strip() == "out=f: the folder cannot be written (File exists)"
    assert [p.name for p in here.iterdir()] == ["f"]


def test_a_manifest_that_cannot_be_read_is_said(here, capsys):
    Path("mine").mkdir()
    for text in ("", "[]", '{"config": {}}', "{"):
        Path("mine/manifest.json").write_text(text)
        assert main([*TINY, "out=mine"]) == 2
        assert capsys.readouterr().err.strip() == (
            "mine/manifest.json: this is no manifest of a results folder, or a damaged one; choose another folder"
        )
        assert Path("mine/manifest.json").read_text() == text


def test_a_folder_with_another_plan_is_left_alone(here, capsys):
    tiny = [*TINY, "out=mine"]
    assert main(tiny) == 0

    def written():  # older filelocks touch the lock that they take
        return sorted((p, p.stat().st_mtime_ns) for p in Path("mine").rglob("*") if p.name != ".lock")

    before = written()
    capsys.readouterr()
    assert main([*tiny, "product.price_usd=33"]) == 2
    assert capsys.readouterr().err.strip() == (
        "out=mine: the folder holds another plan: product.price_usd was 40.0, now 33.0; "
        "choose another folder or add fresh=true"
    )
    assert written() == before


def test_a_folder_with_other_files_is_left_alone(here, capsys):
    Path("photos").mkdir()
    Path("photos/cat.txt").write_text("cat")
    assert main(["out=photos"]) == 2
    assert capsys.readouterr().err.strip() == (
        "out=photos: the folder holds other files and no manifest.json; choose another folder"
    )
    assert files_in("photos") == {Path("photos/cat.txt"): b"cat"}


def test_a_folder_that_cannot_be_written_is_said(here, capsys, monkeypatch):
    Path("locked").mkdir()
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert main(["out=locked"]) == 2
    assert capsys.readouterr().err.strip() == "out=locked: the folder cannot be written (no permission)"
