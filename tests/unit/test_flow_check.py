"""What the flow check finds, and that the shipped flows and registry pass it."""

import json
from pathlib import Path
from typing import Any

import pytest

from callcenter.core.errors import Misconfigured
from callcenter.flows.check import faults
from callcenter.flows.exits import depth_warnings, menu_depth
from callcenter.flows.files import read_flows, read_prompts
from callcenter.flows.model import Flow, flow_schema, version_of
from callcenter.flows.part import Wording
from callcenter.resources import IVR
from callcenter.transfers.registry import Mode, read_registry, registry_schema

PROMPTS = {"hello": Wording(zh="您好", en="Hello"), "chinese": Wording(zh="您好")}
SAY = {"kind": "say", "prompt": "hello", "next": "end"}
END = {"kind": "hang_up"}


def flow(nodes: dict[str, Any], name: str = "f", **more: Any) -> Flow:
    """Without an operator exit unless `more` says otherwise."""
    title = {"zh": "流程", "en": "Flow"}
    rest = {"operator_exit": False, "no_operator_because": title} | more
    if rest["operator_exit"]:
        del rest["no_operator_because"]
    return Flow.model_validate({"flow": name, "version": 1, "title": title, "start": "a", "nodes": nodes, **rest})


def check(**flows: Flow) -> list[str]:
    return faults(flows, prompts=PROMPTS, queues={"main"}, targets={"110"})


def found(nodes: dict[str, Any], **more: Any) -> str:
    return "\n".join(check(f=flow(nodes, **more)))


def menu(**choices: str) -> dict[str, Any]:
    keys = {key[1:]: node for key, node in choices.items()}
    return {"kind": "menu", "prompt": "hello", "choices": keys, "otherwise": "end"}


def speaking() -> dict[str, Any]:
    return {**menu(k1="end"), "kind": "speak", "words": {"1": ["咨询"]}}


def look_up() -> dict[str, Any]:
    return {"kind": "look_up", "number": "n", "code": "n", "next": "end", "otherwise": "end"}


def branch(queue: str, to: str = "end") -> dict[str, Any]:
    case = {"when": [{"kind": "queue", "queue": queue, "staffed": False}], "next": to}
    return {"kind": "branch", "cases": [case], "otherwise": "end"}


def dialled(*numbers: str) -> dict[str, Any]:
    case = {"when": [{"kind": "dialled", "among": list(numbers)}], "next": "end"}
    return {"kind": "branch", "cases": [case], "otherwise": "end"}


def test_the_shipped_flows_are_fit_for_callers() -> None:
    registry = read_registry(IVR / "hotlines.yaml")
    flows = read_flows(IVR / "flows")
    prompts = read_prompts(IVR / "prompts" / "prompts.yaml")
    queues = {*registry.queues, "english", "enterprise"}
    targets = {line.number for line in registry.hotlines}
    assert faults(flows, prompts=prompts, queues=queues, targets=targets) == []
    assert registry.flows <= flows.keys()
    assert {"safe", "sorry"} <= prompts.keys()
    assert menu_depth("main", flows) == 0, "human first (GB/T 33358)"
    shipped = {"main", "night", "overflow", "progress", "enterprise", "english", "survey", "missed_callback"}
    assert flows.keys() >= shipped | {"merged", "cancelled", "dual"}


