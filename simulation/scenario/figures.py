"""How figures look: nothing of it decides a result."""

from typing import Annotated, Literal

from pydantic import Field

from simulation.scenario.units import Frozen


class Figures(Frozen):
    """The look of a command's figures."""

    theme: Annotated[Literal["light", "dark"], Field(json_schema_extra={"unit": "of the paper"})] = "light"
    style: Annotated[str | None, Field(json_schema_extra={"unit": "Matplotlib style file"})] = (
        None  # laid over the theme
    )
