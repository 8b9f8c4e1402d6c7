"""Call flows as data: what `ivr/flows/*.yaml` may say. The published schema is generated from here."""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Key = Annotated[str, Field(pattern=r"^[0-9*#]$")]
Seconds = Annotated[float, Field(gt=0, le=60)]

HOME_QUEUE: Final = "home"
"""Stands for the queue of the number that was dialled, as the registry names it."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Wording(_Part):
    """What people read: Chinese, and English beside it."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Say(_Part):
    """Plays a prompt to its end."""

    kind: Literal["say"]
    prompt: Name
    next: Name


class Menu(_Part):
    """Plays a prompt that any offered key cuts short, and takes one key. After `retries` wrong keys or silences the
    caller goes on to `otherwise`. An `answer` menu's key is handed to whoever asked for the flow."""

    kind: Literal["menu"]
    prompt: Name
    choices: dict[Key, Name] = Field(min_length=1)
    wait: Seconds = 5
    retries: int = Field(default=2, ge=0, le=5)
    retry_prompt: Name | None = None
    otherwise: Name
    answer: bool = False


class Collect(_Part):
    """Takes digits up to `most` or '#'; fewer than `least` counts as a wrong answer."""

    kind: Literal["collect"]
    prompt: Name
    least: int = Field(ge=1, le=20)
    most: int = Field(ge=1, le=20)
    wait: Seconds = 5
    retries: int = Field(default=2, ge=0, le=5)
    retry_prompt: Name | None = None
    next: Name
    otherwise: Name


class Queue(_Part):
    """Hands the caller to a queue of the switch; `home` is the queue of the number dialled."""

    kind: Literal["queue"]
    queue: Name


class HangUp(_Part):
    """Ends the call."""

    kind: Literal["hang_up"]


class GoTo(_Part):
    """Goes on in another flow, at its start."""

    kind: Literal["go_to"]
    flow: Name


Node = Annotated[Say | Menu | Collect | Queue | HangUp | GoTo, Field(discriminator="kind")]


class Flow(_Part):
    """One dialogue. A call keeps the version it started with."""

    flow: Name
    version: int = Field(ge=1)
    title: Wording
    start: Name
    nodes: dict[Name, Node] = Field(min_length=1)


def flow_schema() -> dict[str, Any]:
    """The JSON Schema that is published as `ivr/flows/flow.schema.json`."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Flow.model_json_schema()}


def next_nodes(node: Node) -> tuple[str, ...]:
    """Every node of the same flow that may follow."""
    match node:
        case Say():
            return (node.next,)
        case Menu():
            return (*node.choices.values(), node.otherwise)
        case Collect():
            return (node.next, node.otherwise)
        case _:
            return ()


def prompts_of(node: Node) -> tuple[str, ...]:
    match node:
        case Say():
            return (node.prompt,)
        case Menu() | Collect():
            return (node.prompt, node.retry_prompt) if node.retry_prompt else (node.prompt,)
        case _:
            return ()
