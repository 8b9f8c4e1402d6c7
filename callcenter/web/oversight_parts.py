"""How routes of oversight are declared: the tag, and the short forms of a read and a deed."""

from typing import Any, Final

from pydantic import BaseModel

from callcenter.people.actor import Role
from callcenter.web.route import Handler, Route

TAG: Final = "oversight"
OVERSEERS: Final = frozenset(
    {Role.SUPERVISOR, Role.DISPATCHER, Role.REVIEWER, Role.INSPECTOR, Role.DEPUTY, Role.LEADER, Role.DISCIPLINE}
)
UNITS: Final = frozenset({Role.UNIT_OPERATOR, Role.UNIT_HEAD})
READERS: Final = OVERSEERS | UNITS | {Role.AUDITOR}
COMMON: Final = ("oversight-not-found", "oversight-not-now", "needs-another-person")


def _over(given: dict[str, Any], **usual: Any) -> dict[str, Any]:
    return usual | given


def read(path: str, zh: str, en: str, handler: Handler, **more: Any) -> Route:
    return Route(
        method="GET",
        path=path,
        summary_zh=zh,
        summary_en=en,
        tag=TAG,
        handler=handler,
        **_over(more, roles=READERS, errors=("bad-cursor",)),
    )


def deed(
    path: str, zh: str, en: str, handler: Handler, body: type[BaseModel] | None, *errors: str, **more: Any
) -> Route:
    return Route(
        method="POST",
        path=path,
        summary_zh=zh,
        summary_en=en,
        tag=TAG,
        handler=handler,
        body=body,
        errors=(*COMMON, *errors),
        **_over(more, roles=OVERSEERS, status=204),
    )


def paper(path: str, zh: str, en: str, handler: Handler, **more: Any) -> Route:
    """A document; the last part of the path is `docx` or `pdf`."""
    return read(path, zh, en, handler, **_over(more, media="application/octet-stream", errors=COMMON))
