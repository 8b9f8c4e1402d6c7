"""What field work refuses, and the remedy."""

from callcenter.core import errors


class NoSuchPatrol(errors.NotFound):
    code = "no-such-patrol"
    zh = "未找到该巡查任务"
    en = "there is no such patrol"


class NoSuchFinding(errors.NotFound):
    code = "no-such-finding"
    zh = "未找到该巡查发现"
    en = "there is no such finding"


class NoSuchActivity(errors.NotFound):
    code = "no-such-activity"
    zh = "未找到该活动记录"
    en = "there is no such activity"


class NotACentreOfYours(errors.Invalid):
    code = "patrol-centre"
    zh = "巡查任务由派单中心制定，请用中心账号操作"
    en = "patrols are planned by a dispatching centre: use an account of one"


class ShiftWrong(errors.Invalid):
    code = "patrol-shift"
    zh = "巡查时段须在将来结束，且不超过 {hours} 小时"
    en = "a shift ends after it begins and after now, and lasts at most {hours} hours"


class NotSendable(errors.Invalid):
    code = "patrol-people"
    zh = "巡查人员须为本中心辖区内在用的外勤或承办单位人员"
    en = "patrollers are active field or unit staff of the centre's own area"


class NotOnPatrol(errors.Forbidden):
    code = "patrol-not-yours"
    zh = "只有该次巡查的人员可以签到和登记发现"
    en = "only the patrol's own people check in and note findings"


class PatrolOver(errors.Refused):
    code = "patrol-over"
    zh = "该巡查已结束或已取消，不能再登记"
    en = "the patrol is over or was cancelled: nothing can be noted any more"


class OutsideShift(errors.Refused):
    code = "patrol-outside-shift"
    zh = "当前不在巡查时段内（{begins} 至 {ends}）"
    en = "the shift is from {begins} to {ends}"


class PatrolWalked(errors.Refused):
    code = "patrol-walked"
    zh = "已有人员签到，不能取消；请填写小结结束巡查"
    en = "somebody has checked in: end the patrol with a summary instead of cancelling it"


class WhereMissing(errors.Invalid):
    code = "check-in-without-place"
    zh = "请填写地点或允许定位"
    en = "say where, by a place or by coordinates"


class TopicMissing(errors.Invalid):
    code = "activity-without-topic"
    zh = "请选择活动对应的诉求分类或事件"
    en = "an activity belongs to a topic: give a category or a matter"


class NoSuchTopic(errors.Invalid):
    code = "activity-matter"
    zh = "所选事件不存在或不在您的范围内"
    en = "the chosen matter does not exist or is not yours to see"


class HeldLater(errors.Invalid):
    code = "activity-in-future"
    zh = "活动日期不能晚于今天：活动办完后再登记"
    en = "the day lies ahead: note an activity when it was held"
