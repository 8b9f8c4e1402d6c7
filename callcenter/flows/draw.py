"""A flow as a Mermaid picture (mermaid.js.org, flowchart)."""

from collections.abc import Iterator, Mapping
from typing import assert_never

from callcenter.flows.conditions import (
    CallerIs,
    Condition,
    DialledNumber,
    DuringHours,
    InLanguage,
    OnDay,
    QueueIs,
)
from callcenter.flows.model import Flow, Wording, version_of
from callcenter.flows.nodes import (
    Branch,
    CallBack,
    Collect,
    GoTo,
    HangUp,
    LookUp,
    Menu,
    Node,
    Queue,
    Record,
    Say,
    SayWait,
    SetLanguage,
    Speak,
    Transfer,
)

_LONGEST = 40


def mermaid(flow: Flow, prompts: Mapping[str, Wording]) -> str:
    """Every node with what is said there (`prompts`, in Chinese), every way with what leads to it."""
    lines = [
        f"%% {flow.flow} {version_of(flow)}",
        "flowchart TD",
        f"  begin([{_quoted(flow.title.zh)}]) --> {flow.start}",
    ]
    for name, node in flow.nodes.items():
        lines.append(f"  {name}{_shape(name, node, prompts)}")
        lines += [f"  {name} -->|{_quoted(why)}| {to}" if why else f"  {name} --> {to}" for why, to in _ways(node)]
    return "\n".join(lines) + "\n"


def _shape(name: str, node: Node, prompts: Mapping[str, Wording]) -> str:
    text = _quoted(f"{name}: {_text(node, prompts)}")
    match node:
        case Branch():
            return f"{{{text}}}"
        case Queue() | Transfer() | HangUp() | GoTo():
            return f"([{text}])"
        case Menu() | Speak() | Collect():
            return f"[/{text}/]"
        case _:
            return f"[{text}]"


def _text(node: Node, prompts: Mapping[str, Wording]) -> str:
    match node:
        case Say() | Menu() | Speak() | Collect() | Record():
            said = prompts[node.prompt].zh if node.prompt in prompts else node.prompt
            return f"{node.kind} {said if len(said) <= _LONGEST else said[:_LONGEST] + '…'}"
        case Queue():
            words = [f"queue {node.queue}", *([f"priority {node.priority}"] if node.priority else [])]
            return ", ".join([*words, *(["last agent"] if node.last_agent else [])])
        case Transfer():
            return f"transfer {node.target}, else queue {node.queue}"
        case SayWait() | CallBack():
            return f"{node.kind} {node.queue}"
        case SetLanguage():
            return f"language {node.language}"
        case GoTo():
            return f"go to {node.flow}"
        case LookUp() | Branch() | HangUp():
            return node.kind
        case _:
            assert_never(node)


def _ways(node: Node) -> Iterator[tuple[str, str]]:
    """What leads on, and where to."""
    match node:
        case Say() | SayWait() | SetLanguage():
            yield "", node.next
        case Menu() | Speak():
            for key, to in node.choices.items():
                words = node.words.get(key, ()) if isinstance(node, Speak) else ()
                yield " / ".join((key, *words)), to
            yield f"none, {node.retries + 1}×", node.otherwise
        case Collect() | Record():
            yield "taken", node.next
            yield f"none, {node.retries + 1}×", node.otherwise
        case LookUp():
            yield "found", node.next
            yield "not found", node.otherwise
        case CallBack():
            yield "promised", node.next
            yield "not possible", node.otherwise
        case Branch():
            for case in node.cases:
                yield " and ".join(map(_condition, case.when)), case.next
            yield "else", node.otherwise
        case Queue() | Transfer() | GoTo() | HangUp():
            pass
        case _:
            assert_never(node)


def _condition(condition: Condition) -> str:
    match condition:
        case DuringHours():
            return f"{condition.begin:%H:%M}–{condition.end:%H:%M}"
        case OnDay() | DialledNumber():
            return f"{condition.kind} {', '.join(condition.among)}"
        case InLanguage():
            return f"language {condition.language}"
        case CallerIs():
            return f"caller {condition.who}"
        case QueueIs():
            parts = {"staffed": condition.staffed, "over": condition.over, "wait over": condition.wait_over}
            told = (f"{what} {value}" for what, value in parts.items() if value is not None)
            return " ".join((f"queue {condition.queue}", *told))
        case _:
            assert_never(condition)


def _quoted(text: str) -> str:
    """Mermaid ends a label at a double quote; its own escape is an entity."""
    return '"' + text.replace('"', "#quot;") + '"'
