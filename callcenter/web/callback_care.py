"""Care at the call-back over HTTP: who is asked by a person and how, what to say, hints from what was said."""

from typing import Final

from pydantic import BaseModel, Field

from callcenter.callbacks.caring import (
    RINGERS,
    CallsByPerson,
    CareView,
    Caring,
    HintView,
    NewCare,
    Phrase,
    said_to,
)
from callcenter.core.ids import OrderId
from callcenter.core.pages import Page
from callcenter.orders.terms import CallerNeed, Emotion
from callcenter.web.route import Asked, Handler, Paged, Route, Wire

_ORDER: Final = "/api/orders/{id}"


class HintList(Page[HintView]):
    """In the order of the lexicon, on one page."""


class PhraseList(Page[Phrase]):
    """In the order in which they are needed, on one page."""


class Heard(Wire):
    """A caller at the desk, before there is an order."""

    emotion: Emotion = Emotion.CALM
    hard_of_hearing: bool = False
    dialect: bool = False
    proxy: bool = False

    @property
    def needs(self) -> tuple[str, ...]:
        return tuple(need for need in CallerNeed if getattr(self, need))


class Typed(Wire):
    text: str = Field(max_length=2500, description="正在登记的话 / What is being typed; nothing of it is kept")


def _route(
    method: str,
    path: str,
    zh: str,
    en: str,
    handler: Handler,
    answers: type[BaseModel],
    *,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    errors: tuple[str, ...] = (),
    centre: bool = True,
) -> Route:
    return Route(
        method="POST" if method == "POST" else "GET",
        path=path,
        summary_zh=zh,
        summary_en=en,
        tag="callbacks",
        handler=handler,
        body=body,
        query=query,
        answers=answers,
        roles=frozenset(RINGERS) if centre else frozenset(),
        errors=errors,
    )


def _of_order(caring: Caring) -> list[Route]:
    async def care(asked: Asked[None, None]) -> CareView:
        return await caring.of_order(asked.actor, OrderId(asked.uuid("id")))

    async def note(asked: Asked[NewCare, None]) -> CareView:
        return await caring.note(asked.actor, OrderId(asked.uuid("id")), asked.body)

    async def hints(asked: Asked[None, None]) -> HintList:
        return HintList(items=tuple(await caring.hints(asked.actor, OrderId(asked.uuid("id")))))

    seen = ("no-such-order",)
    return [
        _route(
            "GET", f"{_ORDER}/callback-care", "怎样回访该诉求人", "How to ask this citizen", care, CareView, errors=seen
        ),
        _route(
            "POST",
            f"{_ORDER}/care",
            "登记诉求人的特殊需要、情绪与回访方式",
            "Note what the citizen needs, feels and wishes",
            note,
            CareView,
            body=NewCare,
            errors=(*seen, "record-refused"),
            centre=False,
        ),
        _route(
            "GET",
            f"{_ORDER}/callback-hints",
            "回访通话的情绪与不满倾向提示",
            "Hints from the call-back's transcripts",
            hints,
            HintList,
            errors=seen,
        ),
    ]


def care_routes(caring: Caring) -> list[Route]:
    async def by_person(asked: Asked[None, Paged]) -> CallsByPerson:
        return await caring.list(asked.actor, asked.query.cursor, asked.query.limit)

    async def typed(asked: Asked[Typed, None]) -> HintList:
        return HintList(items=tuple(caring.hints_of(asked.actor, asked.body.text)))

    async def phrases(asked: Asked[None, Heard]) -> PhraseList:
        return PhraseList(items=said_to(asked.query.emotion, asked.query.needs))

    return [
        *_of_order(caring),
        _route(
            "GET",
            "/api/callbacks-by-person",
            "人工回访清单",
            "Call-backs that people make",
            by_person,
            CallsByPerson,
            query=Paged,
            errors=("bad-cursor",),
        ),
        _route(
            "POST",
            "/api/callback-hints",
            "登记用语的提示（不保存）",
            "Hints from what is being typed (nothing is kept)",
            typed,
            HintList,
            body=Typed,
        ),
        _route("GET", "/api/care-phrases", "通话用语", "What to say to a caller", phrases, PhraseList, query=Heard),
    ]
