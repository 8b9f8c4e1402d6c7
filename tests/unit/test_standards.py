"""分级分类交办标准: what the matrix says, wherever an order is handed over (JC-21, GH-14)."""

from typing import Any
from uuid import UUID

import pytest

from callcenter.core.ids import OrgId
from callcenter.dispatching.suggest import Demand, Precedent, suggest
from callcenter.orders.ruleset_files import read_rule_files, rule_book
from callcenter.orders.standards import asked_by_person, responsible, standard_of, standard_view

JINCHENG = rule_book(read_rule_files()).get("jincheng", 2)


def row(category: str, level: str | None = None) -> dict[str, Any]:
    return {"category": category, "level": level}


@pytest.mark.rule("JC-21", "GH-14")
def test_category_and_level_choose_the_line() -> None:
    urgent, usual = (standard_of(JINCHENG, row("公用事业/供水", level)) for level in ("urgent", "normal"))
    assert (asked_by_person(urgent), asked_by_person(usual)) == (True, False)
    assert standard_of(JINCHENG, row("园林绿化")) is None
    assert not asked_by_person(None)
    assert urgent is not None
    view = standard_view(urgent)
    assert (view.supervise, view.callback, view.duty) == ("phone", "human", "供应单位")
    assert view.limits_zh == ("先行联系4小时", "首次处置24小时")
    assert view.limits_en == ("first contact 4 hour(s)", "first handling 24 hour(s)")


@pytest.mark.rule("JC-21")
def test_the_body_that_the_standard_names_is_suggested_with_that_reason() -> None:
    assert responsible(standard_of(JINCHENG, row("公用事业"))) == ("供应单位",)
    assert responsible(None) == ()
    named, other = OrgId(UUID(int=1)), OrgId(UUID(int=2))
    demand = Demand(text="停水", category="公用事业", where="")
    precedents = [Precedent(org=other, orders=5, same_place=False)]
    first, second = suggest(demand, [], precedents, [], {named: "供应单位"})
    assert (first.org, second.org) == (named, other)
    assert [(reason.kind, reason.told) for reason in first.reasons] == [("standard", "供应单位")]
