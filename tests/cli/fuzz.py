"""Commands and scenario files with random mistakes in them: ``uv run python -m tests.cli.fuzz 5000 1`` (how many, seed).

Each is answered by exit code 0 or 2, with sentences of less than 400 characters and no traceback. Studies are not run:
what is tried is everything before them.
"""

import contextlib
import io
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from simulation import cli
from simulation.scenario.files import SHIPPED
from simulation.scenario.schema import Config, leaves

LONGEST_SENTENCE = 400
SECONDS = 120  # of one input, on a machine that others use too
COMMANDS = (
    "company=notion motions=[clg,plg] weeks=60 seeds=3",
    "study=sweep study.over={product.price_usd:[10,20,50],product.complexity:{low:0.5,high:3,n:4}}",
    "study=regimes study.over={market.topics:[500,4000],motion.free_tier:[true,false]} study.metrics=[cac_usd]",
    "study=optimise study.goal=cash_usd study.subject_to={cac_usd:{low:0,high:900}} motions=[clg]",
    "study=attribution study.of=clg study.against=plg study.mechanisms={help:[peer_help],ties:[ties,events]}",
    "study=shocks study.experiments=[rival,inertia] study.rival={quality:1.5} study.discounts_usd=[0,4.5]",
    "study=uncertainty study.draws=64 study.keep=[runs,weeks]",
    "study=reach study.arr_usd=300k study.by=2028-12 study.budgets={low:0.5,high:4,n:3} start=2026-01",
    "study.until={metric:cac_usd,half_width:5%} seeds=200",
    "market.network.file=edges.csv market.network.traits_file=people.csv market.accounts=20000",
    "interventions=[{week:78,for_weeks:26,set:{budget.usd_per_account_per_week:0.5,switches.ties:false}}]",
    "motions=[hybrid] motions.hybrid.shares.content=0.2 motions.hybrid.free_tier=true switches.peer_help=false",
    "platform=closed_group rival=cheaper shock=price_rise loyalty=points market=global",
    "product.price_usd=${times:${product.reference_price_usd},0.5} product.gross_margin=75%",
    "--multirun product.price_usd=20,40 company=notion,figma",
    "company=mine out=results/ø jobs=2 cluster=tcp://10.0.0.1:8786 fresh=true",
    "company=mine market.segments.smaller.churn_per_week=0.02 market.segments.smaller.language=da",
    "settings company=mine",
)
SHIPPED_FILES = ("company/notion", "company/reference", "market/global", "motions/clg", "study/shocks")
FILES = (
    *((SHIPPED / f"{name}.yaml").read_text(encoding="utf-8") for name in SHIPPED_FILES),
    "# @package _global_\ndefaults:\n  - reference\n  - override /platform: reddit\nproduct: {price_usd: 12.0}\n",
    "# @package _global_\ndefaults: [reference]\nmarket: &m {accounts: 20k}\nbudget: {share_of_revenue: 5%}\n",
    "# @package _global_\ndefaults: [reference]\nrival: {price_usd: '${times:${product.price_usd},0.9}'}\n",
)
PIECES = (
    *"[]{}()'\"=,.:;#*&!%|>@`~+-_$\\/ \t\n\0øÆ李٣½\u00a0\u200b\ufeff\U0001f600",
    "null", "true", "no", "nan", "inf", "-1", "0", "1e999", "1e5", "1.500", "1,5", "049", "0x10", "1:30", "5k", "3years", "75%",
    "${", "${product.price_usd}", "${oc.env:HOME}", "${times:", "???", "<<: *m", "*m", "&m", "!!python/name:os", "---", "@package",
    "_global_", "hydra", "hydra.run.dir", "defaults", "override", "_self_", "_target_", "fresh", "../", "~", "/dev/zero", "--", "++",
    "[[[[[[[[", "{a:{b:{c:", "9" * 500, "x" * 3000, "choice(1,2)", "range(1,3)", "glob(*)", "sweep",
)  # fmt: skip


class Tally(NamedTuple):
    """What many inputs came to: how often each exit code, and what should not be, with the input that did it."""

    codes: Counter
    wrong: list[tuple[str, object]]
    slowest: float


def changed(text: str, rng: random.Random) -> str:
    """Return a text with one random mistake."""
    a, b = sorted(rng.randrange(len(text) + 1) for _ in range(2))
    piece = rng.choice(PIECES)
    return rng.choice(
        (
            text[:a] + piece + text[a:],
            text[:a] + piece + text[min(b, a + 8) :],
            text[:a] + text[min(b, a + 3) :],
            text[:b] + text[a:b][:200] + text[b:],
            text.replace(rng.choice(text) if text else "x", piece[:20], 1),
            text[:a] + rng.choice(leaves(Config)) + text[a:],
            text.swapcase() if rng.random() < 0.3 else text[:a] + text[a : a + 1] * 2 + text[a + 1 :],
        )
    )


def an_input(rng: random.Random) -> tuple[list[str], str]:
    """Return a command line and the text of ``scenarios/company/mine.yaml``, one of them or both with mistakes."""
    command, text = rng.choice(COMMANDS).split(" "), rng.choice(FILES)
    if rng.random() < 0.5:
        command = ["company=mine", *command[:1]]
    in_file = "company=mine" in command and rng.random() < 0.7
    for _ in range(1 + (rng.random() < 0.4) + (rng.random() < 0.2)):
        if in_file:
            text = changed(text, rng)
        else:
            k = rng.randrange(len(command))
            command[k] = changed(command[k], rng)
    return [a.replace("\0", "\x01") for a in command], text  # no argument holds a zero byte


def answer(command: list[str], text: str) -> tuple[int, str]:
    """Return the exit code of a command and what it said, with a scenario file of the user's own; studies are not run."""
    Path("scenarios/company").mkdir(parents=True, exist_ok=True)
    Path("scenarios/company/mine.yaml").write_text(text, encoding="utf-8", errors="surrogateescape")
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        return cli.main(command), said.getvalue()


def _only_checked(asked, _arguments) -> int:
    cli._check_paths(asked.config)
    return 0


def _too_slow(*_) -> None:
    raise TimeoutError(f"more than {SECONDS} seconds")


def fuzz(n: int, seed: int) -> Tally:
    """Answer ``n`` inputs in a folder of their own; return what they came to."""
    rng, codes, wrong, slowest = random.Random(seed), Counter(), [], 0.0
    study, before, home = cli._study, signal.signal(signal.SIGALRM, _too_slow), Path.cwd()
    cli._study = _only_checked
    try:
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            for _ in range(n):
                found, start = an_input(rng), time.monotonic()
                signal.alarm(SECONDS)
                try:
                    code, said = answer(*found)
                except BaseException as error:
                    if isinstance(error, KeyboardInterrupt):
                        raise
                    code, said = -1, f"{type(error).__name__}: {error}"
                signal.alarm(0)
                slowest = max(slowest, time.monotonic() - start)
                codes[code] += 1
                lines = said.splitlines()
                if code not in (0, 2) or (code == 2) != bool(lines) or any(len(x) >= LONGEST_SENTENCE for x in lines):
                    wrong.append((said[:600], found))
                elif "cannot be composed" in said:
                    wrong.append((said, found))
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
        cli._study = study
        os.chdir(home)
    return Tally(codes, wrong, slowest)


if __name__ == "__main__":
    tally = fuzz(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    for said, found in tally.wrong:
        print(f"{said!r}\n  {found!r}")
    print(f"exit codes {dict(tally.codes)}; {len(tally.wrong)} wrong; the slowest took {tally.slowest:.1f} s")
    sys.exit(bool(tally.wrong))
