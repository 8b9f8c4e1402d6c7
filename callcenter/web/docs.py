"""`/api/openapi.json` and the page that people read, both made once from the list of routes."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import orjson
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from callcenter.core.errors import DomainError
from callcenter.people.actor import Role
from callcenter.web.config import WebConfig
from callcenter.web.openapi import Json, openapi
from callcenter.web.problem import status_of
from callcenter.web.route import Asked, Route

_TEMPLATES: Final = Path(__file__).parent / "templates"
_HOUR: Final = {"Cache-Control": "public, max-age=3600"}
ROLES: Final[Mapping[Role, str]] = {
    Role.AGENT: "话务员",
    Role.DISPATCHER: "派单员",
    Role.REVIEWER: "审核员",
    Role.UNIT_OPERATOR: "承办单位经办人",
    Role.UNIT_HEAD: "承办单位负责人",
    Role.SUPERVISOR: "值班长",
    Role.DEPUTY: "分管领导",
    Role.LEADER: "主要领导",
    Role.INSPECTOR: "质检员",
    Role.DISCIPLINE: "纪检",
    Role.FIELD: "外勤人员",
    Role.GUEST: "外部协办",
    Role.AUDITOR: "审计员",
    Role.ADMIN: "系统管理员",
    Role.SERVICE: "外部系统",
}
TAGS: Final[Mapping[str, str]] = {
    "session": "登录",
    "people": "人员与机构",
    "desk": "坐席工作台",
    "calls": "通话",
    "supervision": "班长与看板",
    "recordings": "录音与转写",
    "orders": "工单",
    "clocks": "时限与规则集",
    "privacy": "隐私与职责",
    "citizen": "市民页面",
    "callbacks": "回访",
    "knowledge": "知识库",
    "health": "运行状态",
    "docs": "接口文档",
}


def with_docs(routes: Sequence[Route], config: WebConfig) -> list[Route]:
    """The routes, and three more that describe them all."""
    contents: dict[str, tuple[bytes, str]] = {}

    def giving(name: str) -> Any:
        async def give(asked: Asked[None, None]) -> web.Response:
            body, kind = contents[name]
            return web.Response(body=body, content_type=kind, charset="utf-8", headers=_HOUR)

        return give

    complete = [
        *routes,
        _page("/api/openapi.json", "接口文档（OpenAPI 3.1）", "The OpenAPI 3.1 document", "application/json", giving),
        _page("/api/docs", "接口文档（网页）", "This documentation as a page", "text/html", giving),
        _page("/api/docs.css", "接口文档的样式", "The page's style sheet", "text/css", giving),
    ]
    document = openapi(complete, config)
    contents |= {
        "/api/openapi.json": (orjson.dumps(document), "application/json"),
        "/api/docs": (page(document).encode(), "text/html"),
        "/api/docs.css": ((_TEMPLATES / "api.css").read_bytes(), "text/css"),
    }
    return complete


def _page(path: str, zh: str, en: str, media: str, giving: Any) -> Route:
    return Route(
        method="GET",
        path=path,
        summary_zh=zh,
        summary_en=en,
        tag="docs",
        handler=giving(path),
        public=True,
        media=media,
    )


def page(document: Json) -> str:
    """HTML without scripts or outside assets."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    operations: dict[str, list[Json]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            shown = _shown(method, path, operation)
            operations.setdefault(operation["tags"][0], []).append(shown)
    schemas = {name: _fields(schema) for name, schema in sorted(document["components"]["schemas"].items())}
    return environment.get_template("api.html").render(
        info=document["info"], groups=operations, tags=TAGS, schemas=schemas, problems=list(_problems())
    )


def _shown(method: str, path: str, operation: Json) -> Json:
    zh, _, en = operation["summary"].partition(" / ")
    status, good = next(iter(operation["responses"].items()))
    sent = operation.get("requestBody", {}).get("content", {})
    body = next((part["schema"] for part in sent.values()), None)
    answer = [(media, _type(part.get("schema"))) for media, part in good.get("content", {}).items()]
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "zh": zh,
        "en": en,
        "public": operation.get("security") == [],
        "roles": [(role, ROLES[Role(role)]) for role in operation.get("x-roles", [])],
        "parameters": [
            {**parameter, "type": _type(parameter["schema"]), "required": parameter.get("required", False)}
            for parameter in operation["parameters"]
            if parameter["in"] != "header"  # the CSRF token is told once, at the top
        ],
        "body": None if body is None else _type(body),
        "status": status,
        "answer": answer,
        "codes": operation["responses"]["default"]["description"].split("`")[1::2],
    }


def _fields(schema: Json) -> Json:
    required = schema.get("required", [])
    fields = [
        {"name": name, "type": _type(part), "required": name in required}
        for name, part in schema.get("properties", {}).items()
    ]
    return {"description": schema.get("description", ""), "fields": fields, "type": _type({**schema, "title": ""})}


def _type(schema: Any) -> list[tuple[str, str | None]]:
    """What a schema says in one line: pieces of text, each with the name of the schema it links to."""
    if not schema:
        return []
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return [(name, name)]
    if "enum" in schema:
        return [(" | ".join(map(str, schema["enum"])), None)]
    if "const" in schema:
        return [(str(schema["const"]), None)]
    for union in ("anyOf", "oneOf"):
        if union in schema:
            parts = [_type(part) for part in schema[union]]
            return [piece for n, part in enumerate(parts) for piece in ([(" | ", None)] if n else []) + part]
    if schema.get("type") == "array":
        return [("[ ", None), *_type(schema.get("items", {})), (" ]", None)]
    return [(_scalar(schema), None)]


def _scalar(schema: Json) -> str:
    limits = [
        f"{sign} {schema[key]}"
        for key, sign in (("minimum", "≥"), ("exclusiveMinimum", ">"), ("maximum", "≤"), ("exclusiveMaximum", "<"))
        if key in schema
    ]
    if "maxLength" in schema:
        limits.append(f"≤ {schema['maxLength']} 字符")
    kind = schema.get("format") or schema.get("type") or "any"
    return f"{kind} ({', '.join(limits)})" if limits else str(kind)


def _problems() -> Iterator[Json]:
    """Every code that the running program can give, by code."""
    kinds = {kind.code: kind for kind in reversed(list(_descendants(DomainError)))}
    for code, kind in sorted(kinds.items()):
        yield {"code": code, "status": status_of(kind), "zh": kind.zh, "en": kind.en}


def _descendants(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _descendants(child)