@pytest.mark.parametrize(
    ("nodes", "fault"),
    [
        ({"a": SAY}, "a leads to end, which is not there"),
        ({"a": END, "end": END}, "end cannot be reached"),
        ({"a": {**SAY, "prompt": "nope"}, "end": END}, "the prompt nope is not there in zh"),
        ({"a": {**speaking(), "words": {"7": ["咨询"]}}, "end": END}, "a has words for 7, which is no choice"),
        ({"a": {**look_up(), "number": "end"}, "end": END}, "looks up by end, which is no collect node"),
        ({"a": look_up(), "end": END}, "looks up by n, which is no collect node"),
        ({"a": {"kind": "set_language", "language": "en", "next": "end"}, "end": END}, "language en, which the flow"),
        ({"a": {"kind": "transfer", "target": "119", "queue": "main"}}, "119 is not in the hotline registry"),
        ({"a": {"kind": "transfer", "target": "110", "queue": "nope"}}, "the queue nope is not there"),
        ({"a": branch("nope"), "end": END}, "the queue nope is not there"),
        ({"a": dialled("12345"), "end": END}, "the number 12345 is not in the hotline registry"),
        ({"a": {**branch("main"), "otherwise": "a"}, "end": END}, "goes round for ever: a → a"),
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


def test_a_branch_by_a_number_of_the_registry_is_no_fault() -> None:
    assert found({"a": dialled("110"), "end": END}) == ""


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
    return check(**{name: leading(name, *others) for name, others in flows.items()})


def test_flows_that_lead_back_to_themselves_are_found() -> None:
    (fault,) = circles(f=("g", "h"), g=("h",), h=("f",))
    assert fault.startswith("the flows go round in a circle: f → ")
    assert fault.endswith("h → f")


def test_flows_that_meet_again_are_no_circle() -> None:
    assert circles(f=("g", "h"), g=("k",), h=("k",), k=()) == []


def test_a_flow_under_another_name_is_found() -> None:
    assert "differ" in "\n".join(check(g=flow({"a": END})))


def test_a_prompt_must_be_there_in_every_language_that_is_claimed() -> None:
    nodes = {"a": {**SAY, "prompt": "chinese"}, "end": END}
    assert found(nodes) == ""
    assert found(nodes, languages=["zh", "en"]) == "f: a: the prompt chinese is not there in en"


def test_a_flow_that_another_enters_in_english_must_claim_it() -> None:
    english = {"a": {"kind": "set_language", "language": "en", "next": "b"}, "b": {"kind": "go_to", "flow": "g"}}
    first = flow(english, languages=["zh", "en"])
    assert check(f=first, g=flow({"a": END}, "g")) == ["f: b: the flow g does not claim en"]
    assert check(f=first, g=flow({"a": END}, "g", languages=["zh", "en"])) == []


QUEUE = {"kind": "queue", "queue": "main"}
OFFER = {**menu(k1="bye", k0="agent"), "otherwise": "agent"}


@pytest.mark.parametrize(
    ("nodes", "fault"),
    [
        ({"a": SAY, "end": END}, "no way to a person is offered on the path a → end"),
        (
            {"a": {**menu(k1="end"), "otherwise": "b"}, "b": SAY, "end": END},
            "no way to a person is offered on the path",
        ),
        (
            {"a": {**menu(k0="b"), "otherwise": "end"}, "b": QUEUE, "end": END},
            "who presses nothing is hung up on: a → end",
        ),
        ({"a": OFFER, "bye": END, "agent": QUEUE}, ""),
        (
            {
                "a": {**speaking(), "choices": {"1": "bye", "0": "agent"}, "otherwise": "agent"},
                "bye": END,
                "agent": QUEUE,
            },
            "",
        ),
        ({"a": {**OFFER, "otherwise": "again"}, "again": {**OFFER}, "bye": END, "agent": QUEUE}, ""),
        ({"a": {**branch("main"), "otherwise": "b"}, "b": QUEUE, "end": END}, "on the path a → end"),
        ({"a": {"kind": "transfer", "target": "110", "queue": "main"}}, ""),
        (
            {"a": {**menu(k1="bye", k0="all"), "otherwise": "all"}, "bye": END, "agent": QUEUE}
            | {"all": {**branch("main", "say"), "otherwise": "agent"}, "say": {**SAY, "next": "agent"}},
            "",
        ),
    ],
)
def test_a_person_is_offered_before_every_end(nodes: dict[str, Any], fault: str) -> None:
    said = found(nodes, operator_exit=True)
    assert fault in said if fault else said == ""


def test_a_person_may_be_offered_by_another_flow() -> None:
    ways = {"a": {**menu(k1="bye", k0="on"), "otherwise": "on"}, "on": {"kind": "go_to", "flow": "g"}, "bye": END}
    served, closing = flow({"a": QUEUE}, "g", operator_exit=True), flow({"a": END}, "g")
    assert check(f=flow(ways, operator_exit=True), g=served) == []
    (fault,) = check(f=flow(ways, operator_exit=True), g=closing)
    assert "no way to a person is offered" in fault


def test_a_flow_without_an_operator_exit_says_why() -> None:
    with pytest.raises(ValueError, match="no_operator_because"):
        flow({"a": END}, no_operator_because=None)
    with pytest.raises(ValueError, match="Chinese"):
        flow({"a": END}, languages=["en"])


def test_menus_before_a_person_are_counted() -> None:
    greeting = {**OFFER, "wait": 0.5, "retries": 0}
    asked = {"a": OFFER, "bye": END, "agent": QUEUE}
    both = {"a": {**greeting, "otherwise": "on"}, "on": {"kind": "go_to", "flow": "g"}, "bye": END, "agent": QUEUE}
    loop = {"a": {**OFFER, "otherwise": "b"}, "b": {**menu(k1="a"), "otherwise": "agent"}, "bye": END, "agent": QUEUE}
    flows = {
        "f": flow(both, operator_exit=True),
        "g": flow(asked, "g", operator_exit=True),
        "h": flow(loop, "h", operator_exit=True),
        "k": flow({"a": {**SAY, "next": "a"}}, "k"),
    }
    assert [menu_depth(name, flows) for name in "fghk"] == [1, 1, 2, 0]
    assert [line[0] for line in depth_warnings(flows)] == ["f", "g", "h"]


def test_a_version_tells_the_content() -> None:
    one, other = flow({"a": END}), flow({"a": SAY, "end": END})
    assert version_of(one) == version_of(flow({"a": END})) != version_of(other)
    assert version_of(one).startswith("1-")


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
