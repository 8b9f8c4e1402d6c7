"""The responsibility list: what a file may hold, who must agree, what the words of an order speak for."""

from datetime import date
from uuid import UUID

import pytest

from callcenter.core.ids import OrgId
from callcenter.dispatching.duty import DutyItem, in_force, named, pushed_down, standing
from callcenter.dispatching.duty_files import read_list
from callcenter.dispatching.refusals import ListBroken
from callcenter.dispatching.suggest import (
    Demand,
    Precedent,
    Ruling,
    level_of,
    rank_of,
    stations_at,
    suggest,
)

WATER, ROADS, VILLAGE = (OrgId(UUID(int=n)) for n in (1, 2, 3))
CSV = (
    "事项编码,事项名称,分类,关键词,适用区域,主办单位,协办单位,依据,例外情形,默认等级,职能部门事项,生效日期,失效日期\n"
    "GS-01,二次供水水压不足,公用事业,水压；加压泵,云堰街道,water,roads、village,供水条例第12条,,次紧急,是,2026-01-01,\n"
)
YAML = """
items:
  - code: DL-02
    title: 道路破损
    keywords: [坑洞, 路面]
    lead: roads
    basis: 市政道路管理办法
    functional: false
    valid_from: 2026-01-01
    valid_to: 2026-12-31
"""


def item(lead: OrgId, **fields: object) -> DutyItem:
    given: dict[str, object] = {
        "id": "1",
        "code": "GS-01",
        "version": 1,
        "title": "水压不足",
        "category": "公用事业",
        "keywords": ("水压", "加压泵"),
        "areas": (),
        "lead_org_id": lead,
        "co_org_ids": (),
        "basis": "供水条例",
        "exceptions": "",
        "level": "normal",
        "functional": True,
    }
    return DutyItem.model_validate(given | fields)


@pytest.mark.rule("SG-06")
def test_a_table_as_offices_write_it() -> None:
    (draft,) = read_list("\ufeff" + CSV, "csv")
    assert (draft.code, draft.lead, draft.co) == ("GS-01", "water", ("roads", "village"))
    assert (draft.keywords, draft.areas, draft.level) == (("水压", "加压泵"), ("云堰街道",), "semi_urgent")
    assert (draft.functional, draft.valid_from, draft.valid_to) == (True, date(2026, 1, 1), None)


@pytest.mark.rule("SG-06")
def test_the_same_as_yaml() -> None:
    (draft,) = read_list(YAML, "yaml")
    assert (draft.code, draft.functional, draft.valid_to) == ("DL-02", False, date(2026, 12, 31))
    assert read_list(YAML.replace("items:", "").replace("\n  -", "\n-").replace("\n    ", "\n  "), "yaml") == [draft]


@pytest.mark.rule("SG-06")
@pytest.mark.parametrize(
    ("form", "text", "told"),
    [
        ("csv", "", "line 0"),
        ("csv", CSV.replace("2026-01-01", "soon"), "line 2.*valid_from"),
        ("csv", CSV.replace("water", "roads", 1), "stands twice"),
        ("csv", CSV + CSV.splitlines()[1], "line 3.*line 2 already"),
        ("csv", CSV.rstrip() + "x,one too many\n", "more cells"),
        ("csv", CSV.replace("供水条例第12条", ""), "basis"),
        ("yaml", "items: [", "not YAML"),
        ("yaml", "[{code: !!python/x y}]", "not YAML"),
        ("yaml", "just words", "a list of items"),
        ("yaml", "items: [3]", "a list of items"),
        ("yaml", YAML.replace("2026-12-31", "2025-12-31"), "ends before"),
        ("yaml", YAML + "    colour: red\n", "colour"),
    ],
)
def test_a_broken_list_is_refused_whole(form: str, text: str, told: str) -> None:
    with pytest.raises(ListBroken, match=told):
        read_list(text, "csv" if form == "csv" else "yaml")


@pytest.mark.rule("SG-06")
def test_a_version_counts_when_every_named_unit_has_agreed() -> None:
    orgs = named(WATER, [ROADS])
    assert standing(orgs, {}) == "waiting"
    assert standing(orgs, {WATER: True}) == "waiting"
    assert standing(orgs, {WATER: True, ROADS: False}) == "refused"
    assert standing(orgs, {WATER: True, ROADS: True}) == "agreed"


