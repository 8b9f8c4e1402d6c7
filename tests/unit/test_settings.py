"""Settings come from the environment or a TOML file; a wrong one is named, its value never shown."""

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from callcenter.core.errors import Misconfigured
from callcenter.settings import Settings, load_settings


def test_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "hotline.toml"
    file.write_text('city = "Asia/Urumqi"\n[store]\npool_max = 5\npool_min = 1\n', encoding="utf-8")
    monkeypatch.setenv("HOTLINE_CONFIG", str(file))
    monkeypatch.setenv("HOTLINE_STORE__POOL_MAX", "7")
    settings = load_settings()
    assert (settings.city, settings.store.pool_max, settings.store.pool_min) == ("Asia/Urumqi", 7, 1)


def test_database_url_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:hunter2@host/db")
    monkeypatch.setenv("HOTLINE_STORE__POOL_MAX", "7")
    settings = load_settings()
    assert settings.store.url.get_secret_value() == "postgresql://u:hunter2@host/db"
    assert settings.store.pool_max == 7
    assert "hunter2" not in repr(settings)


def test_a_wrong_setting_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_STORE__POOL_MAX", "hunter2")
    with pytest.raises(Misconfigured, match=r"store\.pool_max") as refused:
        load_settings()
    assert "hunter2" not in str(refused.value)


def test_a_missing_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_CONFIG", str(tmp_path / "away.toml"))
    with pytest.raises(Misconfigured, match="away"):
        load_settings()


def test_a_malformed_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "hotline.toml"
    file.write_text("[store\n", encoding="utf-8")
    monkeypatch.setenv("HOTLINE_CONFIG", str(file))
    with pytest.raises(Misconfigured, match=r"hotline\.toml"):
        load_settings()


ROOMS = {name: field.annotation for name, field in Settings.model_fields.items() if name != "city"}


@pytest.mark.parametrize("room", ROOMS)
def test_a_misspelt_setting_of_any_room_is_named(room: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"HOTLINE_{room.upper()}__PROT", "hunter2")
    with pytest.raises(Misconfigured, match=rf"{room}\.prot") as refused:
        load_settings()
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("config", ROOMS.values(), ids=ROOMS)
def test_no_rooms_config_takes_a_field_that_it_does_not_have(config: type[BaseModel]) -> None:
    with pytest.raises(ValidationError, match="prot"):
        config.model_validate({"prot": 1})


@pytest.mark.parametrize(("written", "seconds"), [("90", 90), ("1.5", 1.5), ("PT1M30S", 90)])
def test_a_duration_is_seconds_or_iso_8601(monkeypatch: pytest.MonkeyPatch, written: str, seconds: float) -> None:
    monkeypatch.setenv("HOTLINE_AMI__REFUSED_WAIT", written)
    monkeypatch.setenv("HOTLINE_SEATS__AFTER_CALL_LIMIT", written)  # one that may be unset
    settings = load_settings()
    assert settings.ami.refused_wait == timedelta(seconds=seconds) == settings.seats.after_call_limit


@pytest.mark.parametrize("name", ["HOTLINE_WEB__PROT", "HOTLINE_WBE__PORT", "HOTLINE_CTIY"])
def test_a_misspelt_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "hunter2")
    with pytest.raises(Misconfigured, match=name.removeprefix("HOTLINE_").lower().replace("__", ".")) as told:
        load_settings()
    assert "hunter2" not in str(told.value)


def test_what_the_script_and_the_seats_use_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOTLINE_CACHE", "HOTLINE_NO_INSTALL", "HOTLINE_SEAT_SECRET_8001"):
        monkeypatch.setenv(name, "x")
    load_settings()
