"""Refusals of the lists of numbers. No text carries a number."""

from callcenter.core.errors import Invalid, NotFound, Refused


class NumberWithheld(Refused):
    code = "number-withheld"
    zh = "来电未显示号码，不能列入名单"
    en = "the caller withheld the number: it cannot be listed"


class NumberNotListable(Invalid):
    """Short codes and numbers abroad of no fixed form are other services, not callers."""

    code = "number-not-listable"
    zh = "该号码不是完整的电话号码，不能列入名单"
    en = "this is not a whole telephone number: it cannot be listed"


class ListedAlready(Refused):
    code = "number-listed-already"
    zh = "该号码已在名单中，或有待审批、待复核的记录"
    en = "the number is on the list already, or an entry of it waits for a decision or a review"


class NoSuchEntry(NotFound):
    code = "no-such-entry"
    zh = "未找到该名单记录"
    en = "there is no such entry"


class EntrySettled(Refused):
    """Decided, ended, expired or reviewed before."""

    code = "entry-settled"
    zh = "该记录的状态已变化，不能执行此操作"
    en = "the entry has moved on: this is no longer possible"


class SameApprover(Refused):
    """Two persons, always: nobody restrains a citizen alone."""

    code = "approver-is-proposer"
    zh = "审批人不得是提出人"
    en = "the approver must not be the one who proposed it"


class EvidenceWrong(Invalid):
    code = "evidence-wrong"
    zh = "作为依据的通话须为该号码的来电，且至少 {least} 通"
    en = "the evidence must be calls from this number, {least} at least"


class CareComesFirst(Refused):
    code = "caller-in-care"
    zh = "该号码属重点关爱对象，不能拒接；可改为提示"
    en = "the number is in special care and cannot be refused: choose a notice"


class TooLong(Invalid):
    code = "entry-too-long"
    zh = "有效期最长 {most} 天"
    en = "an entry lasts {most} days at most"
