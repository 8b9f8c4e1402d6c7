"""The flows in use as people see them, and what a reload has changed."""

from pydantic import BaseModel, ConfigDict

from callcenter.core.errors import Invalid
from callcenter.core.pages import Page
from callcenter.flows.book import FlowBook


class FlowsFaulty(Invalid):
    """The files are not taken; callers go on hearing the old ones."""

    code = "flows-faulty"
    zh = "流程文件有误，继续使用原有版本：{faults}"
    en = "the flow files are faulty, the old versions stay in use: {faults}"


class FlowLine(BaseModel):
    """`version`: the file's version and the beginning of its content's digest. `changed` by the last reload."""

    model_config = ConfigDict(frozen=True)

    flow: str
    title_zh: str
    title_en: str
    version: str
    languages: tuple[str, ...]
    nodes: int
    changed: bool = False


class FlowList(Page[FlowLine]):
    """In the order of their names, all on one page."""


class FlowPicture(BaseModel):
    """A flowchart in Mermaid's language."""

    model_config = ConfigDict(frozen=True)

    flow: str
    version: str
    mermaid: str


def listed(book: FlowBook, before: FlowBook | None = None) -> FlowList:
    """`before`: the book that was in use until now."""
    lines = [
        FlowLine(
            flow=name,
            title_zh=flow.title.zh,
            title_en=flow.title.en,
            version=book.versions[name],
            languages=flow.languages,
            nodes=len(flow.nodes),
            changed=before is not None and before.versions.get(name) != book.versions[name],
        )
        for name, flow in sorted(book.flows.items())
    ]
    return FlowList(items=tuple(lines))
