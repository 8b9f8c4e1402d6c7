"""The call flows in use: listed, drawn, reloaded."""

from typing import Final, Protocol

from callcenter.flows.reading import FlowList, FlowPicture
from callcenter.people.actor import Actor, Role
from callcenter.web.route import Asked, Route

TAG: Final = "flows"
_MAY_SEE: Final = frozenset({Role.SUPERVISOR, Role.LEADER})


class Shelf(Protocol):
    """The flows in use."""

    def list_flows(self) -> FlowList: ...
    def draw(self, name: str) -> FlowPicture: ...
    async def reload(self, actor: Actor | None = None) -> FlowList: ...


def flow_routes(shelf: Shelf) -> list[Route]:
    async def listed(asked: Asked[None, None]) -> FlowList:
        return shelf.list_flows()

    async def drawn(asked: Asked[None, None]) -> FlowPicture:
        return shelf.draw(asked.path["name"])

    async def reload(asked: Asked[None, None]) -> FlowList:
        return await shelf.reload(asked.actor)

    return [
        Route(
            method="GET",
            path="/api/flows",
            summary_zh="在用语音流程及版本",
            summary_en="List the call flows in use, with their versions",
            tag=TAG,
            handler=listed,
            answers=FlowList,
            roles=_MAY_SEE,
        ),
        Route(
            method="GET",
            path="/api/flows/{name}/picture",
            summary_zh="语音流程图（Mermaid）",
            summary_en="Draw a call flow (Mermaid)",
            tag=TAG,
            handler=drawn,
            answers=FlowPicture,
            roles=_MAY_SEE,
            params={"name": str},
            errors=("no-such-flow",),
        ),
        Route(
            method="POST",
            path="/api/flows/reload",
            summary_zh="重新载入语音流程（不中断通话）",
            summary_en="Reload the call flows; calls keep the version they began with",
            tag=TAG,
            handler=reload,
            answers=FlowList,
            roles=frozenset({Role.ADMIN}),
            errors=("flows-faulty",),
        ),
    ]
