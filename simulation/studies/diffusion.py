"""What ``validate`` says of a diffusion on real ties: forms by likelihood, forecasts side by side, what cannot be told."""

from collections.abc import Iterator

import numpy as np
from rich.table import Table

from simulation.evidence.contagion import AMBIENT, CONTACT, NUMBERS, TOLD_APART, Form
from simulation.evidence.network_forecast import NAMES, SecondHalf, foretell
from simulation.evidence.real_networks import Diffusion
from simulation.runs.output import say
from simulation.runs.session import Session
from simulation.scenario.schema import World
from simulation.studies.screen import show

WHOSE = {"saturating": "each of the first adopted contacts", "any contact": "the first adopted contact"}


def answer(session: Session, data: Diffusion, world: World, runs: int) -> SecondHalf:
    """Foretell the second half from the first; write and print it."""
    for note in data.notes:
        say(session.console, note)
    found = foretell(data, world, runs)
    _write(session, found)
    show(session.console, _forms(found))
    for line in sentences(found):
        say(session.console, line)
    show(session.console, _forecasts(found))
    a, b = found.odds_seen, found.odds_simulated
    say(
        session.console,
        f"odds ratio per adopted contact in the second half: {a.value:.2f} ({a.low:.2f} to {a.high:.2f}) seen, "
        f"{b.value:.2f} ({b.low:.2f} to {b.high:.2f}) simulated",
    )
    return found


def sentences(found: SecondHalf) -> Iterator[str]:
    """Yield which form the first half chooses, and what it cannot tell."""
    best, *others = found.forms
    yield (
        f"chosen by AIC: {best.form.name} ({len(best.form.free)} numbers, log-likelihood {best.log_likelihood:.1f}), with "
        f"{100 * best.weight:.0f} % of the weight; forecasts draw every form by its weight, its numbers by their likelihood"
    )
    near = [fit.form.name for fit in others if round(fit.aic - best.aic, 1) < TOLD_APART]
    if near:
        yield f"the first half cannot tell it from: {', '.join(near)} (AIC less than {TOLD_APART:g} above)"
    told = best if best.numbers[CONTACT] else next(f for f in others if f.form == Form("linear", best.form.frailty))
    low, high = found.contact[told.form.name]
    span = f"{told.numbers[CONTACT]:.3g} ({low:.3g} to {high:.3g}, 90 %)"
    whose = WHOSE.get(told.form.exposure, "each adopted contact")
    if low > 0:
        yield f"{whose} adds {span} to a hazard of {told.numbers[AMBIENT]:.3g} a period"
    else:
        yield f"the first half cannot tell whether contacts matter: {whose} adds {span} a period"


def _write(session: Session, found: SecondHalf) -> None:
    periods = [
        {"period": k + 1, "seen": int(found.seen[k]), "fitted": k < found.half}
        | {
            f"{name}{end}": float(curve[k])
            for name, of in found.curves.items()
            for end, curve in (("", of.middle), ("_low", of.low), ("_high", of.high))
        }
        for k in range(found.seen.size)
    ]
    session.store.csv("diffusion.csv", periods)
    forms = [
        {
            "form": f.form.name,
            "numbers": len(f.form.free),
            "log_likelihood": f.log_likelihood,
            "aic": f.aic,
            "weight": f.weight,
            **dict(zip(NUMBERS, f.numbers.tolist(), strict=True)),
            **dict(zip(("contact_low", "contact_high"), found.contact.get(f.form.name, (0.0, 0.0)), strict=True)),
        }
        for f in found.forms
    ]
    session.store.csv("forms.csv", forms)
    forecasts = []
    for name in found.curves:
        of, came = found.later(name)
        at_end = {"forecast": name, "at_end": of.middle[-1], "low": of.low[-1], "high": of.high[-1]}
        errors = {"error_at_end": of.middle[-1] - came[-1], "error": of.error(came), "interval_score": of.score(came)}
        forecasts.append(
            {key: value if key == "forecast" else float(value) for key, value in (at_end | errors).items()}
        )
    session.store.csv("forecasts.csv", forecasts)
    odds = (("seen", found.odds_seen), ("simulated", found.odds_simulated))
    session.store.csv("odds.csv", [{"of": name, **ratio._asdict()} for name, ratio in odds])


def _forms(found: SecondHalf) -> Table:
    table = Table(title=f"hazard of adopting by adopted contacts, fitted to the first {found.half} of {found.seen.size} periods", title_justify="left")  # fmt: skip
    for name in ("form", "numbers", "log-likelihood", "AIC above the least", "weight"):
        table.add_column(name, justify="left" if name == "form" else "right")
    for f in found.forms:
        above = f.aic - found.forms[0].aic
        table.add_row(f.form.name, f"{len(f.form.free)}", f"{f.log_likelihood:.1f}", f"{above:.1f}", f"{f.weight:.2f}")
    return table


def _forecasts(found: SecondHalf) -> Table:
    table = Table(title=f"foretold from the first {found.half} periods: {found.seen[-1]} adopters were seen at the end", title_justify="left")  # fmt: skip
    for name in ("", "at the end (90 %)", "error at the end", "root mean square error", "interval score"):
        table.add_column(name, justify="right" if name else "left")
    for name, label in NAMES.items():
        of, came = found.later(name)
        if np.isnan(of.middle[-1]):
            table.add_row(label, "too few periods to fit", "", "", "")
            continue
        ends = f"{of.middle[-1]:.0f} ({of.low[-1]:.0f} to {of.high[-1]:.0f})"
        table.add_row(label, ends, f"{of.middle[-1] - came[-1]:+.0f}", f"{of.error(came):.1f}", f"{of.score(came):.0f}")
    return table
