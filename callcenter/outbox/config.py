"""Settings of notices and webhooks."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class OutboxConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    unread_after: timedelta = Field(
        default=timedelta(hours=4),
        gt=timedelta(0),
        description="A notice that must be read and was not: after so long the centre is asked to telephone (XY-12).",
    )
    wecom: dict[str, SecretStr] = Field(
        default_factory=dict,
        description="WeCom group robots: org code to the robot's webhook address; `*` for all others.",
    )
    sms_url: SecretStr | None = Field(
        default=None, description="SMS gateway: notices are posted there as JSON {to, text, id}."
    )
    sms_token: SecretStr | None = Field(default=None, description="Bearer token of the SMS gateway.")
    attempts: int = Field(
        default=8, ge=1, le=20, description="Tries of a notice or webhook before it counts as failed."
    )
    first_retry: timedelta = Field(
        default=timedelta(seconds=10),
        gt=timedelta(0),
        description="Pause before the second try; each further pause is four times as long, six hours at most.",
    )
    deadline: timedelta = Field(
        default=timedelta(seconds=10), gt=timedelta(0), description="How long the other side may take to answer."
    )
    plain_http: bool = Field(
        default=False, description="Allow webhooks over http to machines other than this one (inside a closed network)."
    )
