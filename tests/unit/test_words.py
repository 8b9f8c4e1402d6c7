"""AMI headers as values."""

import pytest

from callcenter.core.ids import LegId
from callcenter.pbx.words import Headers, fields_of, flag_in, leg_in, number_in, spoken

FRAME = "Event: UserEvent\r\nUniqueid: 1.1\r\nUserEvent: HotlineSafe\r\nReason: 超时\r\nodd line\r\nUniqueid: 2.2"


def test_a_repeated_header_gives_its_first_value() -> None:
    headers = Headers(FRAME.encode())
    assert headers.get("Uniqueid") == "1.1"
    assert headers.get("Reason") == "超时"
    assert (headers.get("Missing"), headers.get("Missing", "x")) == ("", "x")


def test_what_follows_a_header_keeps_its_order_and_leaves_odd_lines_out() -> None:
    headers = Headers(FRAME.encode())
    assert headers.after("UserEvent") == (("Reason", "超时"), ("Uniqueid", "2.2"))
    assert headers.after("Missing") == ()


def test_cut_characters_are_replaced_not_refused() -> None:
    assert Headers("Reason: 超".encode()[:-1]).get("Reason") == "�"


def test_a_response_as_fields_keeps_the_last_of_a_repeated_name() -> None:
    assert fields_of("Response: Success\r\nOutput:  a\r\nOutput: b\r\nodd line") == {
        "Response": "Success",
        "Output": "b",
    }


@pytest.mark.parametrize(
    ("value", "number"), [("16", 16), ("-1", -1), ("", 0), ("x", 0), ("1.5", 0), ("9" * 11, 0), ("--1", 0), ("²", 0)]
)
def test_numbers(value: str, number: int) -> None:
    assert number_in({"N": value}, "N") == number
    assert number_in({}, "N") == 0


def test_legs() -> None:
    assert leg_in({"Uniqueid": "1.1"}, "Uniqueid") == LegId("1.1")
    assert leg_in({"Uniqueid": ""}, "Uniqueid") is None


@pytest.mark.parametrize(("value", "flag"), [("1", True), ("Yes", True), ("TRUE", True), ("0", False), ("", False)])
def test_flags(value: str, flag: bool) -> None:
    assert flag_in({"Paused": value}, "Paused") is flag


def test_placeholders_for_nothing_are_nothing() -> None:
    assert [spoken(value) for value in ("<unknown>", "<null>", "<none>", "12345")] == ["", "", "", "12345"]
