"""Why a move is refused; each text names what would make it legal."""

from callcenter.core import errors


class WrongRole(errors.Forbidden):
    code = "move-needs-role"
    zh = "您没有“{move_zh}”的权限，需要角色：{roles}"
    en = "you may not {move_en}; it needs one of the roles: {roles}"


class WrongSide(errors.Forbidden):
    code = "move-needs-side"
    zh = "该工单不由您所在单位{move_zh}，应由{side_zh}操作"
    en = "your organisation is not the one to {move_en} for this order: it takes {side_en}"


class ReplyMissing(errors.Refused):
    code = "reply-missing"
    zh = "须先填写答复内容（XY-02）"
    en = "a reply text is needed first (XY-02)"


class ContactMissing(errors.Refused):
    code = "contact-missing"
    zh = "须先与诉求人先行联系并记录（XY-08）"
    en = "the citizen must be contacted first, and the contact recorded (XY-08)"


class ResultMissing(errors.Refused):
    code = "result-missing"
    zh = "须先登记办理结果（JC-23）"
    en = "the result must be recorded first (JC-23)"


class WrongResult(errors.Refused):
    code = "result-not-of-request"
    zh = "该诉求类型的办理结果应为：{allowed}"
    en = "the result of this type of request is one of: {allowed}"


class PlanMissing(errors.Refused):
    code = "plan-missing"
    zh = "需协调或暂难解决的事项须附协调记录或工作方案（XY-04）"
    en = "a matter that is not solvable at once needs a coordination record or a work plan (XY-04)"


class ReasonMissing(errors.Refused):
    code = "reason-missing"
    zh = "须填写原因"
    en = "a reason is needed"


class SameReviewer(errors.Refused):
    code = "reviewer-is-handler"
    zh = "审核人不得是该工单的办理人，请由他人审核"
    en = "the reviewer must not be the one who handled the order: somebody else must do it"


class CallbackNotTried(errors.Refused):
    code = "callback-not-exhausted"
    zh = "回访尚未完成，不能说明原因结案（XY-10）"
    en = "the call-back is not finished: the order cannot be closed without the citizen's answer (XY-10)"


class CallbackMissing(errors.Refused):
    code = "callback-missing"
    zh = "须先回访诉求人，或由中心批准不回访的原因（XY-02）"
    en = "the citizen must be called back first, or a centre must approve a reason for none (XY-02)"


class SupervisionOpen(errors.Refused):
    code = "supervision-open"
    zh = "该工单有{open}项督办未销号，须先办结督办（JC-24）"
    en = "{open} supervision(s) of this order are open and must end first (JC-24)"


class ReturnLocked(errors.Refused):
    code = "return-locked"
    zh = "该工单已锁定由本单位负责，不得退单，仅可由签派决定调整（XY-20、XY-23）"
    en = "this order is locked to your unit: only a signed dispatch can move it (XY-20, XY-23)"


class NotFromAbove(errors.Refused):
    code = "not-from-above"
    zh = "该工单不是上级平台派发的，不能退回上级"
    en = "this order did not come from an upper platform, so it cannot be returned to one"


class NotAssigned(errors.Refused):
    code = "not-assigned"
    zh = "该工单不是由其他中心派发的，无处可退"
    en = "no other centre assigned this order, so there is nowhere to give it back to"


class ExplainTooEarly(errors.Refused):
    code = "explain-too-early"
    zh = "仅经两人确认不合理或涉法涉诉的诉求，或再次处置之后，方可解释说明结案（JC-20、A-10）"
    en = (
        "only a demand that two persons found unreasonable or in litigation, or one handled again, may be closed by "
        "explanation (JC-20, A-10)"
    )


class BarredUnit(errors.Refused):
    """SG-22: whoever a report is about never gets it."""

    code = "unit-barred"
    zh = "该单位是此举报件的被举报单位或其下属，须回避；请选择其他单位，或由上级中心办理"
    en = "the report is about this unit or one above it: choose another unit, or a centre further up"
