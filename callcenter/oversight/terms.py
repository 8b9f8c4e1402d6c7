"""The words of oversight (督办、质控、问责). Each has its Chinese and English name beside it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from callcenter.orders.sanction_terms import CaseKind as CaseKind
from callcenter.orders.sanction_terms import Flag as Flag


class Mode(StrEnum):
    """JC-24 names five, in this order of severity; the reminder (催办) goes before them (B-18)."""

    URGE = "urge"
    PHONE = "phone"
    WRITTEN = "written"
    JOINT_MEETING = "joint_meeting"
    ON_SITE = "on_site"
    ESCALATED = "escalated"

    @property
    def severity(self) -> int:
        """0 for a reminder, 1..5 for supervision."""
        return tuple(Mode).index(self)


class Trigger(StrEnum):
    """Why a supervision was begun or proposed."""

    BY_HAND = "by_hand"
    REPEAT_CALLS = "repeat_calls"
    AGED = "aged"
    OVERDUE = "overdue"
    TWO_ROUNDS = "two_rounds"
    NO_SHOW = "no_show"
    FLAGGED = "flagged"
    QUALITY = "quality"


class Verdict(StrEnum):
    """How a supervision ended; `poor` is 落实不力, the step of GH-20."""

    FULFILLED = "fulfilled"
    POOR = "poor"


OVERDUES: Final = frozenset({Flag.OVERDUE, Flag.INTERNAL_OVERDUE, Flag.SUPERIOR_OVERDUE})
BY_CLOCK: Final = OVERDUES | {Flag.LATE_ACCEPT, Flag.NO_CONTACT, Flag.LATE_CALLBACK}
BY_PEOPLE: Final = frozenset(Flag) - BY_CLOCK
"""A clock's breach is a fact; these need a human's confirmation."""
GRAVE: Final = frozenset(
    {Flag.PERFUNCTORY, Flag.SLOW, Flag.PASSING_BUCK, Flag.PUSHING_UP, Flag.HASTY_CLOSE, Flag.NO_SHOW}
)
"""GH-20 (拖拉敷衍、推诿扯皮、草草结案等), XY-02, GH-12: each, once confirmed, proposes a supervision."""
DISPUTES: Final = frozenset({"no_responsible_body", "standard_unclear", "ownership_disputed"})
"""SJ-03: what holds an order up and is a dispute of who is responsible (Q1); funds or policy are none."""


class Hook(StrEnum):
    """SJ-22: before dispatch, while handled, after submission."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


class QcClass(StrEnum):
    """A-26: the reading of SJ-24..26."""

    Q1 = "Q1"
    Q2 = "Q2"
    Q3 = "Q3"


class MeetingKind(StrEnum):
    """A3.7; `office` is the 主任办公会."""

    SUPERVISION = "supervision"
    COORDINATION = "coordination"
    SPECIAL = "special"
    JOINT = "joint_meeting"
    ON_SITE = "on_site"
    OFFICE = "office"


Names = Mapping[str, tuple[str, str]]
MODE_NAMES: Final[Names] = {
    Mode.URGE: ("催办", "reminder"),
    Mode.PHONE: ("电话督办", "by telephone"),
    Mode.WRITTEN: ("书面督办", "in writing"),
    Mode.JOINT_MEETING: ("联席会督办", "joint meeting"),
    Mode.ON_SITE: ("现场督办", "on site"),
    Mode.ESCALATED: ("提级督办", "escalated"),
}
FLAG_NAMES: Final[Names] = {
    Flag.LATE_ACCEPT: ("未按时先行接单", "accepted late"),
    Flag.NO_CONTACT: ("未先行联系", "no first contact"),
    Flag.OVERDUE: ("逾期工单", "overdue"),
    Flag.LATE_CALLBACK: ("未及时回访", "called back late"),
    Flag.INTERNAL_OVERDUE: ("超内部时限（区级预警）", "past the internal limit"),
    Flag.SUPERIOR_OVERDUE: ("超上级时限", "past the superior's limit"),
    Flag.PERFUNCTORY: ("敷衍", "perfunctory"),
    Flag.PASSING_BUCK: ("推诿扯皮", "passing the buck"),
    Flag.PUSHING_UP: ("上交矛盾", "pushing conflicts upward"),
    Flag.HASTY_CLOSE: ("草草结案", "hasty closing"),
    Flag.INACTION: ("不担当不作为", "inaction"),
    Flag.SLOW: ("慢作为、办事效率低", "slow action"),
    Flag.BAD_ATTITUDE: ("服务态度差", "bad attitude"),
    Flag.BAD_RETURN: ("退单理由牵强", "far-fetched return"),
    Flag.NO_SHOW: ("吹哨不到", "did not report to a whistle"),
}
CASE_NAMES: Final[Names] = {
    CaseKind.REMINDER: ("提醒", "reminder"),
    CaseKind.EXPLANATION: ("书面说明", "written explanation"),
    CaseKind.INTERVIEW: ("约谈", "interview by discipline"),
    CaseKind.REMINDING_INTERVIEW: ("约谈提醒", "reminding interview"),
    CaseKind.LEADER_INTERVIEW: ("领导约谈", "interview by the leader"),
    CaseKind.ACCOUNTABILITY: ("问责", "accountability"),
    CaseKind.CRITICISM: ("书面批评", "written criticism"),
    CaseKind.REFERRAL: ("问题线索移送纪检", "referral to discipline"),
    CaseKind.POLICE: ("恶意扰乱线索移送公安", "referral to the police"),
}
MEETING_NAMES: Final[Names] = {
    MeetingKind.SUPERVISION: ("督办会", "supervision meeting"),
    MeetingKind.COORDINATION: ("协调会", "coordination meeting"),
    MeetingKind.SPECIAL: ("热线工单专题协调会", "special coordination meeting"),
    MeetingKind.JOINT: ("联席会", "joint meeting"),
    MeetingKind.ON_SITE: ("现场会", "on-site meeting"),
    MeetingKind.OFFICE: ("主任办公会", "director's office meeting"),
}
