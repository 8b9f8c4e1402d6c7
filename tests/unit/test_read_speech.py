"""What callers hear is checked as a whole before anything is served."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from callcenter.app.rooms import read_speech
from callcenter.core.errors import Misconfigured
from callcenter.pbx.plan import SPOKEN
from callcenter.resources import IVR
from callcenter.settings import Settings


def test_what_is_shipped_is_fit_for_callers() -> None:
    assert set(SPOKEN) <= read_speech(Settings()).prompts.keys()


@pytest.mark.parametrize("name", SPOKEN)
def test_a_prompt_of_the_dialplan_that_is_missing_is_named(name: str, tmp_path: Path) -> None:
    shipped: dict[str, Any] = yaml.safe_load((IVR / "prompts" / "prompts.yaml").read_text(encoding="utf-8"))
    file = tmp_path / "prompts.yaml"
    file.write_text(yaml.safe_dump({key: text for key, text in shipped.items() if key != name}), encoding="utf-8")
    with pytest.raises(Misconfigured, match=f"the dialplan plays the prompt {name}"):
        read_speech(Settings.model_validate({"flows": {"prompts": file}}))


def test_a_survey_that_is_missing_is_named() -> None:
    with pytest.raises(Misconfigured, match="callbacks.survey names the flow elsewhere"):
        read_speech(Settings.model_validate({"callbacks": {"survey": "elsewhere"}}))
