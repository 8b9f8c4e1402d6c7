"""The page of settings says what the program says."""

import pytest
from pydantic import BaseModel

from callcenter.settings import Settings, load_settings
from callcenter.settings_page import PAGE, page


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m callcenter.settings_page"


def test_every_setting_says_what_it_does() -> None:
    def silent(prefix: str, model: type[BaseModel]) -> list[str]:
        found = []
        for name, field in model.model_fields.items():
            if not field.description:
                found.append(prefix + name)
            if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
                found += silent(f"{prefix}{name}.", field.annotation)
        return found

    assert silent("", Settings) == []


def test_a_name_of_the_page_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "`HOTLINE_WEB__PORT`" in page()
    monkeypatch.setenv("HOTLINE_WEB__PORT", "9001")
    monkeypatch.setenv("HOTLINE_CACHE", "/elsewhere")  # the install script's own, not a setting
    assert load_settings().web.port == 9001
