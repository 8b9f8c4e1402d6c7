"""Asterisk's CEL file, as the ledger reads it: only the interval, rotated files too, nothing from a torn line."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from callcenter.pbx import facts
from callcenter.pbx.cel import CelFile, facts_of

T0 = 1_700_000_000
BRIDGE = '"{""bridge_id"":""b1"",""bridge_technology"":""simple_bridge""}"'
HANGUP = '"{""hangupcause"":17,""hangupsource"":""x"",""dialstatus"":""BUSY""}"'


def line(event: str, second: float, *, application: str = "", arguments: str = "", extra: str = '""') -> bytes:
    head = f'"{event}","{T0 + second:.6f}","{T0}.1","{T0}.1","PJSIP/carrier-1","13800000000","12345","from-trunk"'
    return f'{head},"{application}","{arguments}","","",{extra}\n'.encode()


def at(second: float) -> datetime:
    return datetime.fromtimestamp(T0 + second, UTC)


def test_records_become_facts() -> None:
    records = [
        line("CHAN_START", 0),
        line("ANSWER", 1),
        line("APP_START", 2, application="Queue", arguments="main,r"),
        line("BRIDGE_ENTER", 3, extra=BRIDGE),
        line("BRIDGE_EXIT", 4, extra=BRIDGE),
        line("APP_END", 5, application="Queue", arguments="main,r"),
        line("HANGUP", 6, extra=HANGUP),
        line("CHAN_END", 6),
        line("APP_START", 7, application="Dial", arguments="PJSIP/1@x"),
    ]
    found = [fact for record in records for fact in facts_of(record, "pbx")]
    assert [type(fact) for fact in found] == [
        facts.ChannelStarted,
        facts.ChannelStateChanged,
        facts.QueueJoined,
        facts.BridgeEntered,
        facts.BridgeLeft,
        facts.QueueLeft,
        facts.ChannelEnded,
    ]
    began, _, joined, bridged, _, _, ended = found
    assert isinstance(began, facts.ChannelStarted)
    assert (began.caller_number, began.dialled, began.at) == ("13800000000", "12345", at(0))
    assert isinstance(joined, facts.QueueJoined)
    assert isinstance(bridged, facts.BridgeEntered)
    assert isinstance(ended, facts.ChannelEnded)
    assert (joined.queue, bridged.bridge, ended.cause) == ("main", "b1", 17)


def test_a_recording_is_known_by_its_application() -> None:
    text = ",br(20231114/x.1-rx.wav)t(20231114/x.1-tx.wav)"
    mark, began = facts_of(line("APP_START", 1, application="MixMonitor", arguments=text), "pbx")
    assert isinstance(mark, facts.DialplanMarked)
    assert mark.fields == (("File", "20231114/x.1"),)
    assert isinstance(began, facts.RecordingStarted)


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\n",
        b"\xff\xfe\x00nonsense\n",
        b'"CHAN_START","x"\n',
        line("CHAN_START", 0).replace(str(T0).encode(), b"soon"),
        line("HANGUP", 0)[:-9],
        line("CHAN_START", 0).replace(f'"{T0}.1"'.encode(), b'""'),
    ],
)
def test_what_is_no_record_gives_nothing(broken: bytes) -> None:
    assert list(facts_of(broken, "pbx")) == []


def test_a_bridge_or_cause_that_is_missing_is_left_empty() -> None:
    (left,) = facts_of(line("BRIDGE_EXIT", 0, extra='"not json"'), "pbx")
    (ended,) = facts_of(line("HANGUP", 0), "pbx")
    assert isinstance(left, facts.BridgeLeft)
    assert isinstance(ended, facts.ChannelEnded)
    assert (left.bridge, ended.cause) == ("", 0)


def test_only_the_interval_is_read_and_a_torn_line_waits(tmp_path: Path) -> None:
    file = tmp_path / "Master.csv"
    file.write_bytes(b"".join(line("ANSWER", second) for second in range(5000)) + line("ANSWER", 5000)[:-20])
    found = CelFile(file).facts_between("pbx", at(4000), at(4002))
    assert [fact.at for fact in found] == [at(4000), at(4001), at(4002)]
    assert [fact.at for fact in CelFile(file).facts_between("pbx", at(4999), at(6000))] == [at(4999)]
    with file.open("ab") as more:
        more.write(line("ANSWER", 5000)[-20:])
    assert [fact.at for fact in CelFile(file).facts_between("pbx", at(4999.5), at(6000))] == [at(5000)]


def test_rotated_files_that_reach_into_the_interval_are_read(tmp_path: Path) -> None:
    file = tmp_path / "Master.csv"
    for name, second in (("Master.csv.2", 0), ("Master.csv.1", 10), ("Master.csv.3.gz", 11), ("Master.csv", 20)):
        (tmp_path / name).write_bytes(line("ANSWER", second))
        os.utime(tmp_path / name, (T0 + second, T0 + second))
    found = CelFile(file).facts_between("pbx", at(5), at(5) + timedelta(minutes=1))
    assert [fact.at for fact in found] == [at(10), at(20)]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        CelFile(tmp_path / "Master.csv").facts_between("pbx", at(0), at(1))
