"""Attachments as people see them."""

from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from callcenter.core.ids import OrderId, UserId
from callcenter.core.pages import Page
from callcenter.files.scanning import Scan

FileId = NewType("FileId", UUID)


class Purpose(StrEnum):
    """What an attachment is of its order."""

    CITIZEN = "citizen"  # sent by the citizen: may show who that is
    EVIDENCE = "evidence"  # of the handling
    PLAN = "plan"  # work plan, solution options (XY-04)
    RECORD = "record"  # minutes, coordination and site records
    FORM = "form"  # signed forms


class FileView(BaseModel):
    """`sha256` proves that the content is still what was sent. `published_at`: everybody may see it with its order."""

    model_config = ConfigDict(frozen=True)

    id: FileId
    order_id: OrderId
    kind: Purpose
    name: str
    media_type: str
    bytes: int
    sha256: str
    uploaded_by: UserId | None
    uploader: str
    at: datetime
    published_at: datetime | None
    scan: Scan


class FilePage(Page[FileView]):
    """Oldest first, all on one page."""
