"""What callers hear at one time: flows and prompts that were checked and made together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from callcenter.core.errors import NotFound
from callcenter.flows.model import Flow, version_of
from callcenter.flows.prompts import PromptBook


class NoSuchFlow(NotFound):
    code = "no-such-flow"
    zh = "没有名为{flow}的语音流程"
    en = "There is no call flow named {flow}"


@dataclass(frozen=True, slots=True)
class FlowBook:
    """Never changed, only replaced as a whole: a call keeps the book it began with. `versions`: `model.version_of`."""

    flows: Mapping[str, Flow]
    prompts: PromptBook
    versions: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, flows: Iterable[Flow], prompts: PromptBook) -> Self:
        named = {flow.flow: flow for flow in flows}
        return cls(named, prompts, {name: version_of(flow) for name, flow in named.items()})

    def flow(self, name: str) -> Flow:
        """Raises NoSuchFlow."""
        if name not in self.flows:
            raise NoSuchFlow(flow=name)
        return self.flows[name]
