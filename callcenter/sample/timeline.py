"""The sample call's timeline: every step that must happen, when it happened, and the report of it."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from callcenter.core.errors import Misconfigured

STEPS: Final[dict[str, str]] = {
    "call_arrived": "来电到达",
    "greeting_played": "播放欢迎语与录音告知",
    "queued": "进入人工队列",
    "agent_rung": "坐席振铃",
    "screen_pop": "坐席弹屏",
    "agent_answered": "坐席接听",
    "recording_sealed": "录音封存",
    "order_created": "创建工单",
    "order_dispatched": "派单",
    "order_accepted": "承办单位接单",
    "first_contact": "先行联系",
    "order_submitted": "提交办理结果",
    "order_reviewed": "审核通过",
    "callback_dialled": "自动回访拨出",
    "survey_answered": "市民按键评价",
    "order_closed": "工单结案",
    "transcript_ready": "转写完成",
}
"""Step names in their usual order, with what people read."""


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    at: datetime
    detail: str


@dataclass(slots=True)
class Timeline:
    """Collects steps in any order; a step happens once, the first time counts."""

    steps: dict[str, Step] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    failure: str = ""

    def happened(self, name: str, at: datetime, detail: str = "") -> None:
        if name not in STEPS:
            raise KeyError(name)
        self.steps.setdefault(name, Step(name, at, detail))

    @property
    def missing(self) -> list[str]:
        return [name for name in STEPS if name not in self.steps]

    @property
    def ok(self) -> bool:
        return not self.missing and not self.failure

    def in_order(self) -> list[Step]:
        return sorted(self.steps.values(), key=lambda step: (step.at, list(STEPS).index(step.name)))

    def as_report(self) -> dict[str, Any]:
        """The machine-readable report; `elapsed_ms` counts from the call's arrival."""
        ordered = self.in_order()
        began = ordered[0].at if ordered else None
        steps = [
            {
                "name": step.name,
                "at": step.at.isoformat(),
                "elapsed_ms": round((step.at - began).total_seconds() * 1000) if began else 0,
                "detail": step.detail,
            }
            for step in ordered
        ]
        return {"ok": self.ok, "steps": steps, "missing": self.missing, "failure": self.failure} | self.facts

    def write(self, file: Path) -> None:
        try:
            file.write_text(json.dumps(self.as_report(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        except OSError as error:
            raise Misconfigured(
                cause=f"the report {file} cannot be written ({error})", remedy="name another"
            ) from error

    def show(self, console: Console) -> None:
        table = Table(title="样例来电时间线  Timeline of the sample call", title_justify="left")
        table.add_column("步骤")
        table.add_column("step")
        table.add_column("+ms", justify="right")
        table.add_column("说明", overflow="fold")
        ordered = self.in_order()
        for step in ordered:
            elapsed = (step.at - ordered[0].at).total_seconds() * 1000
            table.add_row(STEPS[step.name], step.name, f"{elapsed:,.0f}", step.detail)
        for name in self.missing:
            table.add_row(STEPS[name], name, "—", "[red]没有发生 did not happen[/red]")
        console.print(table)
        if self.failure:
            console.print(f"[red]{self.failure}[/red]")
