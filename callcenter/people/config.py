"""Settings of the people room."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field


class PeopleConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    session_idle: timedelta = Field(
        default=timedelta(hours=4), gt=timedelta(0), description="A session not used for so long ends (ISO 8601)."
    )
    session_lasts: timedelta = Field(
        default=timedelta(hours=12), gt=timedelta(0), description="A session ends after this time in any case."
    )
    session_trusted: timedelta = Field(
        default=timedelta(minutes=15),
        ge=timedelta(0),
        description="While the database is away, a session that it confirmed within this time still counts.",
    )
    failures_allowed: int = Field(default=5, ge=1, description="Failed log-ins of one name before waiting begins.")
    failure_window: timedelta = Field(
        default=timedelta(hours=1), gt=timedelta(0), description="Failed log-ins older than this no longer count."
    )
    first_wait: timedelta = Field(
        default=timedelta(seconds=30), gt=timedelta(0), description="The first wait; it doubles with each failure."
    )
    longest_wait: timedelta = Field(default=timedelta(minutes=15), gt=timedelta(0), description="The longest wait.")
    password_length: int = Field(default=10, ge=8, le=64, description="Characters that a password must have.")
    argon2_time: int = Field(default=3, ge=1, description="Argon2id passes over memory (RFC 9106).")
    argon2_memory: int = Field(default=65536, ge=8, description="Argon2id memory in KiB.")
    argon2_lanes: int = Field(default=2, ge=1, description="Argon2id lanes.")
    hashing_threads: int = Field(default=2, ge=1, description="Passwords checked at once.")
    hashing_queue: int = Field(default=64, ge=1, description="Log-ins waiting at most; more are asked to come again.")
