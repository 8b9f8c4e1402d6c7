"""FastAGI's words: nothing that a flow or a caller says becomes a second command."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from callcenter.core.errors import Invalid
from callcenter.pbx.agi_words import LONGEST_COMMAND, AgiReply, command, read_reply, read_request

OPENING = {
    "agi_network": "yes",
    "agi_network_script": "flow?name=main&dnis=12345&empty=",
    "agi_request": "agi://127.0.0.1:4573/flow?name=main&dnis=12345&empty=",
    "agi_channel": "PJSIP/carrier-00000001",
    "agi_uniqueid": "1700000000.1",
    "agi_callerid": "13800000000",
    "agi_language": "zh",
}
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def test_the_opening_names_the_channel_the_script_and_its_arguments() -> None:
    request = read_request(OPENING)
    assert request.script == "flow"
    assert request.args == {"name": "main", "dnis": "12345", "empty": ""}
    assert (request.channel, request.uniqueid) == ("PJSIP/carrier-00000001", "1700000000.1")
    assert (request.caller, request.language) == ("13800000000", "zh")


def test_an_opening_without_the_script_header_gives_the_path_of_the_address() -> None:
    opening = {name: value for name, value in OPENING.items() if name != "agi_network_script"}
    assert read_request(opening).script == "flow"


def test_a_withheld_number_is_no_number() -> None:
    assert read_request({**OPENING, "agi_callerid": "unknown"}).caller == ""


@pytest.mark.parametrize("missing", ["agi_channel", "agi_uniqueid"])
def test_an_opening_without_a_channel_is_refused(missing: str) -> None:
    with pytest.raises(Invalid, match="channel"):
        read_request({**OPENING, missing: ""})


def test_an_opening_without_a_script_is_refused() -> None:
    with pytest.raises(Invalid):
        read_request({**OPENING, "agi_network_script": "", "agi_request": "agi://127.0.0.1:4573"})


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("ANSWER",), b"ANSWER\n"),
        (("GET", "DATA", "hello", "5000", "4"), b"GET DATA hello 5000 4\n"),
        (("STREAM", "FILE", "hello", ""), b'STREAM FILE hello ""\n'),
        (("SET", "VARIABLE", "A", "a b"), b'SET VARIABLE A "a b"\n'),
        (("SET", "VARIABLE", "A", 'say "x\\y"'), b'SET VARIABLE A "say \\"x\\\\y\\""\n'),
        (("VERBOSE", "工单"), 'VERBOSE "工单"\n'.encode()),
    ],
)
def test_words_that_are_not_plain_are_quoted(words: tuple[str, ...], line: bytes) -> None:
    assert command(*words) == line


@given(before=TEXT, bad=st.sampled_from("\r\n\0"), after=TEXT)
def test_a_line_break_inside_a_word_is_refused(before: str, bad: str, after: str) -> None:
    with pytest.raises(Invalid, match="line break"):
        command("SET", "VARIABLE", "A", before + bad + after)


def words_of(line: str) -> list[str]:
    """What Asterisk's parser (res_agi.c, parse_args) makes of a line."""
    words, word, quoted, escaped, begun = list[str](), "", False, False, False
    for c in line:
        if escaped:
            word, escaped = word + c, False
        elif c == "\\":
            escaped = begun = True
        elif c == '"':
            quoted, begun = not quoted, True
        elif c in " \t" and not quoted:
            words += [word] if begun else []
            word, begun = "", False
        else:
            word, begun = word + c, True
    return [*words, word] if begun else words


@given(words=st.lists(TEXT, min_size=1, max_size=5))
def test_asterisk_reads_the_very_words_that_were_given(words: list[str]) -> None:
    assume(not any(bad in word for word in words for bad in "\r\n\0"))
    line = command(*words)
    assert line.count(b"\n") == 1
    assert words_of(line.decode().removesuffix("\n")) == words


def test_a_command_that_asterisk_would_cut_is_refused() -> None:
    assert len(command("VERBOSE", "x" * (LONGEST_COMMAND - 9))) == LONGEST_COMMAND
    with pytest.raises(Invalid, match="longer than"):
        command("VERBOSE", "x" * (LONGEST_COMMAND - 8))


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        ("200 result=0", AgiReply(200, "0", "", None)),
        ("200 result=-1", AgiReply(200, "-1", "", None)),
        ("200 result=49 endpos=1234", AgiReply(200, "49", "", 1234)),
        ("200 result=1 (13800000000)", AgiReply(200, "1", "13800000000", None)),
        ("200 result= (timeout)", AgiReply(200, "", "timeout", None)),
        ("200 result=1 (speech) endpos=1234", AgiReply(200, "1", "speech", 1234)),
        ("510 Invalid or unknown command", AgiReply(510, "", "Invalid or unknown command", None)),
    ],
)
def test_replies(line: str, reply: AgiReply) -> None:
    assert read_reply(line) == reply


@pytest.mark.parametrize("line", ["", "HANGUP", "20 result=0", "result=0"])
def test_what_is_no_reply_is_refused(line: str) -> None:
    with pytest.raises(Invalid, match="not an AGI reply"):
        read_reply(line)
