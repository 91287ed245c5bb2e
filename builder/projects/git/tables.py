"""The tables of Git: which commit a version is, and the repository elsewhere that a project goes with."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field, SQLModel

from builder.base.ids import now
from builder.base.tables import of_project


class GitCommit(SQLModel, table=True):
    """A version as a commit. The row with the highest `number` is the tip of the project's branch `main`.

    A version that the person came back to has a row, and a commit, for each time.
    """

    __tablename__ = "git_commit"
    project: str = of_project(primary_key=True)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    owner: str = Field(max_length=64)
    version: str = Field(max_length=16)
    commit: str = Field(max_length=40)


class GitBranch(SQLModel, table=True):
    """A branch that holds what once was `main`, when another history took its place."""

    __tablename__ = "git_branch"
    project: str = of_project(primary_key=True)
    name: str = Field(max_length=100, primary_key=True)
    owner: str = Field(max_length=64)
    commit: str = Field(max_length=40)
    created_at: str = Field(default_factory=now, max_length=27)


class GitRemote(SQLModel, table=True):
    """The repository that a project is pushed to and pulled from. `secret`: the encrypted token, None for none; `hint` its
    last four characters. `branch` is "" until the repository was looked at."""

    __tablename__ = "git_remote"
    project: str = of_project(primary_key=True)
    owner: str = Field(max_length=64)
    created_by: str = Field(max_length=64)
    url: str = Field(max_length=500)
    branch: str = Field(default="", max_length=100)
    user: str = Field(default="", max_length=100)
    secret: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    hint: str = Field(default="", max_length=4)
    updated_at: str = Field(default_factory=now, max_length=27)
