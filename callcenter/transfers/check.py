"""What must hold of the hotline registry before a caller may be led by it; `callcenter check` prints the lines."""

from collections import Counter
from collections.abc import Collection, Iterator

from callcenter.transfers.hotline import Hotline, Link, Mode
from callcenter.transfers.hotline_months import notice_end
from callcenter.transfers.registry import Registry

EMERGENCY_GROUP = "emergency"
"""Its calls go before all others, by trunks of their own where there are any."""


def registry_faults(
    registry: Registry, *, flows: Collection[str], prompts: Collection[str], groups: Collection[str]
) -> list[str]:
    """One line per fault; empty when the registry is fit for use. `groups` are the trunk groups that have a trunk; the
    emergency group may do without, as the public one stands in for it."""
    return [
        *(f"{line.number}: {fault}" for line in registry.hotlines for fault in _of_line(line, flows, prompts)),
        *(f"{line.number}: {fault}" for line, link in registry.links for fault in _of_link(line, link, registry)),
        *(
            f"{line.number}: the trunk group {link.group} has no trunk"
            for line, link in registry.links
            if link.group not in {*groups, EMERGENCY_GROUP}
        ),
        *_shared(registry),
    ]


def _of_line(line: Hotline, flows: Collection[str], prompts: Collection[str]) -> Iterator[str]:
    if line.flow is not None and line.flow not in flows:
        yield f"the registry names the flow {line.flow}, which is not there"
    if line.greeting is not None and line.greeting not in prompts:
        yield f"the greeting {line.greeting} is not among the prompts"
    if line.owner is None and line.mode is not Mode.MAIN:
        yield "nobody answers for the number: name its owner"
    if line.mode is Mode.MERGED and line.since and line.until != (due := notice_end(line.since)):
        yield f"the notice from {line.since} lasts three calendar months: it ends on {due}, not on {line.until}"
    if line.mode in {Mode.DUAL, Mode.SUBCENTRE}:
        if line.greeting is None:
            yield "a number that is kept needs a greeting of its own"
        if line.seats is None:
            yield "tell how many seats came with the number"


def _of_link(line: Hotline, link: Link, registry: Registry) -> Iterator[str]:
    ours = {other.number for other in registry.served if other.number != line.number}
    if line.mode is Mode.EMERGENCY and link.group != EMERGENCY_GROUP:
        yield f"an emergency number is dialled by the trunk group {EMERGENCY_GROUP}, not by {link.group}"
    for number in link.numbers:
        if number in ours:
            yield f"{number} is served here: a caller who is handed over to it would come back"
    if link.fallback == link.transfer:
        yield "the fallback is the number that did not answer"
    if line.mode is Mode.SUBCENTRE and link.orders_to is None:
        yield "tell which org takes a message order when nobody answers (orders_to)"


def _shared(registry: Registry) -> Iterator[str]:
    """Numbers that would not tell who rings, and drills that would ring somebody in earnest."""
    real = {number for _, link in registry.links for number in link.numbers}
    real |= {line.number for line in registry.hotlines}
    for line, link in registry.links:
        if link.drill in real:
            yield f"{line.number}: the drill target {link.drill} is a number in use"
        for entry in set(link.entries) & {other.number for other in registry.hotlines}:
            yield f"{line.number}: {entry} is a hotline, so that a call to it does not tell who rings"
    for what in ("callers", "entries"):
        seen = Counter(number for _, link in registry.links for number in set(getattr(link, what)))
        for number in sorted(number for number, times in seen.items() if times > 1):
            yield f"the number {number} stands among the {what} of several links"
    machines = Counter(link.machine for _, link in registry.links if link.machine)
    for machine in sorted(name for name, times in machines.items() if times > 1):
        yield f"the machine {machine} speaks for several links"
    duals = Counter(line.queue for line in registry.hotlines if line.mode is Mode.DUAL)
    for line in registry.hotlines:
        if line.mode is Mode.DUAL and (line.queue == registry.main.queue or duals[line.queue] > 1):
            yield f"{line.number}: a number that is kept needs a queue of its own, not {line.queue}"
