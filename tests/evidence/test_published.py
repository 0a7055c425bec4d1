"""Of which motions a cost of a new yearly dollar is published."""

from simulation.evidence.published import published
from simulation.evidence.targets import targets
from simulation.scenario.compose import compose


def test_only_of_motions_that_sell_as_the_surveyed_firms_do():
    config = compose("motions=[clg,plg,slg,hybrid,community_assisted_slg]")
    found = published({motion: config.world(motion) for motion in config.motions})
    assert {motion: of.firms for motion, of in found.items()} == {"plg": "self-serve", "slg": "sales-led"}
    by = {t.id: t for t in targets()}
    assert found["slg"][1:] == (by["V17a"].low, by["V17a"].high) and found["plg"][1:] == (
        by["V17b"].low,
        by["V17b"].high,
    )
