"""What a firm that knows something of itself has never paid for: of that its own numbers say nothing."""

from simulation.scenario.compose import compose

FIRM = "known={price_usd: 40, accounts: 5000, customers: 260, new_customers: 160, budget_usd_per_year: 260000, like: plg, monthly_churn: 0.033}"
PAST = "history={motion: plg, weeks: 156}"


def test_levers_of_each_motion_that_the_firms_own_lacks():
    config = compose(FIRM, PAST, "motions=[plg,clg,slg]")
    paid = {lever for lever, part in config.motions["plg"].shares.items() if part}
    assert config.untried == {
        m: [lever for lever, part in config.motions[m].shares.items() if part and lever not in paid]
        for m in ("clg", "slg")
    }
    assert "events" in config.untried["clg"] and "sales" in config.untried["slg"]


def test_other_shares_of_what_it_pays_for_are_nothing_new():
    config = compose(FIRM, PAST, "motions=[plg]")

    def beside(**shares):
        lean = config.motions["plg"].model_copy(update={"shares": shares})
        return config.model_copy(update={"motions": {"lean": lean}}).untried

    assert beside(product_growth=0.6, content=0.4, events=0.0) == {}
    assert beside(product_growth=0.6, content=0.3, events=0.1) == {"lean": ["events"]}


def test_without_knowns_or_a_past_nothing_is_said():
    assert compose(PAST, "motions=[plg,clg]").untried == {}
    assert compose("motions=[plg,clg]").untried == {}
