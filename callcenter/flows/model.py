"""Call flows as data: what `ivr/flows/*.yaml` may say. The published schema is generated from here."""

import hashlib
from typing import Any, Self

from pydantic import Field, model_validator

from callcenter.core.written import published
from callcenter.flows import spoken
from callcenter.flows.nodes import Collect, LookUp, Menu, Node, Record, Say, SayWait, Speak
from callcenter.flows.part import HOME_QUEUE, Language, Name, Part, Title, Wording

__all__ = ["HOME_QUEUE", "Flow", "Language", "Title", "Wording", "flow_schema", "prompts_of", "version_of"]


class Flow(Part):
    """One dialogue. A call keeps the version it started with. `languages` are those that every prompt must be there in.
    A flow without an operator exit says why in `no_operator_because`."""

    flow: Name
    version: int = Field(ge=1)
    title: Title
    languages: tuple[Language, ...] = ("zh",)
    operator_exit: bool = True
    no_operator_because: Title | None = None
    start: Name
    nodes: dict[Name, Node] = Field(min_length=1)

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.operator_exit == (self.no_operator_because is not None):
            raise ValueError("no_operator_because goes with operator_exit: false, and only with it")
        if "zh" not in self.languages:
            raise ValueError("Chinese (zh) is not among the languages")
        return self


def flow_schema() -> dict[str, Any]:
    """The JSON Schema that is published as `ivr/flows/flow.schema.json`."""
    return published(Flow)


def version_of(flow: Flow) -> str:
    """The version that the file gives, and twelve digits of its content's SHA-256: a path is told by both."""
    digest = hashlib.sha256(flow.model_dump_json().encode()).hexdigest()
    return f"{flow.version}-{digest[:12]}"


def prompts_of(node: Node) -> tuple[str, ...]:
    """Every prompt that the node may play."""
    match node:
        case Say():
            return (node.prompt,)
        case Menu() | Speak() | Collect():
            return (node.prompt, node.retry_prompt) if node.retry_prompt else (node.prompt,)
        case Record():
            return (node.prompt, spoken.BEEP)
        case LookUp():
            return spoken.PROGRESS_PROMPTS
        case SayWait():
            return spoken.WAIT_PROMPTS
        case _:
            return ()
