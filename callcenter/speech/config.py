"""Settings of the speech room."""

from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class SpeechConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())

    model_path: Path | None = Field(
        default=None, description="Folder of the Vosk model. Empty: any valid model folder under asr_models/."
    )
    workers: int = Field(default=1, ge=1, description="Recogniser processes, one core each.")
    model_check: str = Field(
        default="* * * * *",
        description="When a model is looked for while transcripts await one (cron; a sixth field counts seconds).",
    )
    load_deadline: timedelta = Field(
        default=timedelta(minutes=3), gt=timedelta(0), description="How long loading the model may take."
    )
    stall_deadline: timedelta = Field(
        default=timedelta(minutes=2),
        gt=timedelta(0),
        description="A recogniser process that makes no progress for so long is taken for hung and replaced.",
    )
    attempts: int = Field(default=2, ge=1, description="How often a recording that crashes the recogniser is tried.")
    recycle_jobs: int = Field(default=200, ge=1, description="Recordings after which a process is replaced.")
    recycle_age: timedelta = Field(
        default=timedelta(hours=6), gt=timedelta(0), description="Age at which a process is replaced."
    )
    recycle_bytes: int = Field(
        default=2 * 1024**3, ge=1, description="Resident memory in bytes at which a process is replaced."
    )
    shutdown_grace: timedelta = Field(
        default=timedelta(seconds=10),
        description="How long a stop waits for running transcriptions; then they go back.",
    )
