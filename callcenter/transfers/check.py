"""Everything under `ivr/` checked together, as `callcenter check` and every start do it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from callcenter.core.errors import Misconfigured
from callcenter.flows.check import faults
from callcenter.flows.files import read_flows, read_prompts
from callcenter.flows.model import Flow, Wording
from callcenter.transfers.registry import Registry, read_registry

DIALPLAN_PROMPTS: Final = ("safe", "sorry")
"""What the dialplan itself plays when the server is away."""


@dataclass(frozen=True, slots=True)
class Ivr:
    """The telephone side as data: checked, and fit for callers."""

    registry: Registry
    flows: dict[str, Flow]
    prompts: dict[str, Wording]


def read_ivr(folder: Path) -> Ivr:
    """Raises Misconfigured, naming every fault."""
    ivr = Ivr(
        registry=read_registry(folder / "hotlines.yaml"),
        flows=read_flows(folder / "flows"),
        prompts=read_prompts(folder / "prompts" / "prompts.yaml"),
    )
    if found := _faults(ivr):
        raise Misconfigured(cause=f"the call flows are not fit for callers ({'; '.join(found)})", remedy="correct ivr/")
    return ivr


def _faults(ivr: Ivr) -> list[str]:
    found = faults(ivr.flows, prompts=ivr.prompts, queues=ivr.registry.queues)
    found += [f"hotlines.yaml: the flow {name} is not there" for name in sorted(ivr.registry.flows - ivr.flows.keys())]
    found += [f"prompts.yaml: the prompt {name} is not there" for name in DIALPLAN_PROMPTS if name not in ivr.prompts]
    return found
