"""From the plain values of a rule file to a RuleSet, and what a schema cannot check."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from pydantic import ValidationError

from callcenter.orders.calendar import Hours, Length, Months, NaturalDays, WorkingDays
from callcenter.orders.policy import Policy
from callcenter.orders.rulesets import (
    Limit,
    MatrixLine,
    RuleSet,
    RuleSetBroken,
    TimerRule,
    Until,
    UpperDue,
    WindowRule,
)
from callcenter.orders.terms import Kind, RequestType

PUBLIC: Final = {"accept": "T-ACCEPT", "contact": "T-CONTACT", "callback": "T-CALLBACK", "return": "T-RETURN"}
CONSEQUENCES: Final = {"accept": "late_accept", "contact": "no_contact", "callback": "late_callback"}
"""What the first files, which named neither, mean; any other clock there is `overdue`."""


def parse_length(raw: Mapping[str, int]) -> Length:
    ((unit, count),) = raw.items()
    match unit:
        case "working_days":
            return WorkingDays(count)
        case "natural_days":
            return NaturalDays(count)
        case "months":
            return Months(count)
        case _:
            return Hours(timedelta(hours=count))


def length_raw(length: Length) -> dict[str, int]:
    """The reverse of `parse_length`; hours are whole."""
    match length:
        case WorkingDays(count):
            return {"working_days": count}
        case NaturalDays(count):
            return {"natural_days": count}
        case Months(count):
            return {"months": count}
    return {"hours": int(length.span.total_seconds() // 3600)}


def _limit(raw: Mapping[str, Any]) -> Limit:
    if "length" in raw:
        return parse_length(raw["length"])
    return UpperDue() if raw["until"] == "upper_due" else Until(raw["until"])


def _public(kind: Kind, name: str) -> str:
    match name:
        case "handle":
            return "T-HANDLE1" if kind is Kind.ORDINARY else "T-SPECIAL-L4"
        case "outer":
            return "T-SNAP" if kind is Kind.SNAPSHOT else "T-SPECIAL"
    return PUBLIC.get(name, f"T-{name.upper().replace('_', '-')}")


def _timer(kind: Kind, name: str, raw: Mapping[str, Any], caps_named: set[str]) -> TimerRule:
    caps = raw.get("cap", [])
    stops = frozenset(raw["stops"])
    outer = raw.get("outer", name in caps_named)
    return TimerRule(
        name=name,
        public=raw.get("public", _public(kind, name)),
        length=_limit(raw),
        starts=frozenset(raw["starts"]),
        stops=stops,
        resumes=frozenset(raw.get("resumes", ())),
        owed_by=raw["owed_by"],
        owed_to=raw.get("owed_to", ""),
        consequence=raw.get("consequence", CONSEQUENCES.get(name, "overdue")),
        outer=outer,
        binds=raw.get("binds", outer or "submitted" in stops),
        caps=(caps,) if isinstance(caps, str) else tuple(caps),
        buffer=parse_length(raw["buffer"]) if "buffer" in raw else None,
        classes=frozenset(raw.get("classes", ())),
        except_for=frozenset(map(RequestType, raw.get("except_for", ()))),
        unless_contacted=raw.get("unless") == "contacted",
        first_round=raw.get("first_round", False),
        follows=raw.get("follows") or "",
        from_due_of=raw.get("from_due_of", ""),
        source=raw["source"],
        reading=raw.get("reading", ""),
    )


def _window(kind: Kind, name: str, raw: Mapping[str, Any]) -> WindowRule:
    return WindowRule(
        name=name,
        public=raw.get("public", _public(kind, name)),
        length=parse_length(raw["length"]),
        cap=raw.get("cap", ""),
        starts=frozenset(raw["starts"]),
        source=raw["source"],
        reading=raw.get("reading", ""),
    )


def _line(raw: Mapping[str, Any]) -> MatrixLine:
    lengths = {name: parse_length(length) for name, length in raw.get("lengths", {}).items()}
    words = {name: raw[name] for name in ("scope_in", "scope_out", "duty", "supervise", "callback") if name in raw}
    told = tuple(raw.get("notify", ()))
    return MatrixLine(category=raw["category"], level=raw.get("level", ""), lengths=lengths, notify=told, **words)


def _check_references(ref: str, timers: Mapping[str, TimerRule], windows: Mapping[str, WindowRule]) -> None:
    named = [(name, rule.length.clock) for name, rule in timers.items() if isinstance(rule.length, Until)]
    named += [(name, other) for name, rule in timers.items() for other in (rule.follows, rule.from_due_of) if other]
    named += [(name, cap) for name, rule in timers.items() for cap in rule.caps]
    named += [(name, right.cap) for name, right in windows.items() if right.cap]
    for name, other in named:
        if other not in timers:
            raise RuleSetBroken(ruleset=ref, reason=f"{name} names the timer {other}, which is not there")
    for name, rule in timers.items():
        for cap in rule.caps:
            if not timers[cap].outer or timers[cap].caps:
                raise RuleSetBroken(
                    ruleset=ref,
                    reason=f"the cap {cap} of timer {name} must be an outer clock and have no cap itself",
                )
        before = timers.get(rule.from_due_of)
        if before is not None and (before.from_due_of or not rule.starts <= before.starts):
            raise RuleSetBroken(
                ruleset=ref,
                reason=f"the timer {name} begins when {before.name} is due: it starts with the same moves, and "
                f"{before.name} has its own beginning",
            )


def _policy(ref: str, raw: Mapping[str, Any]) -> Policy:
    """What the file leaves out has its default; `contact_attempts` is how the first files said it."""
    given = dict(raw.get("policy", {}))
    if "contact_attempts" in raw:
        given["contact"] = {"attempts": raw["contact_attempts"], **given.get("contact", {})}
    try:
        return Policy.model_validate(given)
    except ValidationError as error:
        wrong = "; ".join(f"policy.{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise RuleSetBroken(ruleset=ref, reason=wrong) from error


def _timers_of(kind: Kind, raw: Mapping[str, Any]) -> dict[str, TimerRule]:
    merged = {**raw["timers"], **raw["kinds"][kind.value].get("timers", {})}
    given = {name: rule for name, rule in merged.items() if rule is not None}
    caps = {cap for rule in given.values() for cap in _names(rule.get("cap", []))}
    return {name: _timer(kind, name, rule, caps) for name, rule in given.items()}


def _names(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def parse_ruleset(raw: Mapping[str, Any]) -> RuleSet:
    """From a mapping that the JSON Schema has accepted. Raises RuleSetBroken for what a schema cannot say."""
    ref = f"{raw['id']}/{raw['version']}"
    timers: dict[Kind, Mapping[str, TimerRule]] = {}
    windows: dict[Kind, Mapping[str, WindowRule]] = {}
    for kind in Kind:
        timers[kind] = _timers_of(kind, raw)
        rights = {**raw.get("windows", {}), **raw["kinds"][kind.value].get("windows", {})}
        windows[kind] = {name: _window(kind, name, rule) for name, rule in rights.items() if rule is not None}
        _check_references(ref, timers[kind], windows[kind])
    published = raw["document"].get("published_on")
    return RuleSet(
        id=raw["id"],
        version=raw["version"],
        document=raw["document"]["number"],
        title=raw["document"]["title"],
        published_on=date.fromisoformat(published) if published else None,
        effective_from=date.fromisoformat(raw["effective_from"]),
        effective_basis=raw.get("effective_basis", ""),
        effective_source=raw.get("effective_source", ""),
        calendar=raw["calendar"],
        extends=raw.get("extends", ""),
        policy=_policy(ref, raw),
        timers=timers,
        windows=windows,
        matrix=tuple(map(_line, raw.get("matrix", ()))),
    )


WHOLE: Final = frozenset({"length", "buffer", "most", "due", "contact_every", "ruling_due", "document"})
"""Values that are inherited or replaced as a whole."""
DATED: Final = frozenset({"effective_basis", "effective_source"})
"""What a date rests on is not inherited by another date."""


def inherited(parent: Mapping[str, Any], child: Mapping[str, Any]) -> dict[str, Any]:
    """The child's values over the parent's, part by part; what the child sets to null it does not have (SJ-18)."""
    merged = dict(parent)
    if "effective_from" in child:
        merged = {name: value for name, value in merged.items() if name not in DATED}
    for name, value in child.items():
        mine = merged.get(name)
        part = isinstance(mine, Mapping) and isinstance(value, Mapping) and name not in WHOLE
        merged[name] = inherited(dict(mine or {}), value) if part else value
    return merged
