"""Lists of oversight over HTTP: the key list and its week, what is late, problems and satisfaction, figures."""

from pydantic import BaseModel

from callcenter.core.ids import OrgId
from callcenter.oversight.list_views import (
    ConversionLine,
    EntryPage,
    Figures,
    LateLine,
    LedgerPage,
    ProblemPage,
    TopicView,
    WeekPack,
)
from callcenter.oversight.service import Oversight
from callcenter.oversight.views import BulletinLine
from callcenter.oversight.weeks import begin_of
from callcenter.web.oversight_models import (
    KeyDecided,
    KeyListAsked,
    LateAsked,
    PeriodAsked,
    ProblemsAsked,
    Spoken,
    TopicsAsked,
    WeekAsked,
)
from callcenter.web.oversight_parts import deed, read
from callcenter.web.route import Asked, Paged, Route


class Topics(BaseModel):
    items: tuple[TopicView, ...]


class Conversion(BaseModel):
    items: tuple[ConversionLine, ...]


class Late(BaseModel):
    items: tuple[LateLine, ...]


class Bulletin(BaseModel):
    items: tuple[BulletinLine, ...]


def _key_list(oversight: Oversight) -> list[Route]:
    keys = oversight.key_list

    async def listed(asked: Asked[None, KeyListAsked]) -> EntryPage:
        query = asked.query
        return await keys.list(
            asked.actor, state=query.state, name=query.list, week=query.week, cursor=query.cursor, limit=query.limit
        )

    async def decided(asked: Asked[KeyDecided, None]) -> None:
        await keys.decide(asked.actor, asked.uuid("id"), listed=asked.body.listed, due_on=asked.body.due_on)

    async def removed(asked: Asked[Spoken, None]) -> None:
        await keys.remove(asked.actor, asked.uuid("id"), asked.body.text)

    async def pack(asked: Asked[None, WeekAsked]) -> WeekPack:
        return await keys.pack(asked.actor, asked.query.week)

    async def topics(asked: Asked[None, TopicsAsked]) -> Topics:
        return Topics(items=await keys.topics(asked.actor, asked.query.week))

    return [
        read(
            "/api/key-list", "督查重点清单", "The key list, newest first", listed, query=KeyListAsked, answers=EntryPage
        ),
        deed(
            "/api/key-list/{id}/decision",
            "列入或不列入重点清单",
            "List it or dismiss it",
            decided,
            KeyDecided,
            "due-in-the-past",
        ),
        deed("/api/key-list/{id}/remove", "移出重点清单", "Off the list", removed, Spoken, "key-order-not-settled"),
        read("/api/week-pack", "周例会通报材料", "For the weekly meeting", pack, query=WeekAsked, answers=WeekPack),
        read(
            "/api/joint-candidates",
            "联合会审候选",
            "To be discussed together",
            topics,
            query=TopicsAsked,
            answers=Topics,
        ),
    ]


def _reckoning(oversight: Oversight) -> list[Route]:
    keys, reckoning = oversight.key_list, oversight.reckoning

    async def conversion(asked: Asked[None, PeriodAsked]) -> Conversion:
        return Conversion(items=await keys.conversion(asked.actor, asked.query.since, asked.query.until))

    async def problems(asked: Asked[None, ProblemsAsked]) -> ProblemPage:
        query = asked.query
        return await keys.problems(
            asked.actor,
            query.since,
            query.until,
            satisfied=query.satisfied,
            org=OrgId(query.org_id) if query.org_id else None,
            cursor=query.cursor,
            limit=query.limit,
        )

    async def late(asked: Asked[None, LateAsked]) -> Late:
        query = asked.query
        return Late(items=await reckoning.late(asked.actor, query.list, query.since, query.until))

    async def bulletin(asked: Asked[None, PeriodAsked]) -> Bulletin:
        zone, calendar = oversight.room.zone, oversight.room.calendar
        since, until = begin_of(asked.query.since, zone), calendar.end_of(asked.query.until)
        return Bulletin(items=await oversight.meetings.bulletin(asked.actor, since, until))

    async def figures(asked: Asked[None, None]) -> Figures:
        return await reckoning.figures(asked.actor)

    async def ledger(asked: Asked[None, Paged]) -> LedgerPage:
        return await reckoning.ledger(asked.actor, cursor=asked.query.cursor, limit=asked.query.limit)

    return [
        read(
            "/api/conversion",
            "问题清单转满意清单",
            "Problems that became satisfaction, by unit",
            conversion,
            query=PeriodAsked,
            answers=Conversion,
        ),
        read(
            "/api/problems",
            "问题清单、满意清单",
            "The two lists, newest first",
            problems,
            query=ProblemsAsked,
            answers=ProblemPage,
        ),
        read(
            "/api/late",
            "未按时接单、未先行联系与逾期",
            "What was late in a period, by org",
            late,
            query=LateAsked,
            answers=Late,
        ),
        read(
            "/api/bulletin", "协调事项通报", "Items after their due day", bulletin, query=PeriodAsked, answers=Bulletin
        ),
        read("/api/oversight", "督办考核概况", "Figures of oversight", figures, answers=Figures),
        read(
            "/api/live-ledger",
            "实时跟进台账",
            "Every running clock, the most urgent first",
            ledger,
            query=Paged,
            answers=LedgerPage,
        ),
    ]


def list_routes(oversight: Oversight) -> list[Route]:
    return [*_key_list(oversight), *_reckoning(oversight)]
