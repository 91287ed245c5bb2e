"""What can be found: one row for each project, file and message. Their words lie in `search_words`, a table whose form
belongs to the database (FTS5 in SQLite, `tsvector` in PostgreSQL); see `builder.projects.searching.texts`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer
from sqlmodel import Field, SQLModel

from builder.base.tables import of_project


class SearchEntry(SQLModel, table=True):
    """`kind` is project, file or message; `ref` the file's path or the message's id, "" for the project itself. `mark`
    tells whether the text has changed since: the SHA-256 of a file, or of a title with its prompt. A later text has a
    higher `id`."""

    __tablename__ = "search_entry"
    __table_args__ = (Index("ix_search_entry_project_kind", "project", "kind"),)
    id: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    )
    owner: str = Field(max_length=64)
    project: str = of_project()
    kind: str = Field(max_length=8)
    ref: str = Field(default="", max_length=200)
    mark: str = Field(default="", max_length=64)
