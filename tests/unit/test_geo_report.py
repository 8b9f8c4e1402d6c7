"""GeoReport v2 as values and as text (B-35, B-46), and what of a demand may be public."""

from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as Tree

import orjson
import pytest

from callcenter.channels.coordinates import Point
from callcenter.channels.geo_report import (
    LONGEST,
    MOST,
    NotGeoReport,
    Posted,
    Unfit,
    errors,
    posted,
    read,
    wanted,
    write,
)
from callcenter.channels.public_text import HIDDEN, public_address, public_point, public_text, publishable

pytestmark = pytest.mark.rule("B-35", "B-46")

NOW = datetime(2026, 3, 4, 2, tzinfo=UTC)
SERVICE: dict[str, Any] = {
    "attributes": [
        {"code": "danger", "required": True, "values": [{"key": "yes", "name": "是"}, {"key": "no", "name": "否"}]},
        {"code": "pole", "required": False, "values": []},
    ]
}
FORM = {"service_code": ["road"], "lat": ["31.15"], "long": ["121.12"], "attribute[danger]": ["yes"]}


def test_a_posted_form() -> None:
    found = posted(
        FORM | {"description": [" 坑 "], "attribute[pole][]": ["7", " "], "attribute[other]": ["x"]}, SERVICE
    )

    assert (
        Posted(
            service_code="road",
            latitude=31.15,
            longitude=121.12,
            description="坑",
            attributes={"danger": ("yes",), "pole": ("7",)},
        )
        == found
    )


def test_an_address_is_a_place_as_well() -> None:
    form = {"service_code": ["road"], "address_string": ["桐影路88号"], "attribute[danger]": ["no"], "lat": [""]}

    assert posted(form, SERVICE).address == "桐影路88号"
    assert posted(form | {"address_string": [], "address_id": ["A7"]}, SERVICE).address_id == "A7"


@pytest.mark.parametrize(
    ("change", "code", "about"),
    [
        ({"service_code": [" "]}, 400, "service_code"),
        ({"lat": []}, 400, "address_string"),
        ({"lat": ["north"]}, 400, "lat is not a number"),
        ({"long": ["181"]}, 400, "long is outside"),
        ({"lat": ["nan"]}, 400, "lat is outside"),
        ({"attribute[danger]": []}, 400, "attribute[danger] was not provided"),
        ({"attribute[danger]": ["maybe"]}, 400, "not one of its values"),
        ({"description": ["x" * 4001]}, 400, "description is longer"),
    ],
)
def test_a_form_that_does_not_fit(change: dict[str, list[str]], code: int, about: str) -> None:
    with pytest.raises(Unfit) as refused:
        posted(FORM | change, SERVICE)

    assert code == refused.value.code
    assert about in refused.value.description


def test_a_service_that_is_not_public_is_not_there() -> None:
    with pytest.raises(Unfit) as refused:
        posted(FORM, None)

    assert refused.value.code == 404


def test_what_is_asked_for() -> None:
    found = wanted({"service_request_id": "1, 2,", "status": "open,closed", "service_code": "a"}, NOW)

    assert (found.ids, found.codes, found.status) == (("1", "2"), ("a",), ("open", "closed"))
    assert (found.start, found.end) == (NOW - LONGEST, NOW)


