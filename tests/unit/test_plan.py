"""A plan that would not be safe or whole as configuration is refused before a file is written."""

from dataclasses import replace
from typing import Any

import pytest

from callcenter.pbx.plan import EmergencyKey, HotlineLine, PbxPlan, QueuePlan, SeatLine, Trunk

SECRET = "s3cret-of-the-test"
PLAN = PbxPlan(
    name="pbx1",
    sip_port=5060,
    ami_port=5038,
    ami_secret=SECRET,
    agi_port=4573,
    rtp_first=10000,
    rtp_last=10400,
    trunks=(Trunk(name="carrier", host="192.0.2.1", port=5060),),
    seats=(SeatLine(extension="8001", secret=SECRET),),
    queues=(QueuePlan(name="main"), QueuePlan(name="housing")),
    hotlines=(HotlineLine(number="12329", flow="housing", queue="housing"),),
)


@pytest.mark.parametrize("injected", ["a\n[general]", "a;b", "a b", "", "a]", "a,b", "${SHELL(id)}"])
@pytest.mark.parametrize(
    ("part", "field"),
    [
        (PLAN, "name"),
        (PLAN, "ami_user"),
        (PLAN, "ami_secret"),
        (PLAN, "address"),
        (PLAN, "agi_address"),
        (PLAN, "public_number"),
        (PLAN, "main_flow"),
        (PLAN.trunks[0], "name"),
        (PLAN.trunks[0], "host"),
        (PLAN.seats[0], "extension"),
        (PLAN.seats[0], "secret"),
        (PLAN.queues[0], "name"),
        (PLAN.queues[0], "overflow"),
        (PLAN.queues[0], "music"),
        (PLAN.hotlines[0], "number"),
        (PLAN.hotlines[0], "flow"),
        (PLAN.hotlines[0], "queue"),
        (EmergencyKey(key="1", number="110"), "key"),
        (EmergencyKey(key="1", number="110"), "number"),
    ],
)
def test_a_word_that_could_end_its_line_is_refused(part: Any, field: str, injected: str) -> None:
    with pytest.raises(ValueError, match="safe in an Asterisk configuration"):
        replace(part, **{field: injected})


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"trunks": ()}, "at least one trunk"),
        ({"trunks": (Trunk(name="p", host="192.0.2.1", port=5060, groups=("emergency",)),)}, "of the group public"),
        ({"queues": (QueuePlan(name="main"),)}, "queues not planned: housing"),
        ({"main_queue": "elsewhere"}, "queues not planned: elsewhere"),
        ({"rtp_last": 10002}, "RTP range"),
    ],
)
def test_a_plan_that_is_not_whole_is_refused(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        replace(PLAN, **changed)


def test_secrets_are_not_shown() -> None:
    assert SECRET not in repr(PLAN)


def test_a_trunk_groups_name_that_could_end_its_line_is_refused() -> None:
    with pytest.raises(ValueError, match="safe in an Asterisk configuration"):
        Trunk(name="carrier", host="192.0.2.1", port=5060, groups=("public", "a,b"))


def test_emergency_calls_end_on_the_public_trunks() -> None:
    first, own, second = (
        Trunk(name=name, host="192.0.2.1", port=5060, groups=groups)
        for name, groups in (("first", ("public",)), ("own", ("emergency",)), ("second", ("public", "emergency")))
    )
    plan = replace(PLAN, trunks=(first, own, second))
    assert plan.groups == ("emergency", "public")
    assert plan.trunks_of("emergency") == (own, second, first)
    assert plan.trunks_of("public") == (first, second)
    assert plan.trunks_of("unknown") == ()
