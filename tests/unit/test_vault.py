"""Sealing, searching and rotating with the house's keys; every bad file of keys is told with a remedy."""

import base64
import json
from pathlib import Path

import pytest

from callcenter.core.errors import Misconfigured
from callcenter.people.keys import Keys, Kind, fresh_keys, have_keys, new_keys, read_keys, write_keys
from callcenter.people.vault import Vault

pytestmark = pytest.mark.rule("B-29", "B-30")
NUMBER = "+8613800000001"


def test_what_is_sealed_is_opened_and_never_looks_the_same_twice() -> None:
    vault = Vault(fresh_keys())
    first, second = vault.seal("欧阳某"), vault.seal("欧阳某")
    assert first != second
    assert "欧阳" not in first
    assert vault.open(first) == vault.open(second) == "欧阳某"
    assert (vault.seal(""), vault.open("")) == ("", "")


def test_a_text_from_before_the_keys_is_read_as_it_is() -> None:
    vault = Vault(fresh_keys())
    for text in (NUMBER, "~", "~张三~", "~a~b~c"):
        assert vault.open(text) == text
        assert not vault.current(text)
        assert vault.open(vault.seal(text)) == text
    assert vault.current("")
    assert vault.current(vault.seal(NUMBER))


def test_equal_numbers_have_one_key_that_needs_the_search_key() -> None:
    keys = fresh_keys()
    vault = Vault(keys)
    assert vault.key(NUMBER) == Vault(keys.rotated()).key(NUMBER), "rotation keeps numbers searchable"
    assert vault.key(NUMBER) != Vault(fresh_keys()).key(NUMBER)
    assert vault.key(NUMBER) != vault.key("+8613800000002")
    assert len(vault.key(NUMBER)) == 32
    assert vault.key("") == b""
    assert vault.key_text(NUMBER) == "\\x" + vault.key(NUMBER).hex()
    assert vault.link(b"", NUMBER.encode()) != vault.key(NUMBER), "the keys are separate"


def test_a_new_key_seals_and_the_old_one_still_opens() -> None:
    keys = fresh_keys()
    sealed = Vault(keys).seal(NUMBER)
    rotated = Vault(keys.rotated())
    assert rotated.open(sealed) == NUMBER
    assert not rotated.current(sealed)
    assert rotated.current(rotated.seal(NUMBER))
    with pytest.raises(Misconfigured, match="key that is missing"):
        Vault(keys.rotated().retired()).open(sealed)


def test_a_new_search_key_writes_and_both_are_looked_up() -> None:
    keys = fresh_keys()
    later = keys.rotated("search")
    before, rotated = Vault(keys), Vault(later)
    assert before.keys(NUMBER) == [before.key(NUMBER)]
    assert rotated.keys(NUMBER) == [rotated.key(NUMBER), before.key(NUMBER)]
    assert rotated.key(NUMBER) != before.key(NUMBER)
    assert rotated.keys("") == []
    assert rotated.open(before.seal(NUMBER)) == NUMBER, "sealing has its own key"
    assert Vault(later.retired()).keys(NUMBER) == [rotated.key(NUMBER)]


def test_the_chain_keeps_all_its_keys() -> None:
    keys = fresh_keys()
    before, rotated = Vault(keys), Vault(keys.rotated("chain").retired())
    first = before.chain_ids[0]
    assert rotated.chain_ids[1:] == (first,)
    assert rotated.link(b"", b"row", first) == before.link(b"", b"row")
    assert rotated.link(b"", b"row") != before.link(b"", b"row")
    with pytest.raises(KeyError):
        before.link(b"", b"row", rotated.chain_ids[0])


@pytest.mark.parametrize("kind", ["sealing", "search", "chain"])
def test_only_the_kind_that_is_named_is_rotated(kind: Kind) -> None:
    keys = fresh_keys()
    rotated = keys.rotated(kind)
    for name in ("sealing", "search", "chain"):
        known, now = getattr(keys, name), getattr(rotated, name)
        assert now[-1:] == known
        assert len(now) == (2 if name == kind else 1)


def test_a_file_of_the_first_version_is_read(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    keys = new_keys(file)
    written = json.loads(file.read_text("utf-8"))
    old = {name: base64.b64encode(getattr(keys, name)[0].key).decode() for name in ("search", "chain")}
    file.write_text(json.dumps(written | old), "utf-8")
    known = read_keys(file)
    assert [one.id for one in (*known.search, *known.chain)] == ["", ""]
    assert Vault(known).key(NUMBER) == Vault(keys).key(NUMBER)
    write_keys(file, known.rotated("chain"))
    assert read_keys(file).chain[1:] == known.chain


def test_a_changed_text_is_refused() -> None:
    vault = Vault(fresh_keys())
    sealed = vault.seal(NUMBER)
    with pytest.raises(Misconfigured):
        vault.open(sealed[:-6] + "AAAAA=")


def test_the_file_is_private_whole_and_shows_nothing(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    keys = new_keys(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert read_keys(file) == keys
    assert [one.name for one in tmp_path.iterdir()] == ["keys.json"]
    for secret in (keys.sealing[0].key, str(keys.search[0].key), str(keys.chain[0].key)):
        assert secret not in repr(keys)
    with pytest.raises(Misconfigured, match="already"):
        new_keys(file)
    assert read_keys(have_keys(file)) == keys
    write_keys(file, keys.rotated())
    assert read_keys(file).sealing[1:] == keys.sealing
    assert have_keys(tmp_path / "other.json").stat().st_mode & 0o077 == 0


def test_bad_files_are_told_with_a_remedy_and_without_what_is_in_them(tmp_path: Path) -> None:
    def refused(file: Path | None, *words: str) -> None:
        with pytest.raises(Misconfigured) as told:
            read_keys(file)
        text = told.value.text("zh")
        assert all(word in text for word in words), text
        assert "c2VjcmV0" not in text

    good = tmp_path / "keys.json"
    new_keys(good)
    refused(None, "privacy.keys_file", "callcenter keys new")
    refused(tmp_path / "gone.json", "gone.json", "callcenter keys new")
    refused(tmp_path, "cannot be read", "chmod")
    written = json.loads(good.read_text("utf-8"))
    for spoilt in (
        "{",
        "[]",
        '{"sealing": []}',
        json.dumps(written | {"search": "c2VjcmV0"}),
        json.dumps(written | {"search": [{"id": "a", "key": "c2VjcmV0"}]}),
        json.dumps(written | {"search": []}),
        json.dumps(written | {"sealing": []}),
    ):
        good.write_text(spoilt, "utf-8")
        refused(good, "damaged", "restore")
    good.chmod(0o640)
    refused(good, "chmod 600")


def test_keys_that_cannot_be_written_are_told(tmp_path: Path) -> None:
    keys: Keys = fresh_keys()
    with pytest.raises(Misconfigured, match="cannot be written"):
        write_keys(tmp_path / "nowhere" / "keys.json", keys)
