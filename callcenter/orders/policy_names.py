"""What people call the values of a rule set beside its clocks, in both languages, by their path in the file."""

from collections.abc import Mapping
from typing import Final

POLICY_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "contact.attempts": ("先行联系：无人接听满几次视为已联系", "first contact: fruitless attempts that count"),
    "contact.tier": ("先行联系由哪一级负责", "who makes the first contact"),
    "contact.before_dispatch": ("派单前先行联系", "contact before dispatch"),
    "returns.max_ordinary_redispatch": ("普通重新派单次数上限", "ordinary re-dispatches at most"),
    "returns.sign_at_distinct_returns": (
        "几个不同单位退单后签派",
        "distinct units that returned it: signed dispatch",
    ),
    "returns.head_signature": ("退单须负责人签字", "a return needs the head's signature"),
    "returns.reason_min": ("退单理由最少字数", "least length of a return's reason"),
    "callback.coverage": ("回访覆盖率目标", "share of orders to call back"),
    "callback.attempts": ("人工回访不同时段尝试次数", "attempts by people at different times"),
    "callback.closing_audit": ("结案须人工审核", "a person approves each close"),
    "callback.basic_counts": ("基本满意计为满意", "fairly satisfied counts as satisfied"),
    "rehandle.only_if_reasonable": ("仅合理诉求再次处置", "only reasonable demands are handled again"),
    "rehandle.rounds_before_escalation": ("几轮后提级督办", "rounds before escalation"),
    "rehandle.head_from_round": ("自第几轮起负责人参与", "round from which the head takes part"),
    "rehandle.form2": ("再次处置须填工单处理记录表", "a later round needs Form 2"),
    "exclusion.signer": ("不纳入测评由谁签署", "who signs an exclusion"),
    "supervise.modes": ("采用的督办方式", "modes of supervision in use"),
    "supervise.auto.repeat_calls": ("重复来电几次建议督办", "repeated calls that propose supervision"),
    "supervise.auto.age_days": ("超过几天建议督办", "age in days that proposes supervision"),
    "sanctions": ("问责触发条件", "triggers of sanctions"),
    "extension.allowed": ("允许延期", "extensions are allowed"),
    "extension.most": ("一次延期最长", "longest extension"),
    "extension.times": ("延期次数上限", "extensions at most"),
    "extension.approver": ("延期由谁审批", "who decides an extension"),
    "whistle.initiators": ("谁可以吹哨", "who may whistle"),
    "whistle.report_hours": ("几小时内报到", "hours to report after a whistle"),
    "ledger.contact_every": ("挂账期间多久联系一次", "how often the citizen hears while in the ledger"),
    "site_visit.exempt": ("免现场核实的诉求类型", "requests that need no visit"),
    "qc.sampling": ("事后质控抽查比例", "share checked afterwards"),
    "qc.window": ("设质控窗口", "submitted orders wait in the quality window"),
    "qc.ruling_due": ("派单分歧裁定时限", "time to rule on a dispute"),
    "contacts_min": ("办理中最少联系次数", "least contacts while handling"),
    "dedicated_owner": ("专人全程跟踪", "one person from accept to close"),
    "repeat.days": ("几天内再次来电算重复", "days within which a call is a repeat"),
    "solvable_target.length": ("可解决事项目标时长", "target for what is solvable"),
    "classes": ("工单分类（甲乙丙）", "classes of orders"),
    "warnings": ("到期前提醒", "signs before a clock is late"),
}
UNITS: Final[Mapping[str, tuple[str, str]]] = {
    "working_days": ("工作日", "working days"),
    "natural_days": ("自然日", "natural days"),
    "months": ("月", "months"),
    "hours": ("小时", "hours"),
}


def policy_name(path: str) -> tuple[str, str]:
    """Of `qc.ruling_due.working_days` the value and its unit; a path without a name goes by itself."""
    base, _, unit = path.rpartition(".")
    if unit in UNITS and base in POLICY_NAMES:
        (zh, en), (unit_zh, unit_en) = POLICY_NAMES[base], UNITS[unit]
        return f"{zh}（{unit_zh}）", f"{en} ({unit_en})"
    return POLICY_NAMES.get(path, (path, path))
