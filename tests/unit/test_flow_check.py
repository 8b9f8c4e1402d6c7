"""What the flow check finds, and that the shipped flows and registry pass it."""

import json
from pathlib import Path
from typing import Any

import pytest

from callcenter.core.errors import Misconfigured
from callcenter.flows.check import faults
from callcenter.flows.files import read_flows, read_prompts
from callcenter.flows.model import Flow, flow_schema
from callcenter.resources import IVR
from callcenter.transfers.registry import Mode, read_registry, registry_schema

SAY = {"kind": "say", "prompt": "hello", "next": "end"}
END = {"kind": "hang_up"}


def flow(nodes: dict[str, Any], name: str = "f") -> Flow:
    title = {"zh": "流程", "en": "Flow"}
    return Flow.model_validate({"flow": name, "version": 1, "title": title, "start": "a", "nodes": nodes})


def found(nodes: dict[str, Any]) -> str:
    return "\n".join(faults({"f": flow(nodes)}, prompts={"hello"}, queues={"main"}))


def menu(**choices: str) -> dict[str, Any]:
    keys = {key[1:]: node for key, node in choices.items()}
    return {"kind": "menu", "prompt": "hello", "choices": keys, "otherwise": "end"}


def test_the_shipped_flows_are_fit_for_callers() -> None:
    registry = read_registry(IVR / "hotlines.yaml")
    flows = read_flows(IVR / "flows")
    prompts = read_prompts(IVR / "prompts" / "prompts.yaml")
    assert faults(flows, prompts=prompts, queues=registry.queues) == []
    assert registry.flows <= flows.keys()
    assert {"safe", "sorry"} <= prompts.keys()


@pytest.mark.parametrize(
    ("nodes", "fault"),
    [
        ({"a": SAY}, "a leads to end, which is not there"),
        ({"a": END, "end": END}, "end cannot be reached"),
        ({"a": {**SAY, "prompt": "nope"}, "end": END}, "the prompt nope is not there"),
        ({"a": {"kind": "queue", "queue": "nope"}}, "the queue nope is not there"),
        ({"a": {"kind": "go_to", "flow": "nope"}}, "the flow nope is not there"),
        ({"a": {"kind": "go_to", "flow": "f"}}, "go round in a circle: f → f"),
        ({"a": {**SAY, "next": "b"}, "b": {**SAY, "next": "a"}}, "a silent caller goes round for ever: a → b → a"),
        ({"a": {**menu(k1="end"), "otherwise": "a"}, "end": END}, "goes round for ever: a → a"),
        ({"b": END}, "the start a is not there"),
        (
            {"a": {"kind": "collect", "prompt": "hello", "least": 5, "most": 2, "next": "end", "otherwise": "end"}}
            | {"end": END},
            "at least 5 and at most 2",
        ),
    ],
)
def test_each_fault_is_named(nodes: dict[str, Any], fault: str) -> None:
    assert fault in found(nodes)


def test_a_loop_by_key_is_no_fault() -> None:
    assert found({"a": menu(k9="a", k1="end"), "end": END}) == ""


def test_a_silent_caller_who_comes_into_a_loop_is_found_once_per_place_of_the_loop() -> None:
    nodes = {"a": {**SAY, "next": "b"}, "b": {**SAY, "next": "c"}, "c": {**SAY, "next": "b"}}
    assert found(nodes).splitlines() == [
        "f: a silent caller goes round for ever: b → c → b",
        "f: a silent caller goes round for ever: c → b → c",
    ]


def leading(name: str, *others: str) -> Flow:
    """A flow whose menu leads into the others."""
    goals = {f"to_{other}": {"kind": "go_to", "flow": other} for other in others}
    keys = {str(key): node for key, node in enumerate(goals)}
    return flow({"a": {**menu(), "choices": {**keys, "9": "end"}}, **goals, "end": END}, name)


def circles(**flows: tuple[str, ...]) -> list[str]:
    return faults({name: leading(name, *others) for name, others in flows.items()}, prompts={"hello"}, queues=())


def test_flows_that_lead_back_to_themselves_are_found() -> None:
    (fault,) = circles(f=("g", "h"), g=("h",), h=("f",))
    assert fault.startswith("the flows go round in a circle: f → ")
    assert fault.endswith("h → f")


def test_flows_that_meet_again_are_no_circle() -> None:
    assert circles(f=("g", "h"), g=("k",), h=("k",), k=()) == []


def test_a_flow_under_another_name_is_found() -> None:
    assert "differ" in "\n".join(faults({"g": flow({"a": END})}, prompts=(), queues=()))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("flow: [", "not YAML at line"),
        ("flow: x\n", "version: Field required"),
        ("flow: x\nversion: 1\ntitle: {zh: 甲, en: a}\nstart: a\nnodes: {a: {kind: dance}}\n", "nodes.a"),
    ],
)
def test_a_malformed_file_is_refused_by_name_and_place(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(Misconfigured, match="x.yaml") as refused:
        read_flows(tmp_path)
    assert said in str(refused.value)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="no call flow"):
        read_flows(tmp_path)


@pytest.mark.parametrize(
    ("file", "schema"),
    [("flows/flow.schema.json", flow_schema()), ("hotlines.schema.json", registry_schema())],
)
def test_the_published_schema_is_the_one_in_use(file: str, schema: dict[str, Any]) -> None:
    assert json.loads((IVR / file).read_text(encoding="utf-8")) == schema


def test_the_registry_knows_every_mode() -> None:
    registry = read_registry(IVR / "hotlines.yaml")
    assert {line.mode for line in registry.hotlines} == set(Mode)
    assert registry.main.number == "12345"
    assert registry.queues[0] == "main"
    assert [key.number for key in registry.emergency_keys()] == ["110", "119", "120", "122"]
    housing = registry.find("12329")
    assert housing
    assert housing.queue == "housing"
    assert registry.find("99999") is None


MAIN = '{number: "12345", title: {zh: 甲, en: a}, mode: main, flow: main, queue: main}'


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([MAIN, MAIN], "stands twice"),
        (['{number: "110", title: {zh: 甲, en: a}, mode: emergency, link: {transfer: "110"}}'], "exactly one number"),
        ([MAIN, '{number: "12333", title: {zh: 甲, en: a}, mode: dual}'], "needs a flow and a queue"),
        ([MAIN, '{number: "119", title: {zh: 甲, en: a}, mode: emergency, queue: main}'], "neither flow nor queue"),
        ([MAIN.replace("queue: main", 'queue: main, key: "1"')], "only an emergency number"),
        ([MAIN.replace("queue: main", "queue: main, since: 2026-02-01, until: 2026-01-01")], "ends before"),
    ],
)
def test_a_wrong_registry_is_refused(tmp_path: Path, lines: list[str], said: str) -> None:
    file = tmp_path / "hotlines.yaml"
    file.write_text("version: 1\nhotlines:\n" + "".join(f"  - {line}\n" for line in lines))
    with pytest.raises(Misconfigured) as refused:
        read_registry(file)
    assert said in str(refused.value)
