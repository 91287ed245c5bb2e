"""How much people may attach to a request."""

from __future__ import annotations

from pydantic import Field

from builder.base.settings import StorageSettings

MOST_MEGABYTES = 50
"""The most that one attached file may be set to have: what the API takes of a body."""


class AttachmentSettings(StorageSettings):
    """Attachments"""

    attachment_files: int = Field(10, ge=0, le=20, description="Most files that go with one request. 0: none.")
    attachment_mb: int = Field(10, ge=1, le=MOST_MEGABYTES, description="Most megabytes of one such file.")
    attachment_total_mb: int = Field(20, ge=1, description="Most megabytes of all files of one request.")
