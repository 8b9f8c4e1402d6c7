"""What changes for whom from one rule set to another: in words, by kind, with example dates. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final, Literal

from callcenter.orders.calendar import WorkingCalendar, last_day
from callcenter.orders.clock_names import OWING, clock_name, start_words
from callcenter.orders.due_sheet import Reckoned, reckon
from callcenter.orders.explain import length_text
from callcenter.orders.policy_names import policy_name
from callcenter.orders.rulesets import MatrixLine, RuleSet
from callcenter.orders.terms import KIND_NAMES, URGENCY_NAMES, Kind, RequestType, Urgency
from callcenter.orders.timers import Facts

EXAMPLES: Final = (date(2026, 3, 4), date(2026, 2, 13), date(2026, 9, 30))
"""An ordinary week, the eve of the Spring Festival, the eve of the National Day (requirements A5)."""
TEN: Final = time(10)

Change = Literal["added", "removed", "earlier", "later", "changed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Due days of one dispatch day; None where the rule set has no such clock."""

    dispatched: date
    before: date | None
    after: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """`kind` is None for a value that is no clock; `what` the clock's public name or the value's path."""

    kind: Kind | None
    what: str
    change: Change
    zh: str
    en: str
    examples: tuple[Example, ...] = ()


def _words(clock: Reckoned) -> tuple[str, str]:
    zh, en = length_text(clock.length) if clock.length else ("指定期限", "a given date")
    return zh, en


def _change(examples: tuple[Example, ...]) -> Change | None:
    moved = {(e.after > e.before) - (e.after < e.before) for e in examples if e.before and e.after}
    if moved == {0}:
        return None
    if moved <= {0, 1}:
        return "later"
    return "earlier" if moved <= {0, -1} else "changed"


def _sheets(ruleset: RuleSet, kind: Kind, calendar: WorkingCalendar) -> list[Mapping[str, Reckoned]]:
    facts = Facts(kind=kind, request=RequestType.COMPLAINT)
    starts = [datetime.combine(day, TEN, calendar.zone) for day in EXAMPLES]
    return [reckon(ruleset, facts, start, calendar).timers for start in starts]


def _day(clock: Reckoned | None, calendar: WorkingCalendar) -> date | None:
    return last_day(clock.due_at, calendar) if clock else None


VERBS: Final[Mapping[str, tuple[str, str]]] = {
    "earlier": ("提前", "is due earlier"),
    "later": ("推后", "is due later"),
    "changed": ("有变", "is due on other days"),
}


def _begins(clock: Reckoned) -> tuple[str, str]:
    if clock.from_due_of:
        zh, en = clock_name(clock.from_due_of)
        return f"{zh}到期", f"the end of {en}"
    return start_words(clock.start_events)


def _clock(
    kind: Kind, one: Reckoned, old: Reckoned | None, new: Reckoned | None, examples: tuple[Example, ...]
) -> Difference | None:
    who_zh, who_en = OWING[one.owed_by]
    public = one.public
    name_zh, name_en = clock_name(one.name)
    head_zh, head_en = (
        f"{KIND_NAMES[kind][0]}工单：{who_zh}的{name_zh}（{public}）",
        f"{KIND_NAMES[kind][1]} orders: {who_en}'s {name_en} ({public})",
    )
    if old is None or new is None:
        change: Change = "removed" if new is None else "added"
        zh, en = _words(one)
        said = ("不再要求", "is not owed any more") if new is None else (f"新增，{zh}", f"is new, {en}")
        return Difference(
            kind=kind,
            what=public,
            change=change,
            zh=f"{head_zh}{said[0]}",
            en=f"{head_en} {said[1]}",
            examples=examples,
        )
    moved = _change(examples)
    who_changed = old.owed_by != new.owed_by
    whom_changed = bool(old.owed_to and new.owed_to) and old.owed_to != new.owed_to  # '' does not say
    begins = None if _begins(old) == _begins(new) else (_begins(old), _begins(new))
    if moved is None and not (who_changed or whom_changed or begins):
        return None
    zh, en = head_zh, head_en
    if moved is not None:
        before, after = _words(old), _words(new)
        zh, en = f"{zh}{VERBS[moved][0]}：{before[0]}→{after[0]}", f"{en} {VERBS[moved][1]}: {before[1]} → {after[1]}"
    if begins:
        was, now = begins
        zh, en = f"{zh}；起算由{was[0]}改为{now[0]}", f"{en}; it begins with {now[1]} instead of {was[1]}"
    if who_changed:
        zh, en = (
            f"{zh}；责任方由{OWING[old.owed_by][0]}改为{who_zh}",
            f"{en}; owed by {who_en} instead of {OWING[old.owed_by][1]}",
        )
    if whom_changed:
        before, after = OWING[old.owed_to], OWING[new.owed_to]
        zh, en = f"{zh}；对象由{before[0]}改为{after[0]}", f"{en}; owed to {after[1]} instead of {before[1]}"
    return Difference(kind=kind, what=public, change=moved or "changed", zh=zh, en=en, examples=examples)


