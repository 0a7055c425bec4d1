"""Digests of whole runs, which say when the bytes of results change: ``python -m tests.agreement.digests`` writes them anew.

It refuses to where they changed and ``RULES`` in simulation/sources.py did not: folders of before would be taken for the same.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np

from simulation import GrowthModel
from simulation.metrics import measure
from simulation.scenario.compose import compose
from simulation.sources import RULES
from tests.worlds import LIVELY, state

FILE = Path(__file__).with_name("digests.json")
SMALL = ("market.people=1500", "market.accounts=60000", "weeks=110")
GLOBAL = ("market=global", "market.people=2000", "weeks=110")
MOTIONS = ("clg", "plg", "slg", "hybrid", "rewards_led", "community_assisted_plg", "community_assisted_slg", "sales_assisted_plg", "bare")  # fmt: skip
COMPANIES = ("notion", "sap", "oracle", "lego_afol", "starbucks_rewards", "iphone_imessage", "peloton", "bare")
RIVALS = ("better_but_empty", "better_with_community", "cheaper")
SHOCKS = ("budget_cut", "criticism", "platform_move", "price_rise", "spam_wave", "top_helpers_leave")
HOURS = "{welcome:0.2,answers:0.2,introductions:0.1,translation:0.3,moderation:0.1,listening:0.1,hosting:0}"
MIX = "{how_to:0.4,news:0.2,question_sessions:0.2,contests:0.2}"
CASES = {
    **{motion: (motion, SMALL) for motion in MOTIONS},
    **{f"global {m}": (m, GLOBAL) for m in ("clg", "slg", "hybrid")},
    **{f"adaptive {m}": (m, (*GLOBAL, f"motions.{m}.adaptive={{weeks:8,step:0.05}}")) for m in ("clg", "slg", "hybrid")},
    **{f"company {c}": ("clg", (f"company={c}", "market.people=1500", "weeks=110")) for c in COMPANIES},
    **{f"rival {r}": ("clg", (*SMALL, f"rival={r}", "rival.entry_week=30")) for r in RIVALS},
    **{f"shock {s}": ("hybrid", (*SMALL, f"shock={s}", "rival=cheaper")) for s in SHOCKS},
    "lively": ("hybrid", (*LIVELY, "weeks=110")),
    "contracts": ("hybrid", (*LIVELY, "weeks=110", "market.segments.smaller.p_contract=1", "market.segments.larger.p_contract=1")),
    "heavy tails": ("clg", (*SMALL, "market.network.kind=heavy_tailed")),
    "revenue pays": ("plg", (*SMALL, "budget.share_of_revenue=0.3")),
    "past": ("clg", (*SMALL, "history={motion: slg, weeks: 70}")),
    "translation": ("clg", (*GLOBAL, f"motions.clg.team_hours={HOURS}", f"motions.clg.content_mix={MIX}")),
}  # fmt: skip


def digest_of(case: str) -> str:
    """Return 16 hex digits of a case's people, weekly series, lives, moves and metrics at its end."""
    motion, settings = CASES[case]
    model = GrowthModel(compose(f"motions=[{motion}]", *settings).world(motion), rng=11)
    record = model.run()
    metrics = np.array(list(measure(record).values()))
    parts = (*state(model).values(), record.weeks.tobytes(), record.lives.tobytes(), record.cohort_revenue.tobytes(), record.moves.tobytes(), metrics.tobytes())  # fmt: skip
    return hashlib.sha256(b"".join(parts)).hexdigest()[:16]


def arithmetic() -> str:
    """Return 16 hex digits of what this machine makes of exponentials and logarithms: libraries round them by processor."""
    x = np.random.default_rng(1).uniform(0.001, 20.0, 10_001)
    return hashlib.sha256(b"".join(f(x).tobytes() for f in (np.exp, np.log, np.sqrt, np.sin, np.log1p))).hexdigest()[
        :16
    ]


def main() -> int:
    """Write the digests of today's rules; return 1 where these changed under the same number."""
    found = {"rules": RULES, "arithmetic": arithmetic(), "digests": {case: digest_of(case) for case in CASES}}
    before = json.loads(FILE.read_text()) if FILE.exists() else {}
    if before.get("rules") == RULES and before["digests"] != found["digests"]:
        changed = [
            case for case in CASES if before["digests"].get(case, found["digests"][case]) != found["digests"][case]
        ]
        if changed:
            print(
                f"bytes of results changed ({', '.join(changed)}): raise RULES in simulation/sources.py",
                file=sys.stderr,
            )
            return 1
    FILE.write_text(json.dumps(found, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
