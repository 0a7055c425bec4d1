"""What a tool is asked, as ``name=value`` words: read and checked like a scenario's settings."""

import sys
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from pydantic import Field, ValidationError

from simulation.scenario.errors import BadInput
from simulation.scenario.study import Parameters
from simulation.scenario.units import Frozen
from simulation.scenario.wording import validation_errors

Names = Annotated[Parameters, Field(default_factory=list)]
Asked = TypeVar("Asked", bound=Frozen)


def read(arguments: Sequence[str], of: type[Asked]) -> Asked:
    """Return what ``name=value`` words ask for; raises BadInput."""
    from omegaconf import OmegaConf

    for argument in arguments:
        if "=" not in argument:
            raise BadInput(f"{argument}: write name=value with a name out of {', '.join(of.model_fields)}")
    try:
        return of.model_validate(OmegaConf.to_container(OmegaConf.from_cli(list(arguments))))
    except ValidationError as error:
        raise BadInput("\n".join(validation_errors(error, of))) from None


def ends(work: Callable[[], int]) -> int:
    """Return what ``work`` returns; 2 for input that cannot be used, 130 where it was stopped, each said in a sentence."""
    try:
        return work()
    except BadInput as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped; the same command goes on from here", file=sys.stderr)
        return 130
