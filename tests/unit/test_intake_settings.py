"""Campaigns, limits, and what the seed's lines are (GH-02, A-15)."""

from datetime import date

import pytest
from pydantic import ValidationError

from callcenter.channels.config import Campaign, ChannelsConfig, season_of
from callcenter.resources import IVR
from callcenter.transfers.registry import read_registry


@pytest.mark.rule("GH-02")
@pytest.mark.parametrize(
    ("day", "season"),
    [
        (date(2026, 6, 14), ""),
        (date(2026, 6, 15), "夏令热线"),
        (date(2027, 9, 15), "夏令热线"),
        (date(2026, 9, 16), ""),
    ],
)
def test_the_summer_hotline_is_a_name_on_orders_every_year(day: date, season: str) -> None:
    assert season == season_of(day, ChannelsConfig().seasons)


@pytest.mark.rule("GH-02")
def test_a_campaign_may_pass_the_new_year() -> None:
    winter = Campaign(name="供暖季", begins="11-15", ends="03-15")

    assert [winter.holds(date(2026, month, 20)) for month in (12, 1, 3)] == [True, True, False]
    with pytest.raises(ValidationError):
        Campaign(name="x", begins="13-01", ends="02-01")


@pytest.mark.rule("A-15")
def test_the_seed_s_error_about_grain_is_not_in_the_registry() -> None:
    """Seed 001 calls 12328 grain: it is transport, and grain is 12325."""
    lines = {line.number: line.title.zh for line in read_registry(IVR / "hotlines.yaml").hotlines}

    assert "交通" in lines["12328"]
    assert "粮食" not in lines["12328"]
    assert "粮食" in lines["12325"]
