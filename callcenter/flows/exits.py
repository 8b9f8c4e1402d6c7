"""That every caller can come to a person (JC-18), and how many menus stand before one (GB/T 33358: none is best).

The flows are known to be whole here: every name resolves and no flow leads back to itself.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

from callcenter.flows.model import Flow
from callcenter.flows.nodes import (
    Branch,
    Collect,
    GoTo,
    HangUp,
    Menu,
    Node,
    Queue,
    Say,
    SayWait,
    SetLanguage,
    Speak,
    Transfer,
    next_nodes,
    unasked_nodes,
)

RESTRAINED: Final = frozenset({"restrained", "refused"})
UNNOTICED: Final = timedelta(seconds=1)
"""A menu that asks once and waits less than that costs a caller who wants a person nothing."""


def exit_faults(name: str, flows: Mapping[str, Flow]) -> Iterator[str]:
    """Where a path ends without a person having been offered, or a silent caller is hung up on."""
    flow = flows[name]
    if not flow.operator_exit:
        return
    if path := _unoffered(name, flows):
        yield f"no way to a person is offered on the path {' → '.join(path)}"
    if path := _silent_end(flow):
        yield f"a caller who presses nothing is hung up on: {' → '.join(path)}"


def menu_depth(name: str, flows: Mapping[str, Flow]) -> int:
    """The most menus that a caller who presses nothing must sit through before a person, or the end."""
    return _depth(flows[name], flows[name].start, flows, frozenset())


def depth_warnings(flows: Mapping[str, Flow]) -> list[str]:
    """Flows that put menus before a person. GB/T 33358-2016 recommends none (B-07)."""
    depths = {name: menu_depth(name, flows) for name, flow in sorted(flows.items()) if flow.operator_exit}
    return [
        f"{name}: {depth} menu(s) before a person; GB/T 33358 recommends none"
        for name, depth in depths.items()
        if depth
    ]


def _unoffered(name: str, flows: Mapping[str, Flow]) -> list[str]:
    """A path from the start to the end of the call that passes no place at which a person is offered; [] when there is
    none. Going on in a flow without an operator exit counts as an end."""
    flow = flows[name]
    waiting, seen = [[flow.start]], set[str]()
    while waiting:
        path = waiting.pop()
        node = flow.nodes[path[-1]]
        if path[-1] in seen or _offers(flow, node, flows):
            continue
        seen.add(path[-1])
        if isinstance(node, HangUp) or (isinstance(node, GoTo) and not flows[node.flow].operator_exit):
            return path
        waiting += [[*path, following] for following in next_nodes(node)]
    return []


def _offers(flow: Flow, node: Node, flows: Mapping[str, Flow]) -> bool:
    """Whether one of the caller's own choices here leads straight to a person."""
    if not isinstance(node, (Menu, Speak)):
        return False
    return any(_to_people(flow, name, flows) for name in next_nodes(node))


def _to_people(flow: Flow, name: str, flows: Mapping[str, Flow]) -> bool:
    """Whether the caller surely comes to a person from here, without another key."""
    node = flow.nodes[name]
    match node:
        case Queue() | Transfer():
            return True
        case Say() | SayWait() | SetLanguage() | Branch():
            return all(_to_people(flow, following, flows) for following in next_nodes(node))
        case GoTo():
            return flows[node.flow].operator_exit and _to_people(flows[node.flow], flows[node.flow].start, flows)
        case _:
            return False


def _silent_end(flow: Flow) -> list[str]:
    waiting, seen = [[flow.start]], set[str]()
    while waiting:
        path = waiting.pop()
        node = flow.nodes[path[-1]]
        if isinstance(node, HangUp):
            return path
        if path[-1] not in seen:
            seen.add(path[-1])
            waiting += [[*path, following] for following in unasked_nodes(node)]
    return []


def _depth(flow: Flow, name: str, flows: Mapping[str, Flow], passed: frozenset[str]) -> int:
    if name in passed:
        return 0
    node = flow.nodes[name]
    if isinstance(node, GoTo):
        return menu_depth(node.flow, flows)
    rest = (_depth(flow, following, flows, passed | {name}) for following in _ordinarily(node))
    return int(_holds_up(node)) + max(rest, default=0)


def _ordinarily(node: Node) -> tuple[str, ...]:
    """Where a caller may come to whom nobody has restrained: the standard is about these."""
    if not isinstance(node, Branch):
        return unasked_nodes(node)
    cases = (
        case for case in node.cases if not any(one.kind == "caller" and one.who in RESTRAINED for one in case.when)
    )
    return (*(case.next for case in cases), node.otherwise)


def _holds_up(node: Node) -> bool:
    match node:
        case Menu() | Speak() | Collect():
            return bool(node.retries) or timedelta(seconds=node.wait) >= UNNOTICED
        case _:
            return False