@pytest.mark.rule("SG-06")
def test_valid_days_are_inclusive() -> None:
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    assert not in_force(date(2025, 12, 31), valid_from=first, valid_to=None)
    assert in_force(first, valid_from=first, valid_to=last)
    assert in_force(last, valid_from=first, valid_to=last)
    assert not in_force(date(2027, 1, 1), valid_from=first, valid_to=last)


@pytest.mark.rule("B-06")
def test_only_a_functional_matter_is_pushed_down() -> None:
    assert pushed_down(functional=True, org_kind="village")
    assert not pushed_down(functional=True, org_kind="unit")
    assert not pushed_down(functional=False, org_kind="village")


DEMAND = Demand(text="高层水压不足，加压泵夜间停运", category="公用事业", where="云堰街道桐影路88号 G12")


@pytest.mark.rule("SG-05", "SG-40")
def test_words_category_and_place_speak_for_a_unit_and_say_so() -> None:
    listed = [
        item(WATER, areas=("桐影路",), level="semi_urgent"),
        item(WATER, keywords=("水压",), category=""),
        item(ROADS, keywords=("坑洞",), category=""),
        item(VILLAGE, areas=("墨禾镇",)),
    ]
    (best,) = suggest(DEMAND, listed, [], [])
    assert (best.org, best.item, best.level) == (WATER, listed[0], "semi_urgent")
    assert [reason.kind for reason in best.reasons] == ["words", "category", "area", "words"]
    assert best.reasons[0].told == "水压、加压泵"
    assert listed[0].ref == "GS-01/1"
    (by_category,) = suggest(DEMAND, [item(WATER, keywords=("坑洞",))], [], [])
    assert [reason.kind for reason in by_category.reasons] == ["category"]


@pytest.mark.rule("SJ-27")
def test_a_ruling_outweighs_the_list_where_it_applies() -> None:
    ruling = Ruling(org=ROADS, title="二次供水管网归道路科", keywords=("加压泵",), category="公用事业", place="桐影路")
    found = suggest(DEMAND, [item(WATER)], [], [ruling])
    assert [one.org for one in found] == [ROADS, WATER]
    assert (found[0].item, found[0].category, found[0].reasons[0].kind) == (None, "公用事业", "ruling")
    for other in (
        Ruling(org=ROADS, title="x", keywords=("坑洞",)),
        Ruling(org=ROADS, title="x", keywords=(), category="道路"),
        Ruling(org=ROADS, title="x", keywords=(), place="墨禾镇"),
    ):
        assert [one.org for one in suggest(DEMAND, [item(WATER)], [], [other])] == [WATER]


@pytest.mark.rule("SG-40")
def test_precedents_add_up_and_are_capped() -> None:
    many = [Precedent(org=ROADS, orders=500, same_place=False), Precedent(org=WATER, orders=4, same_place=True)]
    found = suggest(DEMAND, [], many, [])
    assert [(one.org, one.score) for one in found] == [(WATER, 4.0), (ROADS, 2.5)]
    assert rank_of(ROADS, found) == 2
    assert rank_of(VILLAGE, found) is None


@pytest.mark.rule("SG-40")
def test_danger_raises_the_level_and_nothing_lowers_it() -> None:
    assert level_of("燃气泄漏", "normal") == "urgent"
    assert level_of("一切正常", "urgent") == "urgent"
    assert level_of("小区停水", "normal") == "semi_urgent"
    assert level_of("一切正常", "semi_urgent") == "semi_urgent"
    assert level_of("一切正常", "normal") == "normal"


@pytest.mark.rule("XY-34", "XY-35")
def test_stations_by_road_or_grid() -> None:
    areas = {WATER: (["桐影路"], []), ROADS: ([], ["G12"]), VILLAGE: (["河西路"], ["G99"])}
    assert stations_at("桐影路88号", areas, "") == [WATER]
    assert stations_at("无名路", areas, "G12") == [ROADS]
