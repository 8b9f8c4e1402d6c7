"""What intake refuses."""

from callcenter.core import errors


class NotYourChannel(errors.Forbidden):
    code = "not-your-channel"
    zh = "该账号未绑定此渠道，请管理员在渠道账号中绑定"
    en = "this account is not bound to the channel: an administrator must bind it"


class NotAMachine(errors.Invalid):
    code = "not-a-machine-account"
    zh = "只有本级及下级的机器账号（service）可以绑定渠道"
    en = "only machine accounts (service) of your own subtree can be bound to a channel"


class NoSuchCentre(errors.Invalid):
    code = "no-such-centre"
    zh = "所选机构不是本级或下级中心"
    en = "the chosen organisation is not a centre of your own subtree"


class NoSuchDemand(errors.NotFound):
    code = "no-such-demand"
    zh = "该渠道下没有这个编号的诉求"
    en = "the channel has handed in nothing under this id"


class NoSuchImport(errors.NotFound):
    code = "no-such-import"
    zh = "未找到该次导入"
    en = "there is no such import"


class NoContentColumn(errors.Invalid):
    code = "import-without-content"
    zh = "表头中没有“诉求内容”列：请在列对应中指定哪一列是诉求内容"
    en = "no column holds the demand itself: say in the mapping which one does"


class NoSuchCase(errors.NotFound):
    code = "no-such-case"
    zh = "未找到该转入警情、案件"
    en = "there is no such case"


class NoSuchPlan(errors.NotFound):
    code = "no-such-plan"
    zh = "未找到该主动派单计划"
    en = "there is no such plan"


class NoSuchPeer(errors.Invalid):
    code = "no-such-peer"
    zh = "没有配置这个对接平台，或其未开通该分类"
    en = "there is no such peer, or it takes no orders of this category"


class SentAlready(errors.Refused):
    code = "sent-to-peer"
    zh = "该工单已发往此平台，或上次发送结果不明：请先核实，避免重复"
    en = "the order was sent to this peer, or the outcome of the last try is not known: look there first"


class PeerRefused(errors.Unavailable):
    code = "peer-failed"
    zh = "对接平台未接收：{cause}"
    en = "the peer has not taken the order: {cause}"
