"""The figures as a table for people and as JSON for machines, with the machine they were had on."""

import asyncio
import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from callcenter.bench.figures import Figure
from callcenter.pbx.host import AsteriskInstall
from callcenter.store.cluster import programs

_MET: Final = {True: "[green]✓[/green]", False: "[red]✗[/red]", None: ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """`load` is the run queue of the last minute, when the measures began and when they ended."""

    cores: int
    processor: str
    python: str
    asterisk: str
    postgres: str
    load: tuple[float, float]

    def line(self) -> str:
        began, ended = self.load
        return (
            f"{self.cores} × {self.processor} · Python {self.python} · Asterisk {self.asterisk} · "
            f"PostgreSQL {self.postgres} · load {began:.1f} → {ended:.1f}"
        )


async def machine(install: AsteriskInstall, began: float) -> Machine:
    asked = await asyncio.create_subprocess_exec(
        str(programs() / "postgres"), "--version", stdout=asyncio.subprocess.PIPE
    )
    postgres, _ = await asked.communicate()
    return Machine(
        cores=len(os.sched_getaffinity(0)),
        processor=await asyncio.to_thread(_processor),
        python=platform.python_version(),
        asterisk=".".join(map(str, install.version)),
        postgres=postgres.decode().strip().removeprefix("postgres (PostgreSQL) "),
        load=(began, os.getloadavg()[0]),
    )


def show(console: Console, figures: Sequence[Figure], on: Machine) -> None:
    table = Table(title="性能 performance", caption=on.line())
    for heading in ("测量 measure", "数值 figure", "结果 value", "目标 aim", ""):
        table.add_column(heading, overflow="fold")
    before = ""
    for figure in figures:
        if before and before != figure.measure:
            table.add_section()
        shown = "" if figure.measure == before else figure.measure
        table.add_row(shown, figure.name, figure.value, figure.aim, _MET[figure.met])
        before = figure.measure
    console.print(table)


def write(file: Path, figures: Sequence[Figure], on: Machine) -> None:
    told = {"machine": asdict(on), "figures": [asdict(figure) for figure in figures]}
    file.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def missed(figures: Sequence[Figure]) -> list[Figure]:
    return [figure for figure in figures if figure.met is False]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()
