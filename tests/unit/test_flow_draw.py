"""Flows as pictures: every node and every way stands in them."""

import re

import pytest

from callcenter.flows.draw import mermaid
from callcenter.flows.files import read_flows, read_prompts
from callcenter.flows.model import Flow
from callcenter.flows.nodes import next_nodes
from callcenter.flows.part import Wording
from callcenter.resources import IVR
from tests.unit.test_flow_engine import FLOW

FLOWS = read_flows(IVR / "flows")
PROMPTS = read_prompts(IVR / "prompts" / "prompts.yaml")


@pytest.mark.parametrize("flow", [*FLOWS.values(), FLOW], ids=lambda flow: flow.flow)
def test_every_node_and_every_way_is_drawn(flow: Flow) -> None:
    picture = mermaid(flow, PROMPTS)
    assert f"--> {flow.start}\n" in picture
    for name, node in flow.nodes.items():
        assert re.search(rf"^  {name}[\[\(\{{]", picture, re.MULTILINE), name
        ways = re.findall(rf"^  {name} -->(?:\|.*\|)? (\w+)$", picture, re.MULTILINE)
        assert sorted(ways) == sorted(next_nodes(node)), name


def test_what_is_said_and_what_leads_on_can_be_read() -> None:
    picture = mermaid(FLOW, {"hello": Wording(zh='他说"您好"' + "啊" * 40)})
    assert picture.startswith("%% all 1-")
    assert 'hello["hello: say 他说#quot;您好#quot;' in picture
    assert "…" in picture
    for label in (
        '|"1 / 咨询"|',
        '|"none, 2×"|',
        '|"queue home staffed False"|',
        '|"08:00–18:00"|',
        '|"caller anonymous"|',
        '"person: queue home, priority 3, last agent"',
        '"police: transfer 110, else queue home"',
        '"english: language en"',
    ):
        assert label in picture, label


def test_every_condition_has_words() -> None:
    nodes = {
        "a": {
            "kind": "branch",
            "cases": [
                {
                    "when": [
                        {"kind": "day", "among": ["holiday", "weekend"]},
                        {"kind": "dialled", "among": ["12345"]},
                        {"kind": "language", "language": "en"},
                        {"kind": "queue", "queue": "main", "over": 3, "wait_over": 60},
                    ],
                    "next": "b",
                }
            ],
            "otherwise": "c",
        },
        "b": {"kind": "queue", "queue": "main"},
        "c": {"kind": "queue", "queue": "main"},
    }
    title = {"zh": "甲", "en": "A"}
    flow = Flow.model_validate({"flow": "f", "version": 1, "title": title, "start": "a", "nodes": nodes})
    words = "day holiday, weekend and dialled 12345 and language en and queue main over 3 wait over 60.0"
    assert words in mermaid(flow, {})