@pytest.mark.parametrize(
    ("query", "start", "end"),
    [
        ({"start_date": "2026-01-01T00:00:00Z"}, datetime(2026, 1, 1, tzinfo=UTC), NOW),
        (
            {"start_date": "2025-01-01T00:00:00Z"},
            datetime(2025, 1, 1, tzinfo=UTC),
            datetime(2025, 1, 1, tzinfo=UTC) + LONGEST,
        ),
        (
            {"end_date": "2026-01-01T08:00:00 08:00"},
            datetime(2026, 1, 1, tzinfo=UTC) - LONGEST,
            datetime(2026, 1, 1, tzinfo=UTC),
        ),
        ({"start_date": "2027-01-01T00:00:00Z"}, datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_an_interval_of_ninety_days_at_most(query: dict[str, str], start: datetime, end: datetime) -> None:
    found = wanted(query, NOW)

    assert (start, end) == (found.start, found.end)
    assert found.end - found.start <= timedelta(days=90)


@pytest.mark.parametrize(
    "query",
    [
        {"start_date": "2026-01-01T00:00:00Z", "end_date": "2025-01-01T00:00:00Z"},
        {"start_date": "2025-01-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"},
        {"start_date": "yesterday"},
        {"start_date": "2026-01-01T00:00:00"},
        {"status": "pending"},
        {"service_request_id": ",".join("x" * (MOST + 1))},
    ],
)
def test_what_cannot_be_asked(query: dict[str, str]) -> None:
    with pytest.raises(Unfit) as refused:
        wanted(query, NOW)

    assert refused.value.code == 400


def test_both_formats_say_the_same() -> None:
    items = [{"service_request_id": "20260304-000001", "lat": 31.15, "metadata": True, "media_url": None}]
    packed = write("service_requests", items, "xml")

    assert items == orjson.loads(write("service_requests", items, "json"))
    assert read(packed, "xml") == [
        {"service_request_id": "20260304-000001", "lat": "31.15", "metadata": "true", "media_url": None}
    ]
    assert packed.startswith(b'<?xml version="1.0" encoding="utf-8"?>')


def test_lists_within_have_their_own_names_in_xml() -> None:
    definition = {
        "service_code": "road",
        "attributes": [{"code": "danger", "required": False, "values": [{"key": "yes", "name": "是\x0b"}]}],
    }
    tree = Tree.fromstring(write("service_definition", definition, "xml"))

    assert tree.tag == "service_definition"
    assert tree.findtext("attributes/attribute/values/value/name") == "是"
    assert tree.findtext("attributes/attribute/required") == "false"


def test_errors_are_a_list() -> None:
    packed = write("errors", errors(Unfit(404, "not there")), "xml")

    assert read(packed, "xml") == [{"code": "404", "description": "not there"}]


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (b"<html", "xml"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a><b/></a>', "xml"),
        (b"{", "json"),
        (b'{"a": 1}', "json"),
        (b"[1]", "json"),
    ],
)
def test_another_server_s_nonsense_is_refused(content: bytes, form: Any) -> None:
    with pytest.raises(NotGeoReport):
        read(content, form)


def test_nothing_that_leads_to_a_person_is_public() -> None:
    text = (
        "我叫欧阳明，住12号楼301室，电话138 0000 0001，车牌沪A·12345，找王建国先生，"
        "邮箱a.b@c.cn，微信号:abc_def1，张女士也在"
    )
    seen = public_text(text, "欧阳明")

    assert public_text("本人李四") == "本人＊＊"

    for hidden in (
        "欧阳明",
        "12号楼",
        "301",
        "1380000",
        "138 0000",
        "12345",
        "王建国",
        "a.b@c.cn",
        "abc_def1",
        "张女士",
    ):
        assert hidden not in seen
    assert HIDDEN in seen
    assert public_text("路灯不亮，已经3天") == "路灯不亮，已经3天"
    assert public_text("六楼以上没有水") == "六楼以上没有水"


def test_a_dwelling_is_blurred_and_a_shop_is_not() -> None:
    assert public_address("云堰街道桐影路88号3号楼502室", "estate") == "云堰街道桐影路"
    assert public_address("桐影路88号", "shop") == "桐影路88号"
    assert Point(31.123, 121.457) == public_point(31.12345, 121.45678, "")
    assert Point(31.12345, 121.45678) == public_point(31.12345, 121.45678, "street_surface")
    assert public_point(None, 121.0, "") is None


@pytest.mark.parametrize("change", [{"confidential": True}, {"anonymous": True}, {"request_type": "report"}])
def test_what_is_never_published(change: dict[str, Any]) -> None:
    row = {"confidential": False, "anonymous": False, "request_type": "help"}

    assert publishable(row)
    assert not publishable(row | change)
