"""A scripted PBX and a link to it, with short deadlines."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest

from callcenter.pbx.config import AmiConfig
from tests.simulators.ami_server import AmiServer, ami_server

Configure = Callable[..., AmiConfig]


@pytest.fixture
async def ami() -> AsyncIterator[AmiServer]:
    async with ami_server() as server:
        yield server


@pytest.fixture
def configure(ami: AmiServer) -> Configure:
    """A configuration for the scripted PBX; keyword arguments replace single settings."""

    def build(**given: Any) -> AmiConfig:
        quick = {
            "port": ami.port,
            "secret": ami.secret,
            "connect_deadline": timedelta(seconds=2),
            "action_deadline": timedelta(seconds=2),
            "backoff_first": timedelta(milliseconds=20),
            "backoff_most": timedelta(milliseconds=80),
        }
        return AmiConfig.model_validate(quick | given)

    return build
