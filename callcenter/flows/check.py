"""What must hold of all flows together before a caller may hear them."""

from collections.abc import Collection, Iterator, Mapping
from itertools import chain

from callcenter.flows.exits import exit_faults
from callcenter.flows.model import Flow, prompts_of
from callcenter.flows.nodes import (
    Branch,
    Collect,
    GoTo,
    LookUp,
    SetLanguage,
    Speak,
    Transfer,
    next_nodes,
    queues_of,
    unasked_nodes,
)
from callcenter.flows.part import HOME_QUEUE, Wording


def faults(
    flows: Mapping[str, Flow], *, prompts: Mapping[str, Wording], queues: Collection[str], targets: Collection[str]
) -> list[str]:
    """One line per fault, naming flow and node; empty when the flows are fit for callers.

    `queues` are those of the switch, `targets` the numbers of the hotline registry.
    """
    whole = list(
        chain.from_iterable(
            _named(
                name,
                *_misnamed(name, flow),
                *_unresolved(flow),
                *_unreachable(flow),
                *_endless(flow),
                *_unspoken(flow, prompts),
                *_foreign(flow, flows, queues, targets),
            )
            for name, flow in sorted(flows.items())
        )
    )
    circles = [f"the flows go round in a circle: {' → '.join(circle)}" for circle in _circles(flows)]
    if whole or circles:
        return whole + circles
    return [line for name in sorted(flows) for line in _named(name, *exit_faults(name, flows))]


def _named(name: str, *lines: str) -> list[str]:
    return [f"{name}: {line}" for line in lines]


def _misnamed(name: str, flow: Flow) -> Iterator[str]:
    if flow.flow != name:
        yield f"the file's name and its flow {flow.flow} differ"


def _unresolved(flow: Flow) -> Iterator[str]:
    if flow.start not in flow.nodes:
        yield f"the start {flow.start} is not there"
    for name, node in flow.nodes.items():
        for following in next_nodes(node):
            if following not in flow.nodes:
                yield f"{name} leads to {following}, which is not there"
        match node:
            case Collect() if node.least > node.most:
                yield f"{name} wants at least {node.least} and at most {node.most} digits"
            case Speak() if extra := sorted(node.words.keys() - node.choices.keys()):
                yield f"{name} has words for {', '.join(extra)}, which is no choice"
            case LookUp():
                for asked in (node.number, node.code):
                    if not isinstance(flow.nodes.get(asked), Collect):
                        yield f"{name} looks up by {asked}, which is no collect node"


def _unreachable(flow: Flow) -> Iterator[str]:
    seen: set[str] = set()
    waiting = [flow.start]
    while waiting:
        name = waiting.pop()
        if name in seen or name not in flow.nodes:
            continue
        seen.add(name)
        waiting += next_nodes(flow.nodes[name])
    for name in flow.nodes:
        if name not in seen:
            yield f"{name} cannot be reached"


def _endless(flow: Flow) -> Iterator[str]:
    """A caller who does nothing must come to an end: follow only the ways that need no key. A loop that needs a key
    each time round is bounded by the runner (`runner.MOST_STEPS`), which then leads to a person."""
    ways = {name: [n for n in unasked_nodes(node) if n in flow.nodes] for name, node in flow.nodes.items()}
    for start in flow.nodes:
        if path := _way_back(start, ways):
            yield f"a silent caller goes round for ever: {' → '.join(path)}"


def _unspoken(flow: Flow, prompts: Mapping[str, Wording]) -> Iterator[str]:
    for name, node in flow.nodes.items():
        for prompt in prompts_of(node):
            for language in flow.languages:
                if prompt not in prompts or not getattr(prompts[prompt], language):
                    yield f"{name}: the prompt {prompt} is not there in {language}"
        if isinstance(node, SetLanguage) and node.language not in flow.languages:
            yield f"{name} sets the language {node.language}, which the flow does not claim"


def _foreign(flow: Flow, flows: Mapping[str, Flow], queues: Collection[str], targets: Collection[str]) -> Iterator[str]:
    set_here = {node.language for node in flow.nodes.values() if isinstance(node, SetLanguage)}
    for name, node in flow.nodes.items():
        for queue in queues_of(node):
            if queue != HOME_QUEUE and queue not in queues:
                yield f"{name}: the queue {queue} is not there"
        match node:
            case Transfer() if node.target not in targets:
                yield f"{name}: the number {node.target} is not in the hotline registry"
            case Branch():
                for number in sorted(_numbers_of(node) - set(targets)):
                    yield f"{name}: the number {number} is not in the hotline registry"
            case GoTo() if node.flow not in flows:
                yield f"{name}: the flow {node.flow} is not there"
            case GoTo() if unclaimed := sorted(set_here - set(flows[node.flow].languages)):
                yield f"{name}: the flow {node.flow} does not claim {', '.join(unclaimed)}"


def _numbers_of(node: Branch) -> set[str]:
    return {number for case in node.cases for one in case.when if one.kind == "dialled" for number in one.among}


def _circles(flows: Mapping[str, Flow]) -> Iterator[list[str]]:
    """Flows that lead back to themselves would let a call go on without bound."""
    leads = {
        name: sorted({node.flow for node in flow.nodes.values() if isinstance(node, GoTo) and node.flow in flows})
        for name, flow in flows.items()
    }
    for start in sorted(flows):
        path = _way_back(start, leads)
        if path and min(path) == start:
            yield path


def _way_back(start: str, leads: Mapping[str, list[str]]) -> list[str]:
    waiting = [[start, following] for following in leads[start]]
    seen: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path[-1] == start:
            return path
        if path[-1] not in seen:
            seen.add(path[-1])
            waiting += [[*path, following] for following in leads[path[-1]]]
    return []
