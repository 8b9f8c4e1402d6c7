"""Transfers over HTTP: what a press offers, the transfer itself, its record, and the list of matters."""

from datetime import datetime
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from callcenter.core.errors import NotFound
from callcenter.core.ids import CallId
from callcenter.core.pages import Page
from callcenter.people.actor import Role
from callcenter.transfers.attempts import TransferId
from callcenter.transfers.attempts_store import AttemptStore
from callcenter.transfers.live import LiveCalls
from callcenter.transfers.live_views import AttemptView, TargetList, TargetView, attempt_view
from callcenter.transfers.matrix import Matrix
from callcenter.web.live import MAY, REFUSED, TARGET_REFUSED, WantedTransfer
from callcenter.web.route import Asked, Route, Wire

TAG: Final = "transfers"
_MAY_READ: Final = frozenset({Role.AGENT, Role.SUPERVISOR, Role.LEADER, Role.REVIEWER, Role.DISPATCHER})


class Said(Wire):
    """`text` is what the agent has typed so far, or has heard: it is looked through and not kept."""

    text: str = Field(default="", max_length=4000)


class LinesAsked(Wire):
    search: str = Field(default="", max_length=40, description="号码或名称 / Number or name of a line")


class CaseNumber(Wire):
    remote_case_no: str = Field(min_length=1, max_length=64, pattern=r"^\S.*$")


class LineList(Page[TargetView]):
    """In the registry's order, on one page."""


class AttemptList(Page[AttemptView]):
    """Of one call, oldest first, on one page."""


class ListVersion(BaseModel):
    model_config = ConfigDict(frozen=True)

    version: int
    sha256: str
    taken_up_at: datetime


class ListVersions(Page[ListVersion]):
    """Newest first, on one page."""


def transfer_routes(live: LiveCalls, store: AttemptStore) -> list[Route]:
    transfers = live.transfers

    async def offered(asked: Asked[None, None]) -> TargetList:
        return await live.offers.offered(asked.actor, CallId(asked.uuid("id")))

    async def offered_for(asked: Asked[Said, None]) -> TargetList:
        return await live.offers.offered(asked.actor, CallId(asked.uuid("id")), (asked.body.text,))

    async def transfer(asked: Asked[WantedTransfer, None]) -> AttemptView:
        attempt = await transfers.transfer(asked.actor, CallId(asked.uuid("id")), asked.body.wanted())
        return attempt_view(attempt)

    async def of_call(asked: Asked[None, None]) -> AttemptList:
        found = await transfers.of_call(CallId(asked.uuid("id")))
        return AttemptList(items=tuple(attempt_view(attempt) for attempt in found))

    async def case(asked: Asked[CaseNumber, None]) -> AttemptView:
        transfer_id, number = TransferId(asked.uuid("id")), asked.body.remote_case_no.strip()
        return attempt_view(await transfers.note_case(asked.actor, transfer_id, number))

    async def lines(asked: Asked[None, LinesAsked]) -> LineList:
        return LineList(items=live.offers.lines(asked.query.search))

    async def matters(asked: Asked[None, None]) -> Matrix:
        return live.offers.matrix

    async def versions(asked: Asked[None, None]) -> ListVersions:
        found = await store.versions()
        return ListVersions(
            items=tuple(ListVersion(version=v, sha256=digest, taken_up_at=at) for v, digest, at in found)
        )

    async def version(asked: Asked[None, None]) -> Matrix:
        found = await store.list_of(int(asked.path["version"]))
        if found is None:
            raise NotFound
        return found

    return [
        Route(
            method="GET",
            path="/api/calls/{id}/targets",
            summary_zh="可转接目标：紧急热线、推荐、空闲坐席",
            summary_en="Where this call can be passed on to",
            tag=TAG,
            handler=offered,
            answers=TargetList,
            roles=MAY,
            errors=REFUSED[:4],
        ),
        Route(
            method="POST",
            path="/api/calls/{id}/targets",
            summary_zh="按已了解的内容推荐转接目标",
            summary_en="The same, ranked by what the caller has said (in the body, never in the URL)",
            tag=TAG,
            handler=offered_for,
            body=Said,
            answers=TargetList,
            roles=MAY,
            errors=REFUSED[:4],
        ),
        Route(
            method="POST",
            path="/api/calls/{id}/transfer",
            summary_zh="转接：一键转接、先沟通后转接、三方通话、工单流转、话务引导",
            summary_en="Pass the call on: one key, warm, three-way, by order, by guidance",
            tag=TAG,
            handler=transfer,
            body=WantedTransfer,
            answers=AttemptView,
            roles=MAY,
            errors=(*TARGET_REFUSED, "order-needed", "no-drill-target"),
        ),
        Route(
            method="GET",
            path="/api/calls/{id}/transfers",
            summary_zh="通话的全部转接记录",
            summary_en="All transfers of a call with their timings",
            tag=TAG,
            handler=of_call,
            answers=AttemptList,
            roles=_MAY_READ,
        ),
        Route(
            method="POST",
            path="/api/transfers/{id}/case",
            summary_zh="登记对方警情、案件编号",
            summary_en="Note the case number that the other side gave",
            tag=TAG,
            handler=case,
            body=CaseNumber,
            answers=AttemptView,
            roles=MAY,
            errors=("no-such-transfer", "not-on-call"),
        ),
        Route(
            method="GET",
            path="/api/transfer-lines",
            summary_zh="查找可转接的热线",
            summary_en="Search the lines that a caller can be passed on to",
            tag=TAG,
            handler=lines,
            query=LinesAsked,
            answers=LineList,
            roles=MAY,
        ),
        Route(
            method="GET",
            path="/api/matters",
            summary_zh="双向分流转办事项清单（现行）",
            summary_en="The two-way list of matters in force",
            tag=TAG,
            handler=matters,
            answers=Matrix,
        ),
        Route(
            method="GET",
            path="/api/matters/versions",
            summary_zh="分流转办清单历次版本",
            summary_en="Every version of the list that was taken up",
            tag=TAG,
            handler=versions,
            answers=ListVersions,
        ),
        Route(
            method="GET",
            path="/api/matters/versions/{version}",
            summary_zh="分流转办清单的某一版本",
            summary_en="One version of the list, as it was taken up",
            tag=TAG,
            handler=version,
            answers=Matrix,
            params={"version": int},
            errors=("not-found",),
        ),
    ]
