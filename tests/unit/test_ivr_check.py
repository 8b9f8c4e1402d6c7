"""The whole of `ivr/` is read and checked as one."""

import shutil
from pathlib import Path

import pytest

from callcenter.core.errors import Misconfigured
from callcenter.resources import IVR
from callcenter.transfers.check import read_ivr


@pytest.fixture
def ivr(tmp_path: Path) -> Path:
    return Path(shutil.copytree(IVR, tmp_path / "ivr"))


def test_what_ships_is_fit(ivr: Path) -> None:
    assert read_ivr(ivr).registry.main.number == "12345"


def test_a_flow_that_the_registry_names_must_be_there(ivr: Path) -> None:
    (ivr / "flows" / "dual.yaml").unlink()
    with pytest.raises(Misconfigured, match="the flow dual is not there"):
        read_ivr(ivr)


def test_the_prompts_of_the_safety_net_must_be_there(ivr: Path) -> None:
    file = ivr / "prompts" / "prompts.yaml"
    file.write_text(file.read_text().replace("safe:\n", "safer:\n"))
    with pytest.raises(Misconfigured, match="the prompt safe is not there"):
        read_ivr(ivr)


def test_a_missing_registry_is_named(ivr: Path) -> None:
    (ivr / "hotlines.yaml").unlink()
    with pytest.raises(Misconfigured, match="hotlines.yaml cannot be read"):
        read_ivr(ivr)
