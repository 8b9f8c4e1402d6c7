"""Settings of the flows room."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class FlowsConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: Path | None = Field(default=None, description="Folder of the call flows (YAML); unset: the shipped ones.")
    prompts: Path | None = Field(default=None, description="File of the prompt texts; unset: the shipped one.")
    hotlines: Path | None = Field(default=None, description="The hotline registry; unset: the shipped one.")
    sounds: Path = Field(
        default=Path("sounds"), description="Asterisk's sounds folder, as this server sees it: prompts are put there."
    )
    prompt_cache: Path = Field(default=Path("prompt-cache"), description="Where synthesised prompts are kept.")
