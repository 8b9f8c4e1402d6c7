"""The two-way list of matters: what is shipped, what it proposes, what the server lets through."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from callcenter.core.errors import Misconfigured
from callcenter.core.ids import new_id
from callcenter.numbers.rules import Purpose, Reason, decide
from callcenter.numbers.rules_file import read_rules
from callcenter.resources import IVR
from callcenter.transfers.attempts import Place, TransferId
from callcenter.transfers.live_errors import ModeNotAllowed, NoSuchMatter, NoSuchTarget
from callcenter.transfers.matrix import Direction, Matrix, Means, matrix_schema, read_matrix
from callcenter.transfers.matrix_choice import (
    AT_MOST,
    emergencies,
    matter_faults,
    propose,
    received,
    search,
)
from callcenter.transfers.registry import read_registry
from callcenter.transfers.targets import Route, Wanted, choose

MATTERS = read_matrix(IVR / "matters.yaml")
REGISTRY = read_registry(IVR / "hotlines.yaml")


def wanted(**given: Any) -> Wanted:
    return Wanted(id=TransferId(new_id()), **given)


def chosen(first: str = "12345", consult: bool = False, **given: Any) -> Any:
    return choose(MATTERS, REGISTRY, wanted(**given), first=first, consult=consult)


def matter(**changed: Any) -> dict[str, Any]:
    given = {
        "code": "fire",
        "direction": "out",
        "title": {"zh": "火灾", "en": "Fire"},
        "criteria": {"zh": "火情", "en": "A fire"},
        "keywords": ["着火"],
        "target": "119",
        "modes": ["three_way"],
        "source": "B-03",
    }
    return {**given, **changed}


def listed(*matters: dict[str, Any]) -> Matrix:
    return Matrix.model_validate({"version": 1, "matters": list(matters)})


def test_the_published_schema_is_that_of_the_program() -> None:
    assert json.loads((IVR / "matters.schema.json").read_text("utf-8")) == matrix_schema()


def test_the_shipped_list_fits_the_shipped_registry() -> None:
    assert matter_faults(MATTERS, REGISTRY) == []
    assert {one.direction for one in MATTERS.matters} == set(Direction)
    assert {mode for one in MATTERS.matters for mode in one.modes} == set(Means)


@pytest.mark.rule("JC-14")
@pytest.mark.parametrize(
    ("said", "code", "number"),
    [
        ("有人站在楼顶要跳楼", "suicide", "110"),
        ("小孩掉进河里了，溺水", "drowning", "110"),
        ("我爸爸走失了", "missing_person", "110"),
        ("刚才被抢劫了", "criminal_case", "110"),
        ("楼下在打架", "public_security", "110"),
        ("门口出车祸了", "road_alarm", "122"),
        ("电线坠落在路上", "facility_danger", "110"),
        ("家里煤气泄漏", "gas_leak", "119"),
        ("山上发生泥石流", "disaster", "110"),
        ("山林着火", "forest_fire", "12119"),
        ("老人晕倒了没有呼吸", "medical_emergency", "120"),
        ("渔船进水翻船", "water_rescue", "12395"),
        ("想问个税怎么退税", "tax", "12366"),
        ("公积金怎么提取", "housing_fund", "12329"),
    ],
)
def test_what_is_said_leads_to_the_right_line(said: str, code: str, number: str) -> None:
    best = propose(MATTERS, REGISTRY, [said])[0]
    assert (best.matter and best.matter.code, best.line.number) == (code, number)
    assert best.found
    assert all(word in said for word in best.found)


@pytest.mark.rule("JC-14")
def test_what_another_line_hands_over() -> None:
    heard = received(MATTERS, ["邻居家施工噪音扰民，想咨询"], "110")
    assert [matter.code for matter, _ in heard] == ["in_complaint", "in_consultation"]
    assert heard[0][1] == ("噪音", "扰民", "施工")
    assert [matter.code for matter, _ in received(MATTERS, ["公积金", "调解"], "12366")] == ["in_non_tax"]
    assert received(MATTERS, ["公积金"], "") == []


def test_danger_comes_before_everything_else() -> None:
    proposals = propose(MATTERS, REGISTRY, ["公积金、社保、医保、个税、发票、法律咨询，另外家里着火了"])
    assert proposals[0].line.number == "119"
    assert len(proposals) <= AT_MOST
    assert proposals[0].emergency
    assert not proposals[-1].emergency


def test_nothing_said_proposes_nothing_and_emergency_lines_are_there_all_the_same() -> None:
    assert propose(MATTERS, REGISTRY, []) == []
    assert [one.line.number for one in emergencies(REGISTRY)][:4] == ["110", "119", "120", "122"]


def test_the_line_that_was_dialled_is_not_proposed() -> None:
    assert propose(MATTERS, REGISTRY, ["公积金"], dialled="12329") == []


def test_a_matter_of_a_line_that_is_not_registered_is_not_proposed() -> None:
    assert propose(listed(matter(target="999")), REGISTRY, ["着火"]) == []


def test_a_matter_that_may_be_ours_becomes_a_three_way_call() -> None:
    assert not propose(MATTERS, REGISTRY, ["有人在打架"])[0].doubtful
    fight = propose(MATTERS, REGISTRY, ["邻居噪音扰民，现在有人在打架"])[0]
    assert fight.doubtful
    assert fight.modes == (Means.THREE_WAY,)
    assert not propose(MATTERS, REGISTRY, ["物业施工的地方着火了"])[0].doubtful, "danger is never in doubt"


def test_a_word_inside_another_counts_once() -> None:
    best = propose(MATTERS, REGISTRY, ["偷税漏税"])
    assert {word for one in best for word in one.found} >= {"偷税", "漏税"}
    (fire,) = propose(listed(matter(keywords=["着火", "山林着火"])), REGISTRY, ["山林着火"])
    assert fire.found == ("山林着火",)


def test_search_finds_lines_by_number_name_and_subject() -> None:
    assert [line.number for line in search(REGISTRY, "税")] == ["12366"]
    assert [line.number for line in search(REGISTRY, "AMBULANCE ")] == ["120"]
    assert "12329" in [line.number for line in search(REGISTRY, "公积金")]
    assert search(REGISTRY, "12325") == [], "a cancelled number takes nobody"
    assert len(search(REGISTRY, "")) > 10


def test_an_emergency_is_a_three_way_call_and_theirs_to_keep() -> None:
    one = chosen(matter="fire")
    assert (one.place, one.target, one.mode, one.keeper, one.emergency) == (
        Place.LINE,
        "119",
        Means.THREE_WAY,
        "119",
        True,
    )
    with pytest.raises(ModeNotAllowed, match="three_way"):
        chosen(matter="fire", mode=Means.ONE_KEY)
    with pytest.raises(ModeNotAllowed):
        chosen(target="110", consult=True)
    assert chosen(matter="fire_hazard").mode is Means.ORDER
    assert chosen(matter="police_service", mode=Means.THREE_WAY).mode is Means.THREE_WAY


@pytest.mark.rule("A-24")
def test_in_doubt_the_side_that_was_first_keeps_the_order() -> None:
    assert chosen(matter="dispute").keeper == "12345"
    assert chosen(matter="dispute", first="110").keeper == "110"
    assert chosen(matter="dispute", mode=Means.ORDER).mode is Means.ORDER
    assert chosen(matter="tax").keeper == "12366"
    assert chosen(matter="tax", doubtful=True).mode is Means.THREE_WAY
    assert chosen(matter="tax", mode=Means.GUIDANCE).keeper == "12345"
    assert not chosen(matter="suicide", doubtful=True).doubtful
    assert chosen(target="12366").keeper == "12345", "nobody said that the matter is theirs"


def test_what_the_list_does_not_know_is_refused() -> None:
    for code in ("nonsense", "in_complaint"):
        with pytest.raises(NoSuchMatter):
            chosen(matter=code)
    for target in ("12345", "12369", "12325", "777", "queue/nonsense", "seat/x"):
        with pytest.raises(NoSuchTarget):
            chosen(target=target)
    with pytest.raises(NoSuchTarget):
        chosen(matter="tax", target="110")
    with pytest.raises(NoSuchTarget):
        chosen(matter="tax", number="13900000001")


def test_seats_queues_and_numbers() -> None:
    assert (chosen(target="seat/8002").place, chosen(target="seat/8002").mode) == (Place.SEAT, Means.WARM)
    assert (chosen(target="queue/housing").place, chosen(target="queue/housing").mode) == (Place.QUEUE, Means.ONE_KEY)
    assert (chosen(target="12329").place, chosen(target="12329").mode) == (Place.QUEUE, Means.ONE_KEY)
    assert (chosen(number="13900000001").place, chosen(number="13900000001").target) == (Place.NUMBER, "13900000001")
    with pytest.raises(ModeNotAllowed):
        chosen(target="queue/housing", consult=True)


def test_the_plan_for_the_dialplan() -> None:
    route = Route(to="110", group="emergency", otherwise="62340110", else_group="emergency", caller_id="12345")
    assert route.plan(agent="8001", summary="hotline/s", back="main") == (
        "110|emergency|25|62340110|emergency|8001|hotline/s|main"
    )
    assert "110" not in repr(route)


def test_the_gate_lets_every_linked_phone_through() -> None:
    rules, codes = read_rules(IVR / "dialling.yaml"), REGISTRY.short_codes()
    for line, link in REGISTRY.links:
        purpose = Purpose.EMERGENCY if line.link and line.link.group == "emergency" else Purpose.TRANSFER
        for number in link.numbers:
            told = decide(rules, codes, None, purpose, number, "021")
            assert not isinstance(told, Reason), (line.number, told)
            assert told[0].number == number


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (matter(fallback="119"), "the fall-back is the target itself"),
        (matter(parties=["110"]), "parties belong to matters that come in"),
        (matter(direction="in"), "parties belong to matters that come in"),
        (matter(modes=["order", "order"]), "a mode or keyword stands twice"),
        (matter(keywords=["着火", "着火"]), "a mode or keyword stands twice"),
        (matter(modes=["order"], danger=True), "a three-way call must be possible"),
        (matter(modes=["order"], clear=False), "a three-way call must be possible"),
    ],
)
def test_a_matter_that_does_not_hold_together_is_refused(broken: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        listed(broken)


def test_a_matter_stands_once() -> None:
    with pytest.raises(ValueError, match="the matter fire stands twice"):
        listed(matter(), matter())


def test_what_does_not_fit_the_registry_is_found() -> None:
    faults = matter_faults(
        listed(
            matter(target="999"),
            matter(code="b", target="12345"),
            matter(code="c", target="12369"),
            matter(code="d", fallback="12329"),
        ),
        REGISTRY,
    )
    assert faults == [
        "the list of matters names 999, which is not in the registry",
        "the matter b leads to 12345, which is main",
        "the matter c leads to 12369, which is merged",
        "the matter d falls back to 12329, which has no link to dial",
    ]


def test_the_digest_is_that_of_the_content() -> None:
    again = Matrix.model_validate(yaml.safe_load((IVR / "matters.yaml").read_text("utf-8")))
    assert again.digest == MATTERS.digest
    assert listed(matter()).digest != listed(matter(source="B-04")).digest


@pytest.mark.parametrize(
    ("text", "why"),
    [("version: [", "is not YAML at line"), ("version: 0", "is not valid"), ("\udcff", "cannot be read")],
)
def test_a_broken_file_is_explained(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "matters.yaml"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(Misconfigured, match=why):
        read_matrix(file)
