"""Every gate and every group of tests, each a named step with its time: `./hotline test [GROUP...] [options]`."""

import asyncio
import os
import shlex
import sys
import time
import tomllib
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
BIN: Final = Path(sys.executable).parent
GROUPS: Final = ("unit", "rooms", "faults", "scenarios", "browser")
WORKERS: Final = {"unit": 2, "rooms": 2, "faults": 2, "scenarios": 3, "browser": 2}
"""So many share a group, each with a PostgreSQL of its own; the tests of one file stay together. Scenarios mostly wait
for what telephones say."""
PURE: Final = "Pure modules"
"""Begins the name of the import contract whose modules need every branch tested."""
SHOWN: Final = 60
"""Lines of a failed gate; pytest is always shown in full."""


@dataclass(frozen=True, slots=True)
class Step:
    """`shown` steps write to the terminal as they go; the others only when they fail."""

    name: str
    command: tuple[str, ...]
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    step: Step
    status: int
    seconds: float
    last: str


def tool(name: str) -> str:
    """The program beside this Python, else the one on the PATH."""
    return str(BIN / name) if (BIN / name).exists() else name


def files(*patterns: str) -> tuple[str, ...]:
    found = {str(path.relative_to(ROOT)) for pattern in patterns for path in ROOT.glob(pattern)}
    return tuple(sorted(found))


def gates() -> list[Step]:
    python = sys.executable
    steps = [
        Step("ruff check", (tool("ruff"), "check", ".")),
        Step("ruff format", (tool("ruff"), "format", "--check", ".")),
        Step("mypy", (tool("mypy"),)),
        Step("import contracts", (tool("lint-imports"),)),
        Step("shellcheck", ("shellcheck", "-x", "hotline", ".ci/run", *files("docker/*.sh"))),
        Step(
            "yamllint",
            (tool("yamllint"), "--strict", *files("docker", "ivr", "tests/rules", "tests/requirements", "callcenter")),
        ),
        Step("hadolint", (tool("hadolint"), *files("docker/*.Dockerfile"))),
        Step("prometheus configuration", ("promtool", "check", "config", "docker/prometheus/prometheus.yml")),
        Step("prometheus rules", ("promtool", "test", "rules", *files("tests/rules/*.yaml"))),
    ]
    if (ROOT / "callcenter" / "__main__.py").exists():
        steps.append(Step("flows and rule sets", (python, "-m", "callcenter", "check")))
    return steps


def pure_modules() -> list[str]:
    """The one list of them is that of the import contract."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    return next(list(found["source_modules"]) for found in contracts if found["name"].startswith(PURE))


def groups(names: Iterable[str], options: Sequence[str]) -> Iterator[Step]:
    """With options only some tests may run, which says nothing of the branches."""
    for name in names:
        more: tuple[str, ...] = ("-n", str(WORKERS[name]), "--dist", "loadfile") if name in WORKERS else ()
        measured = name == "unit" and not options
        if measured:
            more += (*(f"--cov={module}" for module in pure_modules()), "--cov-branch", "--cov-report=")
        yield Step(name, (sys.executable, "-m", "pytest", "--color=auto", f"tests/{name}", *more, *options), shown=True)
        if measured:
            report = ("report", "--fail-under=100", "--skip-covered", "--show-missing")
            yield Step("branch coverage of pure modules", (sys.executable, "-m", "coverage", *report))


async def run(step: Step, patience: asyncio.Semaphore) -> Outcome:
    async with patience:
        began = time.monotonic()
        try:
            process = await asyncio.create_subprocess_exec(
                *step.command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
            )
        except FileNotFoundError:
            print(f"✗ {step.name}: {step.command[0]} is not installed. Remedy: ./hotline test", flush=True)
            return Outcome(step, 127, 0.0, "not installed")
        lines = [line async for line in follow(process, step.shown)]
        status = await process.wait()
    seconds = time.monotonic() - began
    print(f"{'✓' if status == 0 else '✗'} {step.name}  {seconds:.1f}s", flush=True)
    if status and not step.shown:
        print("\n".join(f"    {line}" for line in lines[-SHOWN:]))
        print(f"  again: {shlex.join(step.command)}", flush=True)
    return Outcome(step, status, seconds, next((line for line in reversed(lines) if line.strip()), ""))


async def follow(process: asyncio.subprocess.Process, shown: bool) -> AsyncIterator[str]:
    assert process.stdout is not None
    async for raw in process.stdout:
        line = raw.decode(errors="replace").rstrip("\n")
        if shown:
            print(line, flush=True)
        yield line


async def run_all(words: Sequence[str]) -> list[Outcome]:
    names = [word for word in words if word in (*GROUPS, "gates")]
    options = [word for word in words if word not in names]
    if any(word.startswith("tests/") for word in options):  # files were named: just those
        return [await run(Step("pytest", (sys.executable, "-m", "pytest", *options), shown=True), asyncio.Semaphore(1))]
    outcomes: list[Outcome] = []
    if "gates" in names or not words:
        two = asyncio.Semaphore(min(os.cpu_count() or 1, 2))
        print("— gates —", flush=True)
        outcomes += await asyncio.gather(*(run(step, two) for step in gates()))
    chosen = [name for name in GROUPS if name in names] or ([] if "gates" in names else list(GROUPS))
    for step in groups(chosen, options):
        print(f"\n— {step.name} —", flush=True)
        outcomes.append(await run(step, asyncio.Semaphore(1)))
    return outcomes


def failed(outcome: Outcome, options: Sequence[str]) -> bool:
    """pytest's 5 means that nothing was chosen: right when only some tests were asked for."""
    return outcome.status != 0 and not (outcome.step.shown and outcome.status == 5 and options)


def main(words: Sequence[str]) -> int:
    began = time.monotonic()
    outcomes = asyncio.run(run_all(words))
    options = [word for word in words if word not in (*GROUPS, "gates")]
    bad = [outcome for outcome in outcomes if failed(outcome, options)]
    print(f"\n— {len(outcomes)} steps, {time.monotonic() - began:.0f}s —")
    for outcome in outcomes:
        mark = "✗" if outcome in bad else "✓"
        print(f"{mark} {outcome.step.name:<32}{outcome.seconds:7.1f}s  {outcome.last if outcome.step.shown else ''}")
    if bad:
        print(f"\nfailed: {', '.join(outcome.step.name for outcome in bad)}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
