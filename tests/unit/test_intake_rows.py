"""Rows of a table become demands; each bad one is told with row, column, cause and remedy (SG-27, B-44)."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook

from callcenter.channels.columns import HEADINGS, ROW_KEY, BadRow, Fault, heading_row, incoming_of, mapping_of
from callcenter.channels.incoming import Incoming, digest_of
from callcenter.channels.kinds import SIDES, Channel, kind_on
from callcenter.channels.sheets import MOST_ROWS, NotATable, TooManyRows, read_table
from callcenter.orders.terms import Kind

pytestmark = pytest.mark.rule("SG-27", "B-44")

CITY = ZoneInfo("Asia/Shanghai")
HEAD = ["工单编号", "标题", "诉求内容", "诉求类型", "事发时间", "是否保密", "标签", "备注", "地址"]
COLUMNS = mapping_of(HEAD, {})


def read(*cells: Any) -> Incoming:
    return incoming_of(2, [*cells, *[None] * (len(HEAD) - 1 - len(cells)), "桐影路"], COLUMNS, CITY)


def faults(*cells: Any) -> tuple[Fault, ...]:
    with pytest.raises(BadRow) as refused:
        read(*cells)
    return refused.value.faults


def test_headings_are_known_by_their_usual_names() -> None:
    assert {field: at for field, at in COLUMNS.items() if field not in ("confidential", "tags", "address")} == {
        "external_id": 0,
        "title": 1,
        "content": 2,
        "request_type": 3,
        "happened_at": 4,
    }
    assert mapping_of(["随便", "问题描述"], {}) == {"content": 1}
    assert mapping_of(["随便", "标题", "内容"], {"随便": "content", "标题": "title"}) == {"content": 0, "title": 1}
    assert {"gdbh", "jjcd"} <= {name for names in HEADINGS.values() for name in names}  # B-28


def test_a_row_is_a_demand() -> None:
    found = read("A1", " 停水 ", "六楼没有水", "投诉", "2026年3月4日 10时", "是", "供水、高层")

    assert (
        found.external_id,
        found.title,
        found.request_type,
        found.confidential,
    ) == ("A1", "停水", "complaint", True)
    assert datetime(2026, 3, 4, 2, tzinfo=UTC) == found.happened_at
    assert found.tags == ("供水", "高层")


@pytest.mark.parametrize(
    "written",
    ["2026-03-04 10:00", "2026/3/4 10:00:00", "2026-03-04T02:00:00Z", datetime(2026, 3, 4, 10)],  # noqa: DTZ001 - as a table program gives it
)
def test_times_as_tables_write_them(written: Any) -> None:
    assert datetime(2026, 3, 4, 2, tzinfo=UTC) == read("A1", "", "内容", None, written).happened_at


def test_a_time_with_a_zone_keeps_it() -> None:
    at = datetime(2026, 3, 4, 2, tzinfo=UTC)

    assert at == read("A1", "", "内容", None, at).happened_at
    assert at == read("A1", "", "内容", None, "2026-03-04T10:00+08:00").happened_at


def test_each_fault_names_row_column_cause_and_remedy_and_never_the_cell() -> None:
    found = faults("A1", "", "内容", "李四的抱怨", "昨天晚上", "")

    assert [(fault.row, fault.column) for fault in found] == [(2, "诉求类型"), (2, "事发时间")]
    assert all(fault.cause_zh and fault.cause_en and fault.remedy_zh and fault.remedy_en for fault in found)
    assert "李四" not in str(found)


@pytest.mark.parametrize(
    ("cells", "column", "cause"),
    [
        (("A1", "题", " "), "诉求内容", "缺少必填内容"),
        (("A1", "题" * 121, "内容"), "标题", "超过 120 个字符"),
        (("A1", "", "内容", "", "", "", "、".join(map(str, range(30)))), "标签", "超过 20 项"),
        (("A1", "", "内容", "", "", "也许"), "是否保密", "不认识的取值"),
    ],
)
def test_what_is_wrong_with_a_row(cells: Sequence[Any], column: str, cause: str) -> None:
    assert [(column, cause)] == [(fault.column, fault.cause_zh) for fault in faults(*cells)]


def test_a_latitude_outside_of_the_earth_and_one_that_is_no_number() -> None:
    for cell, cause in (("95", "超出允许范围"), ("北", "不是数字")):
        with pytest.raises(BadRow) as refused:
            incoming_of(3, ["内容", cell], {"content": 0, "latitude": 1}, CITY)
        assert [cause] == [fault.cause_zh for fault in refused.value.faults]


def test_a_demand_that_leads_nowhere_is_told() -> None:
    columns = mapping_of(["内容", "电话"], {})

    assert incoming_of(2, ["内容", "138 0000 0001"], columns, CITY).caller_number == "138 0000 0001"
    with pytest.raises(BadRow) as refused:
        incoming_of(2, ["内容", "匿名"], columns, CITY)
    assert [HEADINGS["caller_number"][0]] == [fault.column for fault in refused.value.faults]


def test_a_row_without_a_number_of_its_own_is_known_by_its_words() -> None:
    one, again, other = read("", "", "内容"), read(None, "", "内容"), read("", "", "别的内容")

    assert one == again
    assert one.external_id == other.external_id == ROW_KEY  # the import makes it whole, with a key
    assert digest_of(one) == digest_of(again) != digest_of(other)


def test_numbers_in_cells_keep_no_decimals_and_an_empty_title_is_the_content() -> None:
    found = read(20260304.0, None, "第一行\n第二行")

    assert (found.external_id, found.headline) == ("20260304", "第一行")
    assert read("A", "题", "内容").headline == "题"


@pytest.mark.rule("XY-24", "JC-17", "JC-36")
def test_every_side_has_its_words_and_its_kind() -> None:
    assert set(Channel) == set(SIDES)
    assert {
        "电话",
        "市长信箱",
        "社情民意",
        "微信",
        "手机App",
        "省级平台",
        "短信",
        "网站",
        "紧急热线转入",
        "随身拍",
    } <= {side.zh for side in SIDES.values()}
    assert Kind.SNAPSHOT is kind_on(Channel.SNAPSHOT, Kind.URGENT)
    assert Kind.CITY_REVIEW is kind_on(Channel.UPPER_LEVEL, Kind.CITY_REVIEW)
    assert Kind.ORDINARY is kind_on(Channel.WECHAT, None)
    assert SIDES[Channel.PROACTIVE].origin == "proactive"
    assert {Channel.PROVINCIAL, Channel.UPPER_LEVEL} == {one for one, side in SIDES.items() if side.superior}
    kinds = mapping_of(["编号", "内容", "工单种类", "地址"], {})
    assert Kind.SEMI_URGENT is incoming_of(2, ["1", "内容", "次紧急", "桐影路"], kinds, CITY).kind


def test_tables_of_both_formats_and_both_encodings() -> None:
    rows = [["编号", "内容"], ["1", "路灯，不亮"]]
    text = "编号,内容\r\n1,路灯，不亮\r\n,\r\n"
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    packed = io.BytesIO()
    book.save(packed)

    assert rows == [list(row) for row in read_table("a.csv", text.encode("utf-8-sig"))]
    assert rows == [list(row) for row in read_table("a.csv", text.encode("gb18030"))]
    assert rows == [list(row) for row in read_table("a.txt", text.replace(",", "\t").encode())]
    assert rows == [list(row) for row in read_table("a.xlsx", packed.getvalue())]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""),
        ("a.csv", b"\xff\xff\xff"),
        ("a.xls", b"abc"),
        ("a.csv", b"a\x00b"),
        ("a.xlsx", b"PK\x03\x04broken"),
        ("a.csv", b'a,"' + b"x" * 200_000),
    ],
)
def test_what_is_no_table(name: str, content: bytes) -> None:
    with pytest.raises(NotATable):
        read_table(name, content)


def test_a_table_has_an_end() -> None:
    with pytest.raises(TooManyRows):
        read_table("a.csv", b"x\n" * (MOST_ROWS + 2))


def test_headings_stand_below_a_title_or_nowhere() -> None:
    title: list[Sequence[Any]] = [["工单汇总表", None], (), ["内容", "地址"], ["停水", "桐影路"]]

    assert heading_row(title, {}) == 2
    assert heading_row([["甲", "乙"], ["丙", "丁"]], {}) == 0
    assert heading_row([["表"], ["问题"]], {"问题": "content"}) == 1


def test_a_due_date_ends_with_its_day_and_a_day_s_number_is_a_day() -> None:
    columns = mapping_of(["内容", "地址", "办结时限", "事发时间"], {})
    for written in ("2026-03-09", datetime(2026, 3, 9), 46090):  # noqa: DTZ001 - as a table program gives it
        found = incoming_of(2, ["停水", "桐影路", written, 46085.5], columns, CITY)

        assert found.due_at == datetime(2026, 3, 9, 23, 59, 59, tzinfo=CITY)
        assert found.happened_at == datetime(2026, 3, 4, 12, tzinfo=CITY)
    with pytest.raises(BadRow):
        incoming_of(2, ["停水", "桐影路", 7], columns, CITY)


def test_what_a_formula_failed_to_give_is_no_content() -> None:
    assert [one.cause_zh for one in faults("A1", "题", "#REF!")] == ["缺少必填内容"]


def test_files_as_table_programs_leave_them() -> None:
    """Unicode text, semicolons, an empty first sheet, and a sheet that is a million rows long."""
    text = "编号;内容\r\n1;路灯不亮\r\n"
    rows = [["编号", "内容"], ["1", "路灯不亮"]]
    book = Workbook()
    sheet = book.create_sheet("数据")
    for row in rows:
        sheet.append(row)
    sheet["B1000000"] = "完"
    packed = io.BytesIO()
    book.save(packed)

    assert rows == [list(row) for row in read_table("a.csv", text.encode("utf-16"))]
    assert rows == [list(row) for row in read_table("a.csv", text.encode())]
    found = read_table("a.xlsx", packed.getvalue())
    assert (rows, list(found[-1])) == ([list(row) for row in found[:2]], [None, "完"])
    assert len(found) == 1_000_000
    assert not any(found[2:-1])
