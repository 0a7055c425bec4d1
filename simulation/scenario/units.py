"""A number with its unit, its bounds and, when it is uncertain, its prior."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field


def _refuse(*_, **__) -> Any:
    raise TypeError("settings are read-only: compose them anew, or give GrowthModel their dotted paths")


class FrozenDict(dict):
    """Settings by the user's own names: read-only, as their section is."""

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse  # type: ignore[assignment]

    def __reduce__(self):
        return FrozenDict, (dict(self),)


class FrozenList(list):
    """A list of settings: read-only, as its section is."""

    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse  # type: ignore[assignment]
    append = extend = insert = remove = pop = clear = sort = reverse = _refuse  # type: ignore[assignment]

    def __reduce__(self):
        return FrozenList, (list(self),)


class Frozen(BaseModel):
    """A settings section: read-only, no unknown names, no silent conversion of text or booleans."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    def model_post_init(self, _context: Any) -> None:
        for name, value in vars(self).items():
            if type(value) in {dict, list}:
                vars(self)[name] = FrozenDict(value) if isinstance(value, dict) else FrozenList(value)


def number(
    unit: str,
    low: float,
    high: float,
    *,
    prior: tuple[float, float] | None = None,
    grade: str | None = None,
    source: str | None = None,
) -> Any:
    """Return the type of a real number in ``[low, high]``.

    ``prior`` is the range of plausible values (its mode is the value in the YAML), ``grade`` A to D says how
    well it is known and ``source`` from where. A number without a prior is somebody's choice.
    """
    extra = {"unit": unit, "prior": prior, "grade": grade, "source": source}
    return Annotated[float, Field(ge=low, le=high, allow_inf_nan=False, json_schema_extra=extra)]


def count(unit: str, low: int, high: int) -> Any:
    """Return the type of a whole number in ``[low, high]``."""
    return Annotated[int, Field(ge=low, le=high, json_schema_extra={"unit": unit})]


share = number("share", 0, 1)
