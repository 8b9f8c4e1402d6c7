"""Settings of printed forms."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class DocumentsConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    face: Path = Field(
        default=Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc"),
        description="Typeface file that PDF forms embed: TrueType, OpenType or a Noto CJK collection.",
    )
    issuer: str = Field(default="12345政务服务便民热线", description="The body named at the head of printed forms.")
