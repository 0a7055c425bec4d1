"""Whether the flywheel turns: organic share, content apart, what hangs on adverts, reproduction number."""

from simulation.calendar import QUARTER_WEEKS
from simulation.metrics.metric import Better, Kind, metric
from simulation.metrics.sums import NAN, ratio
from simulation.people.stages import BY_USERS, ORGANIC, PAID, Channel
from simulation.record import Record
from simulation.scenario.firm import LEVERS


def _share(record: Record, channels) -> float:
    return record.n_won_by(channels) / record.won.size if record.won.size else NAN


@metric("organic share of new customers", Kind.SHARE, Better.MORE, "E11", "ours, by first touch")
def organic_share(record: Record) -> float:
    """Return the share of new customers who came by users' content, talk or invites, or by themselves."""
    return _share(record, ORGANIC)


@metric("new customers by users' content", Kind.SHARE, Better.MORE, "E5, E11", "ours, by first touch")
def user_content_share(record: Record) -> float:
    """Return the share of new customers who found what a user wrote."""
    return _share(record, (Channel.USER_CONTENT,))


@metric("new customers by the firm's content", Kind.SHARE, Better.NEITHER, "E5, E11", "ours, by first touch")
def firm_content_share(record: Record) -> float:
    """Return the share of new customers who found what the firm published."""
    return _share(record, (Channel.FIRM_CONTENT,))


@metric("new customers by users", Kind.SHARE, Better.MORE, "E11", "ours, by first touch")
def users_share(record: Record) -> float:
    """Return the share of new customers who came by users' content, talk or invites."""
    return _share(record, BY_USERS)


@metric("new customers by paid channels", Kind.SHARE, Better.NEITHER, "E11", "ours, by first touch")
def paid_share(record: Record) -> float:
    """Return the share of new customers who came by an advert or a call."""
    return _share(record, PAID)


@metric("new customers by adverts, last quarter", Kind.SHARE, Better.NEITHER, "E11", "ours, by first touch")
def adverts_share_last_quarter(record: Record) -> float:
    """Return the share of the last 13 weeks' new customers who saw an advert first."""
    late = record.won["adopted"] >= record.weeks.shape[0] - QUARTER_WEEKS
    return ratio(((record.won["channel"] == Channel.ADVERT) & late).sum(), late.sum())


@metric("adverts in the money, last quarter", Kind.SHARE, Better.NEITHER, "E11", "ledger")
def adverts_money_share_last_quarter(record: Record) -> float:
    """Return the share of the last 13 weeks' go-to-market budget that adverts took."""
    paid = {lever: record.series(f"{lever}_cents")[-QUARTER_WEEKS:].sum() for lever in LEVERS}
    return ratio(paid["advertising"], sum(paid.values()))


@metric("customers whom a customer brings", Kind.RATIO, Better.MORE, "E11", "ours, after Diekmann et al.")
def reproduction_number(record: Record) -> float:
    """Return how many customers one customer brings in a life as long as the mean one seen: talk, invites, content.

    Customers brought per customer-week, times the mean life in weeks (customer-weeks per ended life).
    """
    ended = (record.lives["ended"] >= 0).sum()
    return float(record.n_won_by(BY_USERS) / ended) if ended else NAN
