"""The sides a demand comes from (JC-17, JC-15, JC-36, XY-24): one table, pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from callcenter.orders.terms import Kind


class Channel(StrEnum):
    PHONE = "phone"
    MAILBOX = "mailbox"
    OPINION = "opinion"
    WECHAT = "wechat"
    APP = "app"
    PROVINCIAL = "provincial"
    SNAPSHOT = "snapshot"
    EMERGENCY = "emergency"
    UPPER_LEVEL = "upper_level"
    SMS = "sms"
    WEB = "web"
    GRID = "grid"
    OPEN311 = "open311"
    PROACTIVE = "proactive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """`superior`: a platform above, whose due date binds and whose number is kept. `machine`: taken from programs.
    `origin` as in `work_order.origin`."""

    zh: str
    en: str
    kind: Kind = Kind.ORDINARY
    origin: Literal["demand", "proactive"] = "demand"
    superior: bool = False
    machine: bool = True


SIDES: Final[Mapping[Channel, Side]] = {
    Channel.PHONE: Side(zh="电话", en="telephone", machine=False),
    Channel.MAILBOX: Side(zh="市长信箱", en="mayor's mailbox"),
    Channel.OPINION: Side(zh="社情民意", en="public opinion"),
    Channel.WECHAT: Side(zh="微信", en="WeChat"),
    Channel.APP: Side(zh="手机App", en="mobile app"),
    Channel.PROVINCIAL: Side(zh="省级平台", en="provincial platform", superior=True),
    Channel.SNAPSHOT: Side(zh="随身拍", en="snapshot report", kind=Kind.SNAPSHOT),
    Channel.EMERGENCY: Side(zh="紧急热线转入", en="handed over by an emergency line"),
    Channel.UPPER_LEVEL: Side(zh="上级派单", en="dispatched from above", superior=True),
    Channel.SMS: Side(zh="短信", en="text message"),
    Channel.WEB: Side(zh="网站", en="web site"),
    Channel.GRID: Side(zh="一网统管", en="city management grid"),
    Channel.OPEN311: Side(zh="Open311", en="Open311"),
    Channel.PROACTIVE: Side(zh="主动发现", en="found by ourselves", origin="proactive", machine=False),
}

KIND_WORDS: Final[Mapping[str, Kind]] = {
    "常规": Kind.ORDINARY,
    "一般": Kind.ORDINARY,
    "紧急": Kind.URGENT,
    "次紧急": Kind.SEMI_URGENT,
    "随身拍": Kind.SNAPSHOT,
    "市级复核": Kind.CITY_REVIEW,
    "市级复核单": Kind.CITY_REVIEW,
    **{kind.value: kind for kind in Kind},
}
"""As upper platforms and files write the kinds of XY-24."""


def kind_on(channel: Channel, told: Kind | None) -> Kind:
    """A snapshot report is one whatever it says (its clock is another); elsewhere the sender's word counts."""
    side = SIDES[channel]
    return side.kind if side.kind is not Kind.ORDINARY else told or Kind.ORDINARY
