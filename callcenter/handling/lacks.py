"""What still stands between an order and its submission: each duty of the documents as one line of a table. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from callcenter.core.errors import Refused
from callcenter.orders.policy import Policy
from callcenter.orders.terms import RequestType, ResultType, Solvability


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of one submission. `reachable`: the citizen left a number; `contacts` are
    those in which the citizen was reached; `told` that one of them
    brought the result; `repeats` how often the matter was raised. Papers are named by kind with how many there are in
    this round (`papers`) and in all rounds (`ever`); `stances` tells that an explanation records how it was taken."""

    request: RequestType
    round_no: int
    solvability: Solvability
    result: ResultType
    by_owner: bool = True
    reachable: bool = True
    contacts: int = 0
    told: bool = False
    papers: Mapping[str, int] = field(default_factory=dict)
    ever: Mapping[str, int] = field(default_factory=dict)
    open_tasks: int = 0
    milestones: int = 0
    repeats: int = 1
    departed: bool = False
    reasonableness: str = "reasonable"
    head_named: bool = False
    head_confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """`blocks`: the submission is refused; else it is only told (SG-15)."""

    code: str
    rule: str
    zh: str
    en: str
    blocks: bool = True


def _visit(f: Facts, p: Policy) -> bool:
    return f.request not in p.site_visit.exempt and not (f.ever.get("site_visit") or f.ever.get("exemption"))


def _explained(f: Facts) -> bool:
    return bool(f.ever.get("explanation") or f.ever.get("face_to_face"))


def _head_round(f: Facts, p: Policy) -> bool:
    return f.round_no >= max(2, p.rehandle.head_from_round)


def _meeting(f: Facts, p: Policy) -> bool:
    return f.reachable and (f.repeats >= max(2, p.supervise.auto.repeat_calls) or f.solvability is Solvability.HARD_NOW)


_TABLE: Final[Mapping[Lack, Callable[[Facts, Policy], bool]]] = {
    Lack(
        code="owner",
        rule="SJ-13",
        zh="由专人（承办人）提交，或先办理交接",
        en="the case owner submits, or hands over first",
    ): lambda f, p: p.dedicated_owner and not f.by_owner,
    Lack(
        code="told", rule="JC-25", zh="将办理结果告知诉求人并登记", en="tell the citizen the result, and record it"
    ): lambda f, _: f.reachable and not f.told,
    Lack(
        code="contacts",
        rule="SG-15",
        zh="与诉求人的联系少于规定次数",
        en="fewer contacts with the citizen than usual",
        blocks=False,
    ): lambda f, p: f.reachable and f.contacts < p.contacts_min,
    Lack(
        code="site_visit",
        rule="XY-36",
        zh="登记现场核实，或说明免于现场核实的原因",
        en="record a site visit, or why none",
    ): _visit,
    Lack(
        code="tasks", rule="SG-02", zh="完成全部子任务，或说明原因后免办", en="finish every sub-task, or waive it"
    ): lambda f, _: f.open_tasks > 0,
    Lack(
        code="coordination", rule="XY-04", zh="登记协办单位与协调记录", en="record co-handlers and the coordination"
    ): lambda f, _: f.solvability is Solvability.COORDINATE and not f.ever.get("coordination"),
    Lack(
        code="plan", rule="XY-04", zh="提交工作方案及阶段节点", en="give a work plan with dated milestones"
    ): lambda f, _: f.solvability is Solvability.HARD_NOW and not (f.ever.get("work_plan") and f.milestones),
    Lack(
        code="explanation",
        rule="XY-37",
        zh="登记解释说明及诉求人态度",
        en="record the explanation and how it was taken",
    ): lambda f, _: (f.result is ResultType.EXPLAINED or f.solvability is Solvability.HARD_NOW) and not _explained(f),
    Lack(
        code="remaining", rule="SJ-04", zh="列出剩余工作的阶段节点", en="name the milestones of the remaining work"
    ): lambda f, _: f.result is ResultType.PARTLY and not f.milestones,
    Lack(
        code="face_to_face", rule="SJ-16", zh="面对面沟通并登记", en="meet the citizen face to face, and record it"
    ): lambda f, p: _meeting(f, p) and not f.ever.get("face_to_face"),
    Lack(
        code="departure",
        rule="GH-21",
        zh="“暂难解决”须说明理由、依据并经第二人确认",
        en="“not solvable now” needs reason, evidence and a second person",
    ): lambda f, _: f.solvability is Solvability.HARD_NOW and not f.departed,
    Lack(
        code="unreasonable",
        rule="JC-20",
        zh="不合理诉求须以解释说明办结并写明政策依据",
        en="an unreasonable demand is explained, with its policy basis",
    ): lambda f, _: f.reasonableness == "unreasonable" and f.result is not ResultType.EXPLAINED,
    Lack(code="head", rule="XY-14", zh="指定处置单位负责人", en="name the unit's head for this round"): lambda f, p: (
        _head_round(f, p) and not f.head_named
    ),
    Lack(
        code="head_action",
        rule="XY-14",
        zh="负责人参与（联系、现场或审批）并确认",
        en="the head takes part (contact, visit or approval) and confirms",
    ): lambda f, p: _head_round(f, p) and not f.head_confirmed,
    Lack(
        code="form2", rule="XY-15", zh="填写《工单处理记录表》", en="fill in the handling record (Form 2)"
    ): lambda f, p: p.rehandle.form2 and f.round_no >= 2 and not f.papers.get("work_record"),
}


class NotReady(Refused):
    code = "submission-not-ready"
    zh = "提交前还须：{lacks_zh}"
    en = "before it can be submitted: {lacks_en}"

    def __init__(self, lacks: Sequence[Lack]) -> None:
        super().__init__(
            lacks_zh="；".join(f"{lack.zh}（{lack.rule}）" for lack in lacks),
            lacks_en="; ".join(f"{lack.en} ({lack.rule})" for lack in lacks),
        )


def lacks_of(facts: Facts, policy: Policy) -> tuple[Lack, ...]:
    """In the order of the table. Praise is passed on and asks for nothing."""
    if facts.request is RequestType.PRAISE:
        return ()
    return tuple(lack for lack, missing in _TABLE.items() if missing(facts, policy))


def check_ready(facts: Facts, policy: Policy) -> tuple[Lack, ...]:
    """What is only told. Raises NotReady, naming every duty that is open."""
    found = lacks_of(facts, policy)
    blocking = [lack for lack in found if lack.blocks]
    if blocking:
        raise NotReady(blocking)
    return found
