"""Operations on a live call over HTTP: hold, mute, consult, three-way, leave."""

from typing import Final
from uuid import UUID

from pydantic import Field, model_validator

from callcenter.core.ids import CallId, OrderId, new_id
from callcenter.people.actor import Role
from callcenter.transfers.attempts import TransferId
from callcenter.transfers.live import LiveCalls
from callcenter.transfers.live_views import AttemptView, LiveView, attempt_view
from callcenter.transfers.matrix import Means
from callcenter.transfers.targets import Wanted
from callcenter.web.route import Asked, Handler, Route, Wire

TAG: Final = "live"
MAY: Final = frozenset({Role.AGENT, Role.SUPERVISOR})
REFUSED: Final = (
    "no-live-call",
    "not-on-call",
    "nobody-talks",
    "calls-not-here",
    "pbx-refused",
    "pbx-link-down",
    "pbx-outcome-unknown",
)


class WantedTarget(Wire):
    """`target`: a line's number, `seat/<extension>` or `queue/<name>`; `number`: any other; with a `matter` alone its
    own target. `id` is the desk's: the same id twice is one transfer."""

    id: UUID = Field(default_factory=new_id)
    target: str = Field(default="", max_length=48, pattern=r"^([0-9]{3,11}|(seat|queue)/[A-Za-z0-9_-]{1,40})?$")
    number: str = Field(default="", max_length=24, pattern=r"^[0-9+ -]*$")
    matter: str = Field(default="", max_length=40, pattern=r"^[a-z0-9_]*$")

    @model_validator(mode="after")
    def _names_one(self) -> "WantedTarget":
        if not (self.target or self.number or self.matter):
            raise ValueError("a target, a number or a matter is needed")
        if self.number and (self.target or self.matter):
            raise ValueError("a number stands alone")
        return self

    def wanted(self) -> Wanted:
        return Wanted(id=TransferId(self.id), target=self.target, number=self.number, matter=self.matter)


class WantedTransfer(WantedTarget):
    """`mode` unset: the one that the list of matters prefers. `doubtful`: both sides may be in charge, so that the call
    becomes a three-way one. `summary` is whispered to whoever answers."""

    mode: Means | None = None
    doubtful: bool = False
    drill: bool = False
    summary: str = Field(default="", max_length=400)
    order: UUID | None = None

    def wanted(self) -> Wanted:
        return Wanted(
            id=TransferId(self.id),
            target=self.target,
            number=self.number,
            matter=self.matter,
            mode=self.mode,
            doubtful=self.doubtful,
            drill=self.drill,
            summary=self.summary,
            order=None if self.order is None else OrderId(self.order),
        )


TARGET_REFUSED: Final = (
    *REFUSED,
    "transfer-under-way",
    "transfer-id-used",
    "no-such-matter",
    "no-such-target",
    "mode-not-allowed",
    "line-closed",
    "seat-not-free",
    "dial-refused",
)


def live_routes(live: LiveCalls) -> list[Route]:
    async def state(asked: Asked[None, None]) -> LiveView:
        return await live.state(asked.actor, CallId(asked.uuid("id")))

    async def hold(asked: Asked[None, None]) -> LiveView:
        return await live.hold(asked.actor, CallId(asked.uuid("id")))

    async def resume(asked: Asked[None, None]) -> LiveView:
        return await live.resume(asked.actor, CallId(asked.uuid("id")))

    async def mute(asked: Asked[None, None]) -> LiveView:
        return await live.mute(asked.actor, CallId(asked.uuid("id")), on=True)

    async def unmute(asked: Asked[None, None]) -> LiveView:
        return await live.mute(asked.actor, CallId(asked.uuid("id")), on=False)

    async def merge(asked: Asked[None, None]) -> LiveView:
        return await live.merge(asked.actor, CallId(asked.uuid("id")))

    async def leave(asked: Asked[None, None]) -> None:
        await live.leave(asked.actor, CallId(asked.uuid("id")))

    async def cancel(asked: Asked[None, None]) -> None:
        await live.transfers.cancel(asked.actor, CallId(asked.uuid("id")))

    async def consult(asked: Asked[WantedTarget, None]) -> AttemptView:
        attempt = await live.transfers.consult(asked.actor, CallId(asked.uuid("id")), asked.body.wanted())
        return attempt_view(attempt)

    def press(name: str, zh: str, en: str, handler: Handler, *more: str) -> Route:
        """An operation that answers with the call's new state."""
        return Route(
            method="POST",
            path=f"/api/calls/{{id}}/{name}",
            summary_zh=zh,
            summary_en=en,
            tag=TAG,
            handler=handler,
            answers=LiveView,
            roles=MAY,
            errors=(*REFUSED, *more),
        )

    return [
        Route(
            method="GET",
            path="/api/calls/{id}/live",
            summary_zh="通话当前状态：各方、保持、静音、转接",
            summary_en="The call as it is now: parties, hold, mute, transfers",
            tag=TAG,
            handler=state,
            answers=LiveView,
            roles=MAY,
            errors=REFUSED[:4],
        ),
        press("hold", "保持：来电人听音乐", "Put the caller on hold", hold),
        press("resume", "恢复通话", "Take the caller back from hold", resume),
        press("mute", "静音：来电人听不到话务员", "Mute the agent", mute),
        press("unmute", "取消静音", "Unmute the agent", unmute),
        press("merge", "合并为三方通话", "Join caller, agent and guest", merge, "nobody-there"),
        Route(
            method="POST",
            path="/api/calls/{id}/leave",
            summary_zh="话务员退出，来电人与对方继续通话",
            summary_en="The agent leaves; caller and guest stay",
            tag=TAG,
            handler=leave,
            status=204,
            roles=MAY,
            errors=(*REFUSED, "nobody-there"),
        ),
        Route(
            method="POST",
            path="/api/calls/{id}/cancel",
            summary_zh="取消转接或请出第三方",
            summary_en="Stop reaching, or let the guest go",
            tag=TAG,
            handler=cancel,
            status=204,
            roles=MAY,
            errors=(*REFUSED, "no-transfer-under-way"),
        ),
        Route(
            method="POST",
            path="/api/calls/{id}/consult",
            summary_zh="咨询：先与对方沟通，来电人听音乐",
            summary_en="Speak to somebody while the caller is on hold",
            tag=TAG,
            handler=consult,
            body=WantedTarget,
            answers=AttemptView,
            roles=MAY,
            errors=TARGET_REFUSED,
        ),
    ]
