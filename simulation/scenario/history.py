"""A firm's past: what it did before today, and for how long; and the two futures that any other is held against."""

from pydantic import Field, model_validator

from simulation.scenario.firm import Motion
from simulation.scenario.intervention import Intervention
from simulation.scenario.units import Frozen, count

AS_BEFORE, STOP = TWINS = ("as_before", "stop")


class Past(Frozen):
    """What a run lived through before today: so many weeks of spending like ``motion``, on luck of their own.

    ``interventions`` are what changed in these weeks, counted from their first.
    """

    weeks: count("weeks", 1, 5200)
    motion: Motion
    interventions: list[Intervention] = Field(default_factory=list)

    @property
    def goes_on(self) -> Motion:
        """The motion from today on: its plan counts from the first week of the past, and what is over by today is left out."""
        plan = [later for i in self.motion.plan if (later := i.after(self.weeks))]
        return self.motion.model_copy(update={"plan": plan})


class History(Frozen):
    """A firm's past as a scenario tells it: how the firm has spent its money, and for how long or up to how many customers."""

    motion: str
    weeks: count("weeks", 0, 5200) | None = None
    customers: count("customers of the real market today, in the mean over simulated markets", 1, 10**9) | None = None
    at_most_weeks: count("weeks in which so many customers are looked for", 1, 5200) = 520
    interventions: list[Intervention] = Field(default_factory=list)  # by week of the past, such as a budget that grew
    spending: Motion | None = None  # the motion as its file and the command line have it

    @model_validator(mode="after")
    def one_length(self):
        if (self.weeks is None) == (self.customers is None):
            raise ValueError(
                f"give weeks (how long the firm has spent its money like {self.motion}) or customers "
                f"(how many it has by now){'' if self.weeks is None else ', not both'}"
            )
        return self

    @property
    def past(self) -> Past | None:
        """The past as a run is told it; None where there is none."""
        told = {"motion": self.spending, "interventions": self.interventions}
        return Past.model_construct(weeks=self.weeks, **told) if self.weeks else None
