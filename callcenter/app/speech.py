"""What callers hear, read and checked together: flows, prompts, hotline registry, queues."""

from dataclasses import dataclass

from callcenter.core.errors import Misconfigured
from callcenter.flows.check import faults
from callcenter.flows.files import read_flows, read_prompts
from callcenter.flows.model import Flow
from callcenter.flows.part import Wording
from callcenter.pbx.plan import SPOKEN
from callcenter.resources import IVR
from callcenter.seats.queues import QueueBook, read_queues
from callcenter.settings import Settings
from callcenter.transfers.check import registry_faults
from callcenter.transfers.registry import Registry, read_registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """What callers hear, read and checked together."""

    registry: Registry
    queues: QueueBook
    flows: dict[str, Flow]
    prompts: dict[str, Wording]


def read_speech(settings: Settings) -> Speech:
    """Raises Misconfigured with every fault of flows, prompts and registry."""
    config = settings.flows
    registry = read_registry(config.hotlines or IVR / "hotlines.yaml")
    queues = read_queues(settings.seats.queues or IVR / "queues.yaml").joined_by(registry.queues)
    flows = read_flows(config.folder or IVR / "flows")
    prompts = read_prompts(config.prompts or IVR / "prompts" / "prompts.yaml")
    targets = {line.number for line in registry.hotlines}
    wrong = faults(flows, prompts=prompts, queues=queues.names, targets=targets)
    groups = {group for trunk in settings.pbx.trunks for group in getattr(trunk, "groups", ("public",))}
    wrong += registry_faults(registry, flows=flows.keys(), prompts=prompts.keys(), groups=groups)
    wrong += [f"the dialplan plays the prompt {name}, which is not there" for name in SPOKEN if name not in prompts]
    wrong += [f"the queues name the flow {name}, which is not there" for name in queues.overflows - flows.keys()]
    if settings.waiting.place_flow not in flows:
        wrong.append(f"waiting.place_flow names the flow {settings.waiting.place_flow}, which is not there")
    if settings.callbacks.survey not in flows:
        wrong.append(f"callbacks.survey names the flow {settings.callbacks.survey}, which is not there")
    if wrong:
        raise Misconfigured(cause="; ".join(wrong), remedy="correct the files under ivr/, then run callcenter check")
    return Speech(registry=registry, queues=queues, flows=flows, prompts=prompts)
