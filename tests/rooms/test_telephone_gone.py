"""A simulated telephone that cannot begin says so at once."""

import socket
from datetime import timedelta

import pytest

from callcenter.sample.sipp import Exchange, TelephoneGone, open_citizen


async def test_a_telephone_without_its_port_is_told_before_the_time_is_over() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        async with open_citizen(Exchange(host="127.0.0.1", port=9), port=port, speech=b"") as citizen:
            with pytest.raises(TelephoneGone, match=str(port)):
                await citizen.until("answered", timedelta(seconds=20))
