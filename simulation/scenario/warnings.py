"""What a scenario asks for and cannot bring about: said before the runs, no error, for a sweep may pass through it."""

from collections.abc import Collection, Iterator

from simulation.scenario.intervention import Intervention
from simulation.scenario.resolution import SEED_ROWS, rows_needed, seeds_of
from simulation.scenario.schema import Config
from simulation.scenario.study import Shocks


def notes(config: Config) -> list[str]:
    """Return one sentence for each rival or change that comes too late, and for each motion that nobody can buy from."""
    if config.study.name == "validate":  # it sets people, weeks and spending itself
        return []
    coarse = [*_coarse(config), *_timeless(config)]
    if config.study.name == "calibrate":  # it sets weeks and spending itself
        return coarse
    swept = getattr(config.study, "over", {})
    late = [] if "weeks" in swept else list(_late(config, entered=swept))
    apart = [*_used_to(config, swept), *_impatient(config)]
    return coarse + apart + late + _left_out(config) + ([] if swept else list(_unsellable(config)))


def _coarse(config: Config) -> Iterator[str]:
    """Say where the seed members of a community are so few rows that luck decides whether it starts."""
    market = config.world(next(iter(config.motions))).market
    if not market.people or not market.accounts or market.people >= market.accounts:
        return
    for name, motion in config.motions.items():
        rows = seeds_of(motion) * market.people / market.accounts
        if 0 < rows < SEED_ROWS:
            needed = rows_needed(market, [motion])
            more = [f"market.people={needed}"] if needed > (config.market.people or 0) else []
            more += [f"rows={needed}"] if config.rows and needed > config.rows else []
            yield (
                f"{market.people} rows of {market.accounts} accounts are coarse: the {seeds_of(motion):g} seed members of {name} are "
                f"{rows:.2g} rows, with fewer than {SEED_ROWS} a community starts by luck; write {' '.join(more)}"
            )


def _timeless(config: Config) -> Iterator[str]:
    if config.season.swing > 0 and not config.start and "start" not in getattr(config.study, "over", {}):
        yield f"season.swing={config.season.swing:g}: nobody knows in which month week 0 is, so no season acts; add start=2026-01-01"


def _used_to(config: Config, swept: Collection[str]) -> Iterator[str]:
    """A point of a sweep changes the firm, not what the market is used to: another question than a firm of another price."""
    if "product.price_usd" in swept and "product.reference_price_usd" not in swept:
        yield (
            f"study.over: product.price_usd is changed in a market that is used to {config.product.reference_price_usd:g} {config.currency}; "
            "for firms of different prices, a command each: --multirun product.price_usd=..."
        )


def _impatient(config: Config) -> Iterator[str]:
    adoption = config.behaviour.adoption
    sells = any(motion.shares.get("sales") for motion in config.motions.values())
    if sells and adoption.seller_patience_weeks <= adoption.sales_cycle_weeks:
        yield (
            f"behaviour.adoption.seller_patience_weeks={adoption.seller_patience_weeks}: sellers move on before a sales cycle of "
            f"{adoption.sales_cycle_weeks} weeks is over, so they sell next to nothing"
        )


def _late(config: Config, *, entered: Collection[str]) -> Iterator[str]:
    last = config.weeks - 1
    for name, rival in config.rivals.items():
        paths = {f"rivals.{name}.entry_week", *(["rival.entry_week"] if len(config.rivals) == 1 else [])}
        if rival.entry_week is not None and rival.entry_week > last and not paths & set(entered):
            yield f"rivals.{name}.entry_week={rival.entry_week} is after the run's last week ({last}): it never enters"
    yield from _never_set("interventions", config.interventions, "run", last)
    for name, motion in config.motions.items():
        yield from _never_set(f"motions.{name}.plan", motion.plan, "run", last)
    if config.past:
        yield from _never_set("history.interventions", config.past.interventions, "past", config.past.weeks - 1)


def _never_set(head: str, given: Collection[Intervention], what: str, last: int) -> Iterator[str]:
    """Say which changes come after the last week of a run, or of a past; what changes from today on stands in interventions."""
    instead = "; what changes from today on stands in interventions" if what == "past" else ""
    for i in given:
        if i.week > last:
            changes = ", ".join(f"{path}={value}" for path, value in i.set.items())
            yield f"{head}: week {i.week} is after the {what}'s last week ({last}): {changes} is never set{instead}"


def _left_out(config: Config) -> list[str]:
    """The experiments of ``shocks`` bring their own; only ``scenario`` has the shock of the scenario itself."""
    study = config.study
    if not isinstance(study, Shocks) or "scenario" in study.experiments or not config.interventions:
        return []
    weeks = " and ".join(str(i.week) for i in config.interventions)
    return [f"study=shocks: what the scenario changes in week {weeks} is left out; add scenario to study.experiments"]


def _unsellable(config: Config) -> Iterator[str]:
    """Say where a motion has no door at all: whatever it spends, nobody can buy."""
    if config.behaviour.engagement.direct_per_week > 0:
        return
    for name in config.motions:
        worlds = config.world(name).timeline().values()
        if not any(w.motion.free_tier or w.motion.community or w.motion.shares.get("sales") for w in worlds):
            yield (
                f"motions.{name} has no free tier, no community and no sellers, and behaviour.engagement.direct_per_week=0: "
                "nobody can buy"
            )
