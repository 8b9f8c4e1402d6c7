"""Identifiers. Each thing has its own type, so that a call id never lands where an order id belongs."""

from typing import NewType
from uuid import UUID

from uuid_utils.compat import uuid7

CallId = NewType("CallId", UUID)
LegId = NewType("LegId", str)
"""Asterisk's Uniqueid of one channel; unique together with the PBX name."""
OrgId = NewType("OrgId", UUID)
UserId = NewType("UserId", UUID)
OfferId = NewType("OfferId", UUID)
RecordingId = NewType("RecordingId", UUID)
TranscriptId = NewType("TranscriptId", UUID)
OrderId = NewType("OrderId", UUID)
CallbackId = NewType("CallbackId", UUID)
AttemptId = NewType("AttemptId", UUID)
TokenId = NewType("TokenId", UUID)
ArticleId = NewType("ArticleId", UUID)
MissedId = NewType("MissedId", UUID)


def new_id() -> UUID:
    """A time-ordered UUID (RFC 9562, version 7), so that index inserts stay local."""
    return uuid7()
