"""The smallest words of a flow file."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Key = Annotated[str, Field(pattern=r"^[0-9*#]$")]
Seconds = Annotated[float, Field(gt=0, le=60)]
Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")

HOME_QUEUE: Final = "home"
"""Stands for the queue of the number that was dialled, as the registry names it."""


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Title(Part):
    """What people read: Chinese, and English beside it."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Wording(Part):
    """What callers hear: Chinese always, another language where a flow claims it."""

    zh: str = Field(min_length=1)
    en: str | None = Field(default=None, min_length=1)
