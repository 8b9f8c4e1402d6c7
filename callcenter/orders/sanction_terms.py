"""What a rule set's sanctions speak of (A3.6): what a unit is blamed for, and what may follow."""

from enum import StrEnum


class Flag(StrEnum):
    """What a unit is blamed for: by a clock, or by people (XY-02, XY-31, GH-20, JC-40, SJ-25)."""

    LATE_ACCEPT = "late_accept"
    NO_CONTACT = "no_contact"
    OVERDUE = "overdue"
    LATE_CALLBACK = "late_callback"
    INTERNAL_OVERDUE = "internal_overdue"
    SUPERIOR_OVERDUE = "superior_overdue"
    PERFUNCTORY = "perfunctory"
    PASSING_BUCK = "passing_buck"
    PUSHING_UP = "pushing_up"
    HASTY_CLOSE = "hasty_close"
    INACTION = "inaction"
    SLOW = "slow"
    BAD_ATTITUDE = "bad_attitude"
    BAD_RETURN = "bad_return"
    NO_SHOW = "no_show"


class CaseKind(StrEnum):
    """A3.6: what may follow, each by its own trigger."""

    REMINDER = "reminder"
    EXPLANATION = "written_explanation"
    INTERVIEW = "interview"
    REMINDING_INTERVIEW = "reminding_interview"
    LEADER_INTERVIEW = "leader_interview"
    ACCOUNTABILITY = "accountability"
    CRITICISM = "criticism"
    REFERRAL = "referral"
    POLICE = "police"
