"""What must hold of all flows together before a caller may hear them."""

from collections.abc import Collection, Iterator, Mapping

from callcenter.flows.model import HOME_QUEUE, Collect, Flow, GoTo, Menu, Queue, Say, next_nodes, prompts_of


def faults(flows: Mapping[str, Flow], *, prompts: Collection[str], queues: Collection[str]) -> list[str]:
    """One line per fault, naming flow and node; empty when the flows are fit for callers.

    `prompts` are the names that exist in every language, `queues` those of the switch.
    """
    return [
        f"{name}: {fault}"
        for name, flow in sorted(flows.items())
        for fault in (
            *_misnamed(name, flow),
            *_unresolved(flow),
            *_unreachable(flow),
            *_endless(flow),
            *_foreign(flow, flows, prompts, queues),
        )
    ] + [f"the flows go round in a circle: {' → '.join(circle)}" for circle in _circles(flows)]


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
        if isinstance(node, Collect) and node.least > node.most:
            yield f"{name} wants at least {node.least} and at most {node.most} digits"


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
    """A caller who does nothing must come to an end: follow only the ways that need no key."""
    for start in flow.nodes:
        name, seen = start, [start]
        while (following := _unasked(flow, name)) is not None:
            if following == start:
                yield f"a silent caller goes round for ever: {' → '.join([*seen, following])}"
                break
            if following in seen:
                break
            name = following
            seen.append(name)


def _unasked(flow: Flow, name: str) -> str | None:
    match flow.nodes.get(name):
        case Say() as node:
            return node.next
        case (Menu() | Collect()) as node:
            return node.otherwise
        case _:
            return None


def _foreign(flow: Flow, flows: Mapping[str, Flow], prompts: Collection[str], queues: Collection[str]) -> Iterator[str]:
    for name, node in flow.nodes.items():
        for prompt in prompts_of(node):
            if prompt not in prompts:
                yield f"{name}: the prompt {prompt} is not there in every language"
        if isinstance(node, Queue) and node.queue != HOME_QUEUE and node.queue not in queues:
            yield f"{name}: the queue {node.queue} is not there"
        if isinstance(node, GoTo) and node.flow not in flows:
            yield f"{name}: the flow {node.flow} is not there"


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
