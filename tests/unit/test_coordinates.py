"""WGS84 and GCJ-02 (B-35, B-46)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.channels.coordinates import Point, blurred, gcj_of_wgs, in_china, wgs_of_gcj

pytestmark = pytest.mark.rule("B-35", "B-46")


def test_the_point_that_map_libraries_publish() -> None:
    """116.404, 39.915 is shown at 116.41024, 39.91640 (coordtransform's own vector)."""
    shown = gcj_of_wgs(Point(39.915, 116.404))

    assert pytest.approx((shown.latitude, shown.longitude), abs=1e-9) == (39.91640428150164, 116.41024449916938)


@given(st.floats(18, 53), st.floats(74, 134))
def test_there_and_back_within_a_centimetre(latitude: float, longitude: float) -> None:
    there = Point(latitude, longitude)
    back = wgs_of_gcj(gcj_of_wgs(there))

    assert abs(back.latitude - there.latitude) < 1e-7
    assert abs(back.longitude - there.longitude) < 1e-7


def test_outside_of_china_nothing_is_shifted() -> None:
    paris = Point(48.8566, 2.3522)

    assert not in_china(paris)
    assert paris == gcj_of_wgs(paris) == wgs_of_gcj(paris)


def test_a_blurred_point_is_about_a_hundred_metres_wide() -> None:
    assert Point(31.123, 121.457) == blurred(Point(31.12345, 121.45678), 3)


@pytest.mark.parametrize(("latitude", "longitude"), [(91, 0), (0, 181), (-91, 0), (0, -181)])
def test_no_place_on_earth(latitude: float, longitude: float) -> None:
    with pytest.raises(ValueError, match="not a place"):
        Point(latitude, longitude)
