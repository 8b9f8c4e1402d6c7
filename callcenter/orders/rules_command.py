"""`callcenter rules`: the rule sets, one of them, and what changes for whom between two."""

from math import inf
from typing import Any

import yaml
from rich.console import Console
from rich.table import Table

from callcenter.orders.clock_names import BASES, OWING, clock_name, start_words
from callcenter.orders.clock_views import DifferenceList, RuleSetList, RuleSetView, RuleView
from callcenter.orders.terms import KIND_NAMES, Kind


def print_rulesets(console: Console, rules: RuleSetList) -> None:
    table = Table(title="规则集 Rule sets", title_justify="left")
    table.add_column("规则集 Set", no_wrap=True)
    for heading in ("名称 Title", "自 From", "继承 Extends", "状态 State"):
        table.add_column(heading, overflow="fold")
    for one in rules.items:
        state = "采用 chosen" if one.chosen else "有效 in force" if one.in_force else "旧版 superseded"
        basis = " ".join(BASES[one.effective_basis])
        table.add_row(one.ref, one.title, f"{one.effective_from}\n{basis}", one.extends, state)
    console.print(table)


def _begins(rule: RuleView) -> str:
    return f"{clock_name(rule.from_due_of)[0]}到期" if rule.from_due_of else start_words(rule.starts)[0]


def print_ruleset(console: Console, one: RuleSetView) -> None:
    """Clocks by kind with an example, then the other values with their reading."""
    console.print(f"{one.ref} {one.title} {one.document}")
    basis_zh, basis_en = BASES[one.effective_basis]
    source = f"：{one.effective_source}" if one.effective_source else ""
    console.print(f"自 {one.effective_from} 起施行 in force from（{basis_zh} {basis_en}{source}）", highlight=False)
    for kind in Kind:
        table = Table(title=" ".join(KIND_NAMES[kind]), title_justify="left")
        for heading in ("时限 Timer", "时长 Length", "责任方 Owed by", "起 Starts", "例 Example", "依据 Source"):
            table.add_column(heading, overflow="fold")
        for rule in (rule for rule in one.rules if rule.kind == kind):
            table.add_row(
                f"{rule.public} {clock_name(rule.name)[0]}",
                f"{rule.length_zh} / {rule.length_en}",
                OWING[rule.owed_by][0],
                _begins(rule),
                str(rule.example_day or "-"),
                " ".join(filter(None, (rule.source, rule.reading))),
            )
        console.print(table)
    for value in one.policy:
        mark = " 默认 default" if value.default else ""
        said = f"{value.name_zh} {value.path} = {as_written(value.value)} {value.reading}{mark}"
        console.print(said.rstrip(), highlight=False, markup=False)


def as_written(value: Any) -> str:
    """In one line, as it stands in the file: YAML, without what is not given."""
    written = yaml.safe_dump(_given(value), default_flow_style=True, allow_unicode=True, sort_keys=False, width=inf)
    return str(written).removesuffix("\n").removesuffix("\n...")


def _given(value: Any) -> Any:
    match value:
        case dict():
            return {name: _given(part) for name, part in value.items() if part not in (None, "")}
        case list() | tuple():
            return [_given(part) for part in value]
        case _:
            return value


def print_differences(console: Console, found: DifferenceList) -> None:
    """One line a change, Chinese then English, with the due days of the example dispatch days."""
    console.print(f"{found.before} → {found.after}")
    if not found.items:
        console.print("没有差别 nothing differs")
    for one in found.items:
        console.print(f"• {one.zh}", highlight=False, markup=False)
        console.print(f"  {one.en}", highlight=False, markup=False)
        for example in one.examples:
            before, after = example.before or "-", example.after or "-"
            console.print(f"    {example.dispatched} 派单 dispatched: {before} → {after}", highlight=False)
