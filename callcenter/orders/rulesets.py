"""Rule sets as values: which clocks an order has, when they start and stop, and how long they run (XY-01, A3.8)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from callcenter.core import errors
from callcenter.orders.calendar import Length
from callcenter.orders.policy import Policy
from callcenter.orders.terms import Kind, RequestType

Owing = Literal["unit", "centre", "street", "district", "city"]
"""Who owes a duty: the unit that handles the order, the centre that answers for it, or the centre of a level above."""

LEVELS: Final[Mapping[Owing, int]] = {"city": 1, "district": 2, "street": 3}


@dataclass(frozen=True, slots=True)
class UpperDue:
    """Not a length but the date that an upper platform gave: kept as it came (JC-17)."""


@dataclass(frozen=True, slots=True)
class Until:
    """Until another clock of the order is due, such as the quality window before the superior date (SJ-19)."""

    clock: str


Limit = Length | UpperDue | Until

Basis = Literal["enacted", "published", "assumed", "city", ""]
"""What the first day in force rests on: the document says it; the document's own date, for it names no other; nothing
that is written; the city's setting `orders.effective_from`; '' in the first files, which do not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerRule:
    """A duty.

    `starts`, `stops`, `resumes` hold kinds of moves, or the start events of `starting` (XY-50). An `outer` clock starts
    once a round and is never moved by a re-dispatch (A-05). `caps` name the outer clocks it never outlasts, `buffer` is
    left between (A-02). `binds`: it counts for the effective due of the handling. `public` is its name in requirements
    A3.1, `consequence` what a breach is counted as, `reading` the ambiguity (A4) that the value interprets, '' when the
    regulation itself says it. `classes` empty: every class (SJ-17). `unless_contacted`: not started again for a citizen
    who has been contacted (A-11). `first_round`: only before any warning. `from_due_of`: set together with that clock,
    it begins when that one is due (5+5, XY-32). `follows`: begins with its own start, and is only reckoned in advance
    from where that clock ends.
    """

    name: str
    public: str
    length: Limit
    starts: frozenset[str]
    stops: frozenset[str]
    resumes: frozenset[str]
    owed_by: Owing
    owed_to: str
    consequence: str
    outer: bool
    binds: bool
    caps: tuple[str, ...]
    buffer: Length | None
    classes: frozenset[str]
    except_for: frozenset[RequestType]
    unless_contacted: bool
    first_round: bool
    follows: str
    from_due_of: str
    source: str
    reading: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRule:
    """A right that lapses, such as returning an order (XY-17), and never outlasts the clock `cap` (A-21)."""

    name: str
    public: str
    length: Length
    cap: str
    starts: frozenset[str]
    source: str
    reading: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixLine:
    """JC-21: what holds for a category (its beginning) at a level ('' any); the first line that fits is used. `lengths`
    replace those of the named timers; `duty` says who is responsible, `scope_in` and `scope_out` what belongs here;
    `notify` names the roles, at the unit and at its centre, that hear of each dispatch (GH-14)."""

    category: str
    level: str
    lengths: Mapping[str, Length] = field(default_factory=dict)
    scope_in: str = ""
    scope_out: str = ""
    duty: str = ""
    supervise: str = ""
    callback: str = ""
    notify: tuple[str, ...] = ()

    def fits(self, category: str, level: str) -> bool:
        return category.startswith(self.category) and self.level in {"", level}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    id: str
    version: int
    document: str
    title: str
    published_on: date | None
    effective_from: date
    effective_basis: Basis = ""
    effective_source: str = ""
    calendar: str
    extends: str
    policy: Policy
    timers: Mapping[Kind, Mapping[str, TimerRule]]
    windows: Mapping[Kind, Mapping[str, WindowRule]]
    matrix: tuple[MatrixLine, ...] = ()

    @property
    def contact_attempts(self) -> int:
        """XY-08: so many fruitless attempts fulfil the first contact."""
        return self.policy.contact.attempts

    @property
    def ref(self) -> str:
        """How events and screens name it: `xiayang-2022/1`."""
        return f"{self.id}/{self.version}"

    def line_for(self, category: str, level: str) -> MatrixLine | None:
        return next((line for line in self.matrix if line.fits(category, level)), None)

    def class_of(self, request: RequestType, *, difficult: bool) -> str:
        """SJ-17, A-08: the first class whose conditions hold; '' where the rule set knows none."""
        for one in self.policy.classes:
            if (difficult or not one.difficult) and (not one.requests or request in one.requests):
                return one.name
        return ""

    def class_label(self, request: RequestType, *, difficult: bool) -> str:
        """The tenant's words for the order's class, such as `C 疑难`; '' where the rule set knows none."""
        name = self.class_of(request, difficult=difficult)
        return next((f"{one.name} {one.label}" for one in self.policy.classes if one.name == name), "")


class NoSuchRuleSet(errors.Misconfigured):
    code = "no-such-ruleset"
    zh = "没有规则集 {ruleset}；现有：{known}"
    en = "there is no rule set {ruleset}; known: {known}"


class RuleSetNotYet(NoSuchRuleSet):
    code = "ruleset-not-yet"
    zh = "规则集 {ruleset} 在 {day} 尚未施行，最早自 {first} 起；处理办法：指定版本（如 {ruleset}/1）或另选日期"
    en = (
        "rule set {ruleset} is not in force on {day}, but from {first}. Remedy: name a version ({ruleset}/1) or "
        "another day"
    )


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
        """The newest version in force on that day. Raises NoSuchRuleSet, RuleSetNotYet."""
        of_it = [r for (name, _), r in self._all.items() if name == ruleset]
        if not of_it:
            raise NoSuchRuleSet(ruleset=ruleset, known=self._known())
        versions = [r for r in of_it if r.effective_from <= on]
        if not versions:
            raise RuleSetNotYet(ruleset=ruleset, day=on, first=min(r.effective_from for r in of_it))
        return max(versions, key=lambda r: r.version)

    def named(self, ref: str, on: date) -> RuleSet:
        """From `xiayang-2022/1`, or `xiayang-2022` for the version in force on a day. Raises NoSuchRuleSet."""
        ruleset, slash, version = ref.partition("/")
        if not slash:
            return self.current(ruleset, on)
        return self.get(ruleset, int(version) if version.isascii() and version.isdigit() else 0)

    def all(self) -> list[RuleSet]:
        """By id and version."""
        return [self._all[key] for key in sorted(self._all)]

    def _known(self) -> str:
        return ", ".join(sorted(r.ref for r in self._all.values()))
