"""分级分类交办标准 (JC-21, GH-14): what the matrix of a rule set says for an order's category and level, one source for
its clocks, the suggestion of a unit, supervision and call-back."""

from pydantic import BaseModel, ConfigDict

from callcenter.orders.clock_names import clock_name
from callcenter.orders.explain import length_text
from callcenter.orders.row import Row
from callcenter.orders.rulesets import MatrixLine, RuleSet


class StandardView(BaseModel):
    """`level` '' for any; `supervise` a mode of supervision, `callback` machine or human, '' where the line is silent.
    `notify` are roles, `limits` in words."""

    model_config = ConfigDict(frozen=True)

    category: str
    level: str
    scope_in: str
    scope_out: str
    duty: str
    supervise: str
    callback: str
    notify: tuple[str, ...]
    limits_zh: tuple[str, ...]
    limits_en: tuple[str, ...]


def standard_of(ruleset: RuleSet, row: Row) -> MatrixLine | None:
    """Of a row of work_order."""
    return ruleset.line_for(row["category"], row["level"] or "")


def asked_by_person(line: MatrixLine | None) -> bool:
    """JC-21: a person calls back, not the machine."""
    return line is not None and line.callback == "human"


def responsible(line: MatrixLine | None) -> tuple[str, ...]:
    """Names of the bodies that the line holds responsible."""
    return tuple(filter(None, line.duty.split("、"))) if line else ()


def standard_view(line: MatrixLine) -> StandardView:
    limits = [(clock_name(name), length_text(length)) for name, length in line.lengths.items()]
    names = ("category", "level", "scope_in", "scope_out", "duty", "supervise", "callback", "notify")
    return StandardView(
        limits_zh=tuple(f"{name[0]}{length[0]}" for name, length in limits),
        limits_en=tuple(f"{name[1]} {length[1]}" for name, length in limits),
        **{name: getattr(line, name) for name in names},
    )
