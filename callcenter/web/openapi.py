"""The OpenAPI 3.1 document, made from the routes themselves: what is documented is what is checked."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema

from callcenter import __version__
from callcenter.web.config import WebConfig
from callcenter.web.guard import CSRF_HEADER, SAFE, cookie_name
from callcenter.web.problem import PROBLEM_JSON, Problem
from callcenter.web.reading import parameter_types
from callcenter.web.route import Route

Json = dict[str, Any]
References = Mapping[tuple[Any, Any], Json]
_REF: Final = "#/components/schemas/{model}"


def openapi(routes: Sequence[Route], config: WebConfig) -> Json:
    """A document of the OpenAPI specification 3.1.1; schemas are JSON Schema 2020-12."""
    schemas, references = _schemas(routes)
    paths: Json = {}
    for route in routes:
        address = re.sub(r"\{(\w+):[^}]*\}", r"{\1}", route.path)
        paths.setdefault(address, {})[route.method.lower()] = _operation(route, references)
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "12345 热线接口 / Hotline API",
            "version": __version__,
            "description": "错误一律为 application/problem+json（RFC 9457），code 稳定不变。\n\n"
            "Every error is application/problem+json (RFC 9457) with a stable `code`.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "servers": [{"url": "/"}],
        "security": [{"session": []}, {"bearer": []}],
        "tags": [{"name": tag} for tag in dict.fromkeys(route.tag for route in routes)],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": cookie_name(config),
                    "description": f"登录后由服务器设置；修改类请求另须 {CSRF_HEADER} 头。"
                    f" / Set by log-in; changes also need the header {CSRF_HEADER}.",
                },
                "bearer": {"type": "http", "scheme": "bearer", "description": "接口令牌 / A machine token."},
            },
        },
    }


def _schemas(routes: Iterable[Route]) -> tuple[Json, References]:
    wanted: dict[tuple[type[BaseModel], Any], None] = {(Problem, "serialization"): None}
    for route in routes:
        if route.body is not None:
            wanted[route.body, "validation"] = None
        if route.form is not None:
            wanted[route.form.fields, "validation"] = None
        if route.answers is not None:
            wanted[route.answers, "serialization"] = None
    references, document = models_json_schema(list(wanted), ref_template=_REF)
    return document.get("$defs", {}), {**references}


def operation_id(route: Route) -> str:
    """Stable: made of the method and the path, e.g. `post_api_orders_id_accept`."""
    return "_".join([route.method.lower(), *re.findall(r"\w+", re.sub(r":[^}]*\}", "}", route.path))])


def _operation(route: Route, references: References) -> Json:
    operation: Json = {
        "operationId": operation_id(route),
        "summary": f"{route.summary_zh} / {route.summary_en}",
        "tags": [route.tag],
        "parameters": [*_path_parameters(route), *_query_parameters(route), *_csrf(route)],
        "responses": _responses(route, references),
    }
    if route.roles:
        operation["x-roles"] = sorted(route.roles)
    if route.public:
        operation["security"] = []
    if route.body is not None:
        schema = references[route.body, "validation"]
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if route.form is not None:
        schema = references[route.form.fields, "validation"]
        content = {media: {"schema": schema} for media in route.form.media}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _path_parameters(route: Route) -> list[Json]:
    return [
        {"name": name, "in": "path", "required": True, "schema": TypeAdapter(kind).json_schema()}
        for name, kind in parameter_types(route).items()
    ]


def _query_parameters(route: Route) -> list[Json]:
    if route.query is None:
        return []
    schema = route.query.model_json_schema()
    definitions, required = schema.get("$defs", {}), schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _inlined(part, definitions)}
        for name, part in schema.get("properties", {}).items()
    ]


def _inlined(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """Query models are flat: their few references (enums) are written out where they are used."""
    if isinstance(schema, list):
        return [_inlined(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {key: _inlined(part, definitions) for key, part in schema.items()}


def _csrf(route: Route) -> list[Json]:
    if route.public or route.method in SAFE:
        return []
    description = "使用会话 Cookie 时必填 / Needed with the session cookie"
    return [{"name": CSRF_HEADER, "in": "header", "schema": {"type": "string"}, "description": description}]


def _responses(route: Route, references: References) -> Json:
    nothing = route.status == 200 and route.answers is None and route.media == "application/json"
    status = 204 if nothing else route.status
    good: Json = {"description": "成功 / Success"}
    if route.answers is not None:
        good["content"] = {"application/json": {"schema": references[route.answers, "serialization"]}}
    elif status not in {101, 204}:
        good["content"] = {route.media: {}}
    codes = [f"`{code}`" for code in route.errors]
    problem = {
        "description": "出错 / A problem" + (f": {', '.join(codes)}" if codes else ""),
        "content": {PROBLEM_JSON: {"schema": references[Problem, "serialization"]}},
    }
    return {str(status): good, "default": problem}
