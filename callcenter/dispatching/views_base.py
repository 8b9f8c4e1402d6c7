"""What all views of dispatch are. Nothing of a caller in any of them."""

from pydantic import BaseModel, ConfigDict


class Seen(BaseModel):
    model_config = ConfigDict(frozen=True)
