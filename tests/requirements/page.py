"""The table of requirements and the tests that prove them: `python -m tests.requirements.page > docs/rules.md`.

A test says which rows it proves with `@pytest.mark.rule("XY-17", ...)`, or a whole module with `pytestmark`. The
markers are read from the source, so that the page needs neither a database nor Asterisk.
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

TESTS: Final = Path(__file__).resolve().parent.parent
CATALOGUE: Final = Path(__file__).with_name("catalogue.yaml")
PAGE: Final = TESTS.parent / "docs" / "rules.md"
SHOWN: Final = 6

LIVES: Final[Mapping[str, str]] = {
    "POLICY": "orders (rule sets)",
    "ROLE": "people, orders.guards",
    "FLOW": "orders",
    "SLA": "orders (clocks)",
    "5+5": "orders (clocks)",
    "SPECIAL": "orders (clocks)",
    "DISPATCH": "dispatching",
    "RETURN": "dispatching",
    "SIGN": "dispatching",
    "COLLAB": "dispatching",
    "OWNER": "orders, dispatching",
    "HANDLE": "handling",
    "CONTACT": "handling",
    "FIELD": "handling",
    "LEDGER": "handling, orders",
    "CALLBACK": "callbacks, handling",
    "WARN": "handling",
    "REHANDLE": "handling",
    "EXCLUDE": "handling",
    "GUARD": "orders.guards",
    "FORM": "documents",
    "NOTIFY": "outbox",
    "SUPERVISE": "oversight",
    "QC": "oversight",
    "SANCTION": "oversight",
    "INTAKE": "channels, matters",
    "PLATFORM": "channels",
    "MERGE": "transfers",
    "EMERGENCY": "transfers",
    "SEAT": "seats",
    "CALLER": "channels, numbers",
    "PRIVACY": "people, orders.privacy",
    "AUDIT": "people",
    "ACCESS": "handling",
    "KB": "knowledge, handling",
    "READING": "orders (rule sets)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One requirement. `planned` is why no test proves it yet, '' when one must."""

    id: str
    asks: str
    lives: str
    planned: str


def catalogue() -> list[Row]:
    raw: Mapping[str, Mapping[str, Any]] = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))
    return [
        Row(
            id=name,
            asks=of["asks"],
            lives=of.get("lives", LIVES.get(of["tag"], "")),
            planned=of.get("planned", ""),
        )
        for name, of in raw.items()
    ]


def _ids(expression: ast.expr) -> Iterator[str]:
    """The arguments of every `pytest.mark.rule(...)` inside."""
    for node in ast.walk(expression):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.rule":
            for argument in node.args:
                if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
                    raise TypeError(f"line {argument.lineno}: a rule's id must be a plain string")
                yield argument.value


def _marks(module: ast.Module) -> Iterator[tuple[str, str]]:
    """Requirement id and test, '' for the whole module."""
    for node in module.body:
        if isinstance(node, ast.Assign) and any(ast.unparse(target) == "pytestmark" for target in node.targets):
            yield from ((name, "") for name in _ids(node.value))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for decorator in node.decorator_list:
                yield from ((name, node.name) for name in _ids(decorator))


def proofs() -> dict[str, list[str]]:
    """Requirement id to the tests that prove it, as `tests/unit/test_x.py::test_y`."""
    found: dict[str, list[str]] = defaultdict(list)
    for file in sorted(TESTS.rglob("test_*.py")):
        place = file.relative_to(TESTS.parent).as_posix()
        for name, test in _marks(ast.parse(file.read_text(encoding="utf-8"))):
            found[name].append(f"{place}::{test}" if test else place)
    return found


def faults(rows: Sequence[Row], proved: Mapping[str, Sequence[str]]) -> list[str]:
    """What is wrong with the table: unknown ids, rows without test or reason, reasons that have been overtaken."""
    known = {row.id for row in rows}
    return [
        *(f"{name}: no such requirement ({proved[name][0]})" for name in proved if name not in known),
        *(
            f"{row.id}: no test bears it, and it is not planned"
            for row in rows
            if not (row.planned or proved.get(row.id))
        ),
        *(f"{row.id}: is proven, but still listed as planned" for row in rows if row.planned and proved.get(row.id)),
    ]


def _tests(names: Sequence[str]) -> str:
    shown = [f"`{name.removeprefix('tests/')}`" for name in names[:SHOWN]]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return "<br>".join(shown) + more


def page(rows: Sequence[Row], proved: Mapping[str, Sequence[str]]) -> str:
    done = [row for row in rows if proved.get(row.id)]
    lines = [
        "# Requirements and their proof",
        "",
        "Generated by `python -m tests.requirements.page > docs/rules.md` from the markers of the tests; CI compares.",
        "XY, SJ, JC, SG and GH are rows of the five documents, A the readings of what they leave open, B facts.",
        f"{len(done)} of {len(rows)} rows are proven by tests; the others say why not yet.",
        "",
        "| Id | What it asks | Where it lives | Proven by |",
        "|---|---|---|---|",
    ]
    for row in rows:
        proof = _tests(proved[row.id]) if proved.get(row.id) else f"*planned: {row.planned}*"
        lives = row.lives if proved.get(row.id) else ""
        lines.append(f"| {row.id} | {row.asks.replace('|', '/')} | {lives} | {proof} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page(catalogue(), proofs()))
