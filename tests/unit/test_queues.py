"""The queue definitions: what is accepted, what is named, what is refused."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from callcenter.core.errors import Misconfigured
from callcenter.resources import IVR
from callcenter.seats.queues import QueueBook, QueueDefinition, Staffed, queues_schema, read_queues

TITLE = {"zh": "综合", "en": "General"}


def queue(name: str = "main", **more: object) -> dict[str, object]:
    return {"name": name, "title": TITLE, "skill": "general", **more}


def test_the_shipped_queues() -> None:
    book = read_queues(IVR / "queues.yaml")
    assert {"main", "housing", "english", "dialect", "enterprise"} <= set(book.names)
    english = book.find("english")
    assert english is not None
    assert (english.language, english.rings_for, english.waits_for) == (
        "en",
        timedelta(seconds=20),
        timedelta(seconds=60),
    )
    assert book.find("poetry") is None
    assert book.overflows == {"overflow"}


def test_the_published_schema_is_the_one_in_use() -> None:
    assert json.loads((IVR / "queues.schema.json").read_text(encoding="utf-8")) == json.loads(
        json.dumps(queues_schema())
    )


def test_a_queue_that_only_the_registry_names_is_taken_with_the_defaults() -> None:
    book = QueueBook.model_validate({"version": 1, "queues": [queue()]}).joined_by(["main", "tax", "tax"])
    assert book.names == ("main", "tax")
    tax = book.find("tax")
    assert tax is not None
    assert (tax.staffed, tax.overflow, tax.patience) == (None, None, 60)


def test_the_hours_that_must_be_staffed() -> None:
    staffed = Staffed.model_validate({"from": 9, "until": 18})
    assert [hour for hour in range(24) if staffed.holds(hour)] == list(range(9, 18))
    default = QueueDefinition.model_validate(queue()).staffed
    assert default is not None
    assert all(default.holds(hour) for hour in range(24))


@pytest.mark.parametrize(
    ("queues", "says"),
    [
        ([], "at least 1"),
        ([queue(), queue()], "main stands twice"),
        ([queue(emergency=True, overflow="overflow")], "emergency queue has no overflow"),
        ([queue(staffed={"from": 18, "until": 9})], "must end after it begins"),
        ([queue(ring=600)], "less than or equal to 60"),
        ([queue("Main")], "match"),
        ([queue(patiense=3)], "Extra inputs"),
    ],
)
def test_what_is_refused(tmp_path: Path, queues: list[dict[str, object]], says: str) -> None:
    file = tmp_path / "queues.yaml"
    file.write_text(json.dumps({"version": 1, "queues": queues}), encoding="utf-8")
    with pytest.raises(Misconfigured, match=says):
        read_queues(file)


@pytest.mark.parametrize(("text", "says"), [("queues: [", "not YAML at line"), (None, "cannot be read")])
def test_files_that_are_none(tmp_path: Path, text: str | None, says: str) -> None:
    file = tmp_path / "queues.yaml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(Misconfigured, match=says):
        read_queues(file)
