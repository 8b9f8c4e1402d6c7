"""All settings, read once from the environment (`HOTLINE_...`, nested with `__`) and an optional TOML file."""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from callcenter.callbacks.config import CallbackConfig
from callcenter.calls.config import CallsConfig
from callcenter.channels.config import ChannelsConfig
from callcenter.core.errors import Misconfigured
from callcenter.dispatching.config import DispatchingConfig
from callcenter.documents.config import DocumentsConfig
from callcenter.fieldwork.config import FieldworkConfig
from callcenter.files.config import FilesConfig
from callcenter.flows.config import FlowsConfig
from callcenter.handling.config import HandlingConfig
from callcenter.logs import LogsConfig
from callcenter.matters.config import MattersConfig
from callcenter.media.config import MediaConfig
from callcenter.numbers.config import NumbersConfig
from callcenter.orders.config import OrdersConfig
from callcenter.outbound.config import OutboundConfig
from callcenter.outbox.config import OutboxConfig
from callcenter.oversight.config import OversightConfig
from callcenter.pbx.agi import AgiConfig
from callcenter.pbx.config import AmiConfig, PbxConfig
from callcenter.people.config import PeopleConfig
from callcenter.people.privacy_config import PrivacyConfig
from callcenter.seats.config import SeatsConfig
from callcenter.speech.config import SpeechConfig
from callcenter.store.config import StoreConfig
from callcenter.supervision.config import SupervisionConfig
from callcenter.transfers.live_config import TransfersConfig
from callcenter.transfers.registry_config import RegistryConfig
from callcenter.waiting.config import WaitingConfig
from callcenter.web.config import WebConfig

OTHER_NAMES: Final = frozenset(
    {
        "CACHE",
        "CHROMIUM",
        "CONFIG",
        "DB_PASSWORD",
        "NO_INSTALL",
        "PYTHON",
        "SAMPLE_SPEECH",
        "SHOTS",
        "STATE",
    }
)
"""Variables that begin like settings and belong to the `hotline` script, the sample, the tests and docker/."""
_SECONDS: Final = re.compile(r"\d+(\.\d+)?")
SEAT_SECRET: Final = "SEAT_SECRET_"  # noqa: S105 - the beginning of a variable's name


class Settings(BaseSettings):
    """One frozen object; each room takes its own part."""

    model_config = SettingsConfigDict(
        env_prefix="HOTLINE_",
        env_nested_delimiter="__",
        frozen=True,
        extra="forbid",
        nested_model_default_partial_update=True,
    )

    city: str = Field(default="Asia/Shanghai", description="Time zone of the city, an IANA name.")
    logs: LogsConfig = Field(default_factory=LogsConfig, description="Structured logs.")
    store: StoreConfig = Field(default_factory=StoreConfig, description="The database.")
    orders: OrdersConfig = Field(default_factory=OrdersConfig, description="Work orders, rule sets, calendar.")
    people: PeopleConfig = Field(default_factory=PeopleConfig, description="Log-ins and passwords.")
    privacy: PrivacyConfig = Field(
        default_factory=PrivacyConfig, description="Keys, the audit chain, the citizen's own pages."
    )
    web: WebConfig = Field(default_factory=WebConfig, description="HTTP server.")
    seats: SeatsConfig = Field(default_factory=SeatsConfig, description="Agents, presence and the screen-pop.")
    waiting: WaitingConfig = Field(
        default_factory=WaitingConfig, description="Told waits, kept places, the caller's last agent."
    )
    ami: AmiConfig = Field(default_factory=AmiConfig, description="The manager interface of the PBX.")
    transfers: TransfersConfig = Field(default_factory=TransfersConfig, description="Transfers and live calls.")
    pbx: PbxConfig = Field(default_factory=PbxConfig, description="What Asterisk is configured from.")
    agi: AgiConfig = Field(default_factory=AgiConfig, description="The dialogue server for Asterisk.")
    flows: FlowsConfig = Field(default_factory=FlowsConfig, description="Call flows, prompts, hotline registry.")
    registry: RegistryConfig = Field(
        default_factory=RegistryConfig, description="Test calls, drills, linked platforms."
    )
    calls: CallsConfig = Field(default_factory=CallsConfig, description="The call ledger.")
    numbers: NumbersConfig = Field(
        default_factory=NumbersConfig, description="Callers' numbers, and what may be dialled out."
    )
    callbacks: CallbackConfig = Field(default_factory=CallbackConfig, description="Automatic call-backs.")
    outbound: OutboundConfig = Field(default_factory=OutboundConfig, description="Agents' calls out.")
    outbox: OutboxConfig = Field(default_factory=OutboxConfig, description="Notices and webhooks.")
    documents: DocumentsConfig = Field(default_factory=DocumentsConfig, description="Printed forms.")
    dispatching: DispatchingConfig = Field(
        default_factory=DispatchingConfig, description="Dispatch, returns and signed dispatch."
    )
    handling: HandlingConfig = Field(default_factory=HandlingConfig, description="Handling and what follows a no.")
    oversight: OversightConfig = Field(
        default_factory=OversightConfig, description="Supervision, quality control, sanctions."
    )
    files: FilesConfig = Field(default_factory=FilesConfig, description="Attachments of orders.")
    channels: ChannelsConfig = Field(default_factory=ChannelsConfig, description="Intake from every side, Open311.")
    fieldwork: FieldworkConfig = Field(default_factory=FieldworkConfig, description="Patrols and activities.")
    matters: MattersConfig = Field(
        default_factory=MattersConfig, description="Several demands about one thing; repeats."
    )
    media: MediaConfig = Field(default_factory=MediaConfig, description="Recordings and transcripts.")
    supervision: SupervisionConfig = Field(
        default_factory=SupervisionConfig, description="Supervisors in calls, and the live board."
    )
    speech: SpeechConfig = Field(default_factory=SpeechConfig, description="Speech recognition.")

    @model_validator(mode="before")
    @classmethod
    def _read_seconds(cls, given: dict[str, Any]) -> dict[str, Any]:
        """The environment gives text: a plain number there is a duration in seconds, as it is in the file."""
        for name, values in given.items():
            room = cls.model_fields[name].annotation if name in cls.model_fields else None
            if isinstance(values, dict) and isinstance(room, type) and issubclass(room, BaseModel):
                given[name] = {key: _in_seconds(room, key, value) for key, value in values.items()}
        return given

    @field_validator("city")
    @classmethod
    def _known_zone(cls, city: str) -> str:
        try:
            ZoneInfo(city)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("not a time zone's name") from None
        return city

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = os.environ.get("HOTLINE_CONFIG")
        toml = (TomlConfigSettingsSource(settings_cls, toml_file=Path(file)),) if file else ()
        return (init_settings, env_settings, *toml)


