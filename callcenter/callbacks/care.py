"""How a citizen is asked who hears badly, speaks a dialect, is spoken for, or was upset (SG-28, SG-29). Pure."""

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Final

from callcenter.core.errors import Invalid
from callcenter.orders.terms import CallerNeed, Emotion


class Way(StrEnum):
    PHONE = "phone"
    MESSAGE = "message"  # the rating link, by SMS or WeChat
    VISIT = "visit"  # by two officers


Care = CallerNeed | Emotion
"""What may keep the machine from ringing a citizen."""
UPSET: Final = frozenset({Emotion.IRRITATED, Emotion.FIERCE})
"""Asked before the others (SG-28)."""
OFFICERS: Final = 2
"""Who visits: one asks, one is witness."""


class ReadBackMissing(Invalid):
    code = "read-back-missing"
    zh = "诉求人听力不便、讲方言或由他人代述，电话回访须将答复逐项复述并经其确认（SG-29）；也可改用短信或上门回访"
    en = "this citizen needs the answers read back and confirmed on the telephone (SG-29); or ask by message or visit"


def ways(needs: Collection[str], wish: str | None) -> Sequence[Way]:
    """In the order in which they should be tried: the citizen's wish first; whoever hears badly is not telephoned
    first."""
    usual = (Way.PHONE, Way.MESSAGE, Way.VISIT)
    if CallerNeed.HARD_OF_HEARING in needs:
        usual = (Way.MESSAGE, Way.VISIT, Way.PHONE)
    elif needs:
        usual = (Way.PHONE, Way.VISIT, Way.MESSAGE)
    return tuple(dict.fromkeys((*((Way(wish),) if wish else ()), *usual)))


def kept_from_machine(needs: Collection[str], emotion: str, wish: str | None, cares: Collection[str]) -> bool:
    """Whether a person asks: for a need or a mood among `cares` (`callbacks.by_person`), or because the citizen wishes
    for another way than the telephone."""
    return wish not in (None, Way.PHONE) or emotion in cares or not frozenset(cares).isdisjoint(needs)


def check_read_back(needs: Collection[str], way: str, *, reached: bool, read_back: bool) -> None:
    """Raises ReadBackMissing."""
    if reached and needs and way == Way.PHONE and not read_back:
        raise ReadBackMissing
