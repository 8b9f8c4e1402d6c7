"""All settings, read once from the environment (`HOTLINE_...`, nested with `__`) and an optional TOML file."""

import os
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from callcenter.callbacks.config import CallbackConfig
from callcenter.calls.config import CallsConfig
from callcenter.core.errors import Misconfigured
from callcenter.flows.config import FlowsConfig
from callcenter.logs import LogsConfig
from callcenter.media.config import MediaConfig
from callcenter.orders.config import OrdersConfig
from callcenter.pbx.agi import AgiConfig
from callcenter.pbx.config import AmiConfig
from callcenter.people.config import PeopleConfig
from callcenter.seats.config import SeatsConfig
from callcenter.speech.config import SpeechConfig
from callcenter.store.config import StoreConfig
from callcenter.web.config import WebConfig


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
    web: WebConfig = Field(default_factory=WebConfig, description="HTTP server.")
    seats: SeatsConfig = Field(default_factory=SeatsConfig, description="Agents, presence and the screen-pop.")
    ami: AmiConfig = Field(default_factory=AmiConfig, description="The manager interface of the PBX.")
    agi: AgiConfig = Field(default_factory=AgiConfig, description="The dialogue server for Asterisk.")
    flows: FlowsConfig = Field(default_factory=FlowsConfig, description="Call flows, prompts, hotline registry.")
    calls: CallsConfig = Field(default_factory=CallsConfig, description="The call ledger.")
    callbacks: CallbackConfig = Field(default_factory=CallbackConfig, description="Automatic call-backs.")
    media: MediaConfig = Field(default_factory=MediaConfig, description="Recordings and transcripts.")
    speech: SpeechConfig = Field(default_factory=SpeechConfig, description="Speech recognition.")

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


def load_settings(**given: Any) -> Settings:
    """Raises Misconfigured, naming each wrong setting and never its value."""
    file = os.environ.get("HOTLINE_CONFIG")
    if file and not Path(file).is_file():
        raise Misconfigured(cause=f"the settings file {file} is not there", remedy="correct HOTLINE_CONFIG")
    if "DATABASE_URL" in os.environ and "store" not in given:
        given["store"] = {"url": os.environ["DATABASE_URL"]}
    try:
        return Settings(**given)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
        raise Misconfigured(cause=f"settings not valid ({wrong})", remedy="see docs/settings.md") from error
    except (OSError, ValueError) as error:
        raise Misconfigured(cause=f"cannot read {file}: {error}", remedy="correct the TOML file") from error