def _in_seconds(room: type[BaseModel], name: str, value: Any) -> Any:
    field = room.model_fields.get(name)
    lasts = field is not None and timedelta in (field.annotation, *get_args(field.annotation))
    return float(value) if lasts and isinstance(value, str) and _SECONDS.fullmatch(value) else value


def load_settings(**given: Any) -> Settings:
    """Raises Misconfigured, naming each wrong setting and never its value."""
    file = os.environ.get("HOTLINE_CONFIG")
    if file and not Path(file).is_file():
        raise Misconfigured(cause=f"the settings file {file} is not there", remedy="correct HOTLINE_CONFIG")
    if unknown := sorted({*_unknown_in_environment(), *_unknown_in(file)}):
        raise Misconfigured(cause=f"no such setting: {', '.join(unknown)}", remedy="see docs/settings.md")
    if "DATABASE_URL" in os.environ and "store" not in given:
        given["store"] = {"url": os.environ["DATABASE_URL"]}
    try:
        return Settings(**given)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
        raise Misconfigured(cause=f"settings not valid ({wrong})", remedy="see docs/settings.md") from error


def _unknown_in_environment() -> list[str]:
    """A misspelt name must not pass for a setting that was made."""
    names = [name.upper().removeprefix("HOTLINE_") for name in os.environ if name.upper().startswith("HOTLINE_")]
    paths = [name.lower().split("__") for name in names if name not in OTHER_NAMES and not name.startswith(SEAT_SECRET)]
    return [".".join(path) for path in paths if not _is_setting(path)]


def _unknown_in(file: str | None) -> list[str]:
    """Raises Misconfigured when the file is no TOML."""
    try:
        tree = tomllib.loads(Path(file).read_text(encoding="utf-8")) if file else {}
    except (OSError, ValueError) as error:
        raise Misconfigured(cause=f"cannot read {file}: {error}", remedy="correct the TOML file") from error
    return [".".join(path) for path in _paths(tree) if not _is_setting(path)]


def _paths(tree: Mapping[str, Any]) -> Iterator[list[str]]:
    for name, value in tree.items():
        if isinstance(value, dict) and value:
            yield from ([name, *rest] for rest in _paths(value))
        else:
            yield [name]


def _is_setting(path: Sequence[str]) -> bool:
    """Below a setting that is itself a table, anything goes that its type takes."""
    room: type[BaseModel] = Settings
    for name in path:
        field = room.model_fields.get(name)
        if field is None:
            return False
        if not (isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)):
            return True
        room = field.annotation
    return True