def _clocks(a: RuleSet, b: RuleSet, kind: Kind, calendar: WorkingCalendar) -> Iterator[Difference]:
    before, after = _sheets(a, kind, calendar), _sheets(b, kind, calendar)
    for public in dict.fromkeys((*before[0], *after[0])):
        examples = tuple(
            Example(dispatched=day, before=_day(was.get(public), calendar), after=_day(will.get(public), calendar))
            for day, was, will in zip(EXAMPLES, before, after, strict=True)
        )
        old, new = before[0].get(public), after[0].get(public)
        found = _clock(kind, after[0].get(public) or before[0][public], old, new, examples)
        if found:
            yield found


def flat(value: Any, path: str = "") -> dict[str, Any]:
    """Nested mappings as one, by dotted path; lists stay whole."""
    if not isinstance(value, Mapping):
        return {path: value}
    found: dict[str, Any] = {}
    for name, part in value.items():
        found |= flat(part, f"{path}.{name}" if path else name)
    return found


def _policies(a: RuleSet, b: RuleSet) -> Iterator[Difference]:
    before, after = flat(a.policy.model_dump(mode="json")), flat(b.policy.model_dump(mode="json"))
    for path in dict.fromkeys((*before, *after)):
        old, new = before.get(path), after.get(path)
        if old != new and not path.endswith("reading"):
            yield Difference(
                kind=None,
                what=path,
                change="changed",
                zh=f"{policy_name(path)[0]}：{_said(old, 'zh')}→{_said(new, 'zh')}",
                en=f"{policy_name(path)[1]}: {_said(old, 'en')} → {_said(new, 'en')}",
            )


PARTS: Final[Mapping[str, tuple[str, str]]] = {
    "scope_in": ("范围", "scope"),
    "scope_out": ("不含", "not"),
    "duty": ("责任", "responsible"),
    "supervise": ("督办", "supervision"),
    "callback": ("回访", "call-back"),
    "notify": ("知会", "told"),
}


NONE: Final = ("-", "-")


def _parts(line: MatrixLine | None) -> dict[tuple[str, str], tuple[str, str]]:
    """What a line of the matrix says, each part by its names."""
    if line is None:
        return {}
    said = {clock_name(name): length_text(length) for name, length in line.lengths.items()}
    for name, names in PARTS.items():
        value = getattr(line, name)
        if value:
            words = ", ".join(value) if isinstance(value, tuple) else str(value)
            said[names] = (words, words)
    return said


def _matrix(a: RuleSet, b: RuleSet) -> Iterator[Difference]:
    """JC-21: by category and level."""
    before, after = ({(one.category, one.level): one for one in ruleset.matrix} for ruleset in (a, b))
    for place in dict.fromkeys((*before, *after)):
        old, new = _parts(before.get(place)), _parts(after.get(place))
        moved = [name for name in dict.fromkeys((*old, *new)) if old.get(name) != new.get(name)]
        if not moved and (place in before) == (place in after):
            continue
        category, level = place
        levels = URGENCY_NAMES[Urgency(level)] if level else ("各级", "any level")
        zh, en = (
            joint.join(f"{name[at]} {old.get(name, NONE)[at]}→{new.get(name, NONE)[at]}" for name in moved)
            for at, joint in enumerate(("；", "; "))
        )
        yield Difference(
            kind=None,
            what=f"matrix.{category}.{level or '*'}",
            change="changed" if place in before and place in after else "added" if place in after else "removed",
            zh=f"分级分类标准·{category}·{levels[0]}：{zh}",
            en=f"standard for {category}, {levels[1]}: {en}",
        )


def _said(value: Any, language: Literal["zh", "en"]) -> str:
    if isinstance(value, bool):
        return {"zh": ("否", "是"), "en": ("no", "yes")}[language][value]
    if isinstance(value, list):
        return f"[{', '.join(_said(part, language) for part in value)}]"
    if isinstance(value, dict):
        return " ".join(
            f"{name}={_said(part, language)}"
            for name, part in value.items()
            if part not in (None, "") and name != "reading"
        )
    return "-" if value is None else str(value)


def differences(a: RuleSet, b: RuleSet, calendar: WorkingCalendar) -> list[Difference]:
    """From `a` to `b`, clocks by kind first. Raises CalendarMissing."""
    found = [one for kind in Kind for one in _clocks(a, b, kind, calendar)]
    return [*found, *_policies(a, b), *_matrix(a, b)]
