"""Rule sets as values: which clocks an order has, when they start and stop, and how long they run (XY-01, A3.8)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from pydantic import ValidationError

from callcenter.core import errors
from callcenter.orders.calendar import Hours, Length, Months, NaturalDays, WorkingDays
from callcenter.orders.policy import Policy
from callcenter.orders.terms import Kind, RequestType

Owing = Literal["unit", "centre"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerRule:
    """A duty. The sets hold move kinds (`lifecycle.Move.kind`); `cap` names the timer it never outlasts; `reading` is
    the ambiguity (requirements A4) that the value interprets, '' when the regulation itself says it."""

    name: str
    length: Length
    starts: frozenset[str]
    stops: frozenset[str]
    resumes: frozenset[str]
    owed_by: Owing
    cap: str | None
    except_for: frozenset[RequestType]
    source: str
    reading: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRule:
    """A right that lapses, such as returning an order (XY-17)."""

    name: str
    length: Length
    starts: frozenset[str]
    source: str
    reading: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    id: str
    version: int
    document: str
    title: str
    effective_from: date
    calendar: str
    policy: Policy
    timers: Mapping[Kind, Mapping[str, TimerRule]]
    windows: Mapping[Kind, Mapping[str, WindowRule]]

    @property
    def contact_attempts(self) -> int:
        """XY-08: so many fruitless attempts fulfil the first contact."""
        return self.policy.contact.attempts

    @property
    def ref(self) -> str:
        """How events and screens name it: `xiayang-2022/1`."""
        return f"{self.id}/{self.version}"


class NoSuchRuleSet(errors.Misconfigured):
    code = "no-such-ruleset"
    zh = "没有规则集 {ruleset}；现有：{known}"
    en = "there is no rule set {ruleset}; known: {known}"


class RuleSetBroken(errors.Misconfigured):
    code = "ruleset-broken"
    zh = "规则集 {ruleset} 有误：{reason}；处理办法：改正规则文件后运行 callcenter check"
    en = "rule set {ruleset} is not sound: {reason}. Remedy: correct its file, then run callcenter check"


class RuleBook:
    """All versions of all rule sets."""

    def __init__(self, rulesets: Iterable[RuleSet]) -> None:
        self._all: dict[tuple[str, int], RuleSet] = {}
        for ruleset in rulesets:
            key = (ruleset.id, ruleset.version)
            if key in self._all:
                raise RuleSetBroken(ruleset=ruleset.ref, reason="this version exists twice")
            self._all[key] = ruleset

    def get(self, ruleset: str, version: int) -> RuleSet:
        """Raises NoSuchRuleSet."""
        try:
            return self._all[ruleset, version]
        except KeyError:
            raise NoSuchRuleSet(ruleset=f"{ruleset}/{version}", known=self._known()) from None

    def current(self, ruleset: str, on: date) -> RuleSet:
        """The newest version in force on that day. Raises NoSuchRuleSet."""
        versions = [r for (name, _), r in self._all.items() if name == ruleset and r.effective_from <= on]
        if not versions:
            raise NoSuchRuleSet(ruleset=f"{ruleset} ({on})", known=self._known())
        return max(versions, key=lambda r: r.version)

    def _known(self) -> str:
        return ", ".join(sorted(r.ref for r in self._all.values()))


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


def _timer(name: str, raw: Mapping[str, Any]) -> TimerRule:
    return TimerRule(
        name=name,
        length=parse_length(raw["length"]),
        starts=frozenset(raw["starts"]),
        stops=frozenset(raw["stops"]),
        resumes=frozenset(raw.get("resumes", ())),
        owed_by=raw["owed_by"],
        cap=raw.get("cap"),
        except_for=frozenset(map(RequestType, raw.get("except_for", ()))),
        source=raw["source"],
        reading=raw.get("reading", ""),
    )


def _window(name: str, raw: Mapping[str, Any]) -> WindowRule:
    return WindowRule(
        name=name,
        length=parse_length(raw["length"]),
        starts=frozenset(raw["starts"]),
        source=raw["source"],
        reading=raw.get("reading", ""),
    )


def _check_caps(ref: str, timers: Mapping[str, TimerRule]) -> None:
    for timer in timers.values():
        cap = timers.get(timer.cap) if timer.cap else timer
        if cap is None:
            raise RuleSetBroken(ruleset=ref, reason=f"timer {timer.name} is capped by {timer.cap}, which is not there")
        if not timer.starts <= cap.starts or (cap is not timer and cap.cap):
            raise RuleSetBroken(
                ruleset=ref,
                reason=f"the cap {cap.name} of timer {timer.name} must start with it and have no cap itself",
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


def parse_ruleset(raw: Mapping[str, Any]) -> RuleSet:
    """From a mapping that the JSON Schema has accepted. Raises RuleSetBroken for what a schema cannot say."""
    ref = f"{raw['id']}/{raw['version']}"
    timers: dict[Kind, Mapping[str, TimerRule]] = {}
    windows: dict[Kind, Mapping[str, WindowRule]] = {}
    for kind in Kind:
        own = raw["kinds"][kind.value]
        merged = {**raw["timers"], **own.get("timers", {})}
        timers[kind] = {name: _timer(name, rule) for name, rule in merged.items()}
        rights = {**raw.get("windows", {}), **own.get("windows", {})}
        windows[kind] = {name: _window(name, rule) for name, rule in rights.items()}
        _check_caps(ref, timers[kind])
    return RuleSet(
        id=raw["id"],
        version=raw["version"],
        document=raw["document"]["number"],
        title=raw["document"]["title"],
        effective_from=date.fromisoformat(raw["effective_from"]),
        calendar=raw["calendar"],
        policy=_policy(ref, raw),
        timers=timers,
        windows=windows,
    )
