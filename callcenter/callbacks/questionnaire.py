"""A call-back made by a person (XY-10, SJ-06, JC-26): what is asked, what it comes to, what to say. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from callcenter.callbacks.care import OFFICERS, Way
from callcenter.core.ids import CallId, RecordingId
from callcenter.orders.terms import Emotion

Grade = Annotated[int, Field(ge=1, le=5)]
Officer = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=30)]
APART: Final = timedelta(hours=1)
"""Attempts nearer to each other than this are made at one time (A-20)."""


class Heard(StrEnum):
    """JC-26."""

    REACHED = "reached"  # 已回访（接通）
    UNREACHED = "unreached"  # 未接通
    REFUSED = "refused"  # 拒访
    EXEMPT = "exempt"  # 免回访


class Questionnaire(BaseModel):
    """Two answers, each for itself (SJ-32), and four grades of 1 to 5 that may lack. Whether `basic` (基本满意)
    counts is the rule set's. `tendency`: a leaning to dissatisfaction besides the answers (XY-11). `told`: whether
    anybody had told the citizen the result (JC-25). `way`: how the citizen was asked; a visit names its officers.
    `read_back`: the answers were read back and confirmed (SG-29)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reached: Heard
    way: Way = Way.PHONE
    officers: tuple[Officer, ...] = Field(default=(), max_length=6)
    read_back: bool = False
    resolved: bool | None = None
    satisfied: Literal["satisfied", "basic", "dissatisfied"] | None = None
    first_contacted: bool | None = None
    told: bool | None = None
    attitude: Grade | None = None
    timeliness: Grade | None = None
    service: Grade | None = None
    measures: Grade | None = None
    tendency: bool = False
    praise: bool = False
    emotion: Emotion = Emotion.CALM
    reason: str = Field(default="", max_length=500)
    comment: str = Field(default="", max_length=2000)
    call_id: CallId | None = None
    recording_id: RecordingId | None = None

    @model_validator(mode="after")
    def _whole(self) -> "Questionnaire":
        answered = self.resolved is not None and self.satisfied is not None
        if self.reached is Heard.REACHED and not answered:
            raise ValueError("both answers are needed: resolved and satisfied / 须分别记录是否解决与是否满意")
        if self.reached is not Heard.REACHED and (self.resolved is not None or self.satisfied is not None):
            raise ValueError("only a citizen who was reached has answered / 未接通者没有答复")
        if self.reached in (Heard.REFUSED, Heard.EXEMPT) and not self.reason.strip():
            raise ValueError("a refusal or an exemption needs its reason / 拒访或免回访须填写原因")
        if (self.way is Way.VISIT) != bool(self.officers) or len(set(self.officers)) != len(self.officers):
            raise ValueError(
                "a visit, and nothing else, names its officers, each once / 上门回访须填写上门人员，且不得重复"
            )
        if self.way is Way.VISIT and len(self.officers) < OFFICERS:
            raise ValueError("two officers visit together / 上门回访须两人以上同行")
        if self.reached is Heard.REACHED and self.unhappy and not self.reason.strip():
            raise ValueError("tell why the citizen is not content / 不满意、未解决或有不满倾向的须填写原因")
        return self

    @property
    def unhappy(self) -> bool:
        """XY-11: any no, or a leaning to one."""
        return self.tendency or self.resolved is False or self.satisfied == "dissatisfied"


class Correction(Questionnaire):
    """XY-54: of `of`, a record made before (None: of what the machine heard), proven by a recording."""

    of: UUID | None = None
    recording_id: RecordingId

    @model_validator(mode="after")
    def _heard(self) -> "Correction":
        if self.reached is not Heard.REACHED:
            raise ValueError("a correction tells what the citizen said / 更正只针对诉求人的答复")
        return self


def counts(satisfied: str | None, *, basic_counts: bool) -> bool | None:
    """The answer as a yes or a no (A3.5)."""
    return None if satisfied is None else satisfied == "satisfied" or (satisfied == "basic" and basic_counts)


def times(attempts: Sequence[datetime]) -> int:
    """At how many different times it was tried."""
    tried, last = 0, None
    for at in sorted(attempts):
        if last is None or at - last >= APART:
            tried, last = tried + 1, at
    return tried


class Coverage(StrEnum):
    """What a call-back came to, told apart (A-20)."""

    HEARD = "heard"
    UNREACHED = "unreached"
    REFUSED = "refused"
    EXEMPT = "exempt"
    WAITING = "waiting"


_BY_PERSON: Final[Mapping[str, Coverage]] = {
    Heard.REACHED: Coverage.HEARD,
    Heard.REFUSED: Coverage.REFUSED,
    Heard.EXEMPT: Coverage.EXEMPT,
}


def coverage_of(person: str | None, machine: str, *, answered: bool) -> Coverage:
    """`person`: as recorded by hand; `machine`: status of the automatic call-back, `answered` when it has an answer."""
    if person is not None and person in _BY_PERSON:
        return _BY_PERSON[person]
    if answered:
        return Coverage.HEARD
    return Coverage.UNREACHED if machine == "exhausted" else Coverage.WAITING


PHRASES: Final[Mapping[str, tuple[str, str]]] = {
    "opening": (
        "您好，这里是12345热线回访。您反映的事项已办理，想占用您一两分钟了解情况，您看方便吗？",
        "Hello, 12345 is calling back about the matter you raised. May I take a minute or two?",
    ),
    "empathy": (
        "换作是我遇到这样的事，也会着急，感谢您告诉我们。",
        "In your place I would worry too; thank you for telling us.",
    ),
    "low": (
        "您慢慢说，我都记下来，有需要我们可以安排人上门。",
        "Take your time, I write it down; somebody can come to see you.",
    ),
    "irritated": (
        "给您添麻烦了，非常抱歉。您的意见我会原原本本记下并反馈到承办单位负责人。",
        "I am sorry for the trouble. I will pass your words on to the head of the unit exactly as they are.",
    ),
    "fierce": (
        "我理解您的心情，您先别急。我马上请值班长一起听，您的问题会列为预警工单重新办理。",
        "I understand. I will ask the shift supervisor to join; your matter will be taken up again.",
    ),
    "hard_of_hearing": (
        "我说慢一点、大声一点，一次只问一件事，您听到了请说“好”。也可以改用短信或上门回访。",
        "I speak slowly and ask one thing at a time; say “yes” when you heard it. A message or a visit will do too.",
    ),
    "dialect": (
        "您可以讲本地话，需要的话我请会方言的同事来接。",
        "Please speak your dialect; a colleague who knows it can take over.",
    ),
    "proxy": (
        "您是代家人反映的，请问方便让本人也说两句吗？不方便也没关系。",
        "You speak for somebody: could they say a word as well?",
    ),
    "read_back": (
        "我把您刚才说的念一遍，您看对不对：……（逐项复述地点、事情和您的意见，请诉求人逐项确认）",
        "I read back what you said; tell me if it is right: … (place, matter and answer, each confirmed)",
    ),
}
"""SG-26, SG-28, SG-29: what a person who speaks with a citizen may say."""


def phrases(emotion: str, needs: Sequence[str]) -> tuple[tuple[str, str, str], ...]:
    """Code, Chinese, English; for this citizen, in the order in which they are needed. With a need among `needs`, what
    was said is read back at the end (SG-29)."""
    wanted = ("opening", *needs, "empathy", emotion, *(("read_back",) if needs else ()))
    return tuple((code, *PHRASES[code]) for code in dict.fromkeys(wanted) if code in PHRASES)
