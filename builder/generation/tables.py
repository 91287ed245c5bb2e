"""The tables of turns, their steps, and the generations that write their files."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Column, Index, Text
from sqlmodel import Field, SQLModel

from builder.base.ids import new_id, now
from builder.base.tables import of_project


class Generation(SQLModel, table=True):
    """One run of a model for a project, as a step of a `turn`. `base` is the head it started from; `resume` what
    continuing it needs.

    `holder` and `leased_until` say which process writes it, "" where none does: see `builder.base.leases`.
    """

    __tablename__ = "generation"
    id: str = Field(default_factory=new_id, max_length=16, primary_key=True)
    owner: str = Field(max_length=64)
    created_by: str = Field(max_length=64)
    project: str = of_project(index=True)
    turn: str | None = Field(default=None, max_length=16, index=True)
    status: str = Field(default="queued", max_length=16, index=True)
    model: str = Field(default="", max_length=200)
    model_label: str = Field(default="", max_length=200)
    offline: bool = False
    prompt: str = Field(default="", sa_column=Column(Text, nullable=False))
    title: str = Field(default="", sa_column=Column(Text, nullable=False))
    summary: str = Field(default="", sa_column=Column(Text, nullable=False))
    stack: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    run: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    files: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read: int = 0
    cache_write: int = 0
    cost_usd: float | None = Field(default=None, description="None where the price of the model is not known.")
    error: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    characters: int = 0
    base: str | None = Field(default=None, max_length=16)
    version: str | None = Field(default=None, max_length=16)
    resume: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    holder: str = Field(default="", max_length=16)
    leased_until: str = Field(default="", max_length=27)
    created_at: str = Field(default_factory=now, max_length=27)
    started_at: str | None = Field(default=None, max_length=27)
    finished_at: str | None = Field(default=None, max_length=27)


Index("ix_generation_created", Generation.created_at, Generation.status)


class Turn(SQLModel, table=True):
    """Everything that one message of a person sets off, as a row of steps.

    `base` is the head before it, `version` the newest version that it made. `options` are
    `builder.generation.asking.PromptOptions`; `questions` and `plan` are in the form of
    `builder.generation.turns.forms`. `followed_by`: the turn that took its place, when the person went another way from
    here. `holder` and `leased_until` are as in `Generation`.
    """

    __tablename__ = "turn"
    id: str = Field(default_factory=new_id, max_length=16, primary_key=True)
    owner: str = Field(max_length=64)
    created_by: str = Field(max_length=64)
    project: str = of_project(index=True)
    prompt: str = Field(default="", sa_column=Column(Text, nullable=False))
    mode: str = Field(default="build", max_length=16)
    model: str = Field(default="", max_length=200)
    status: str = Field(default="running", max_length=16, index=True)
    outcome: str = Field(default="", max_length=16)
    base: str | None = Field(default=None, max_length=16)
    version: str | None = Field(default=None, max_length=16)
    questions: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    options: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    plan: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    error: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    followed_by: str | None = Field(default=None, max_length=16)
    holder: str = Field(default="", max_length=16)
    leased_until: str = Field(default="", max_length=27)
    created_at: str = Field(default_factory=now, max_length=27)
    finished_at: str | None = Field(default=None, max_length=27)


class TurnStep(SQLModel, table=True):
    """One step of a turn; `number` counts from 1. `generation` writes it, where it writes files. `detail` is what it
    came to, in the form of `builder.generation.turns.shapes.StepView`."""

    __tablename__ = "turn_step"
    id: str = Field(default_factory=new_id, max_length=16, primary_key=True)
    owner: str = Field(max_length=64)
    project: str = of_project(index=True)
    turn: str = Field(max_length=16, index=True)
    number: int
    kind: str = Field(max_length=16)
    status: str = Field(default="running", max_length=16)
    model: str = Field(default="", max_length=200)
    model_label: str = Field(default="", max_length=200)
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read: int = 0
    cache_write: int = 0
    cost_usd: float | None = None
    generation: str | None = Field(default=None, max_length=16)
    version: str | None = Field(default=None, max_length=16)
    detail: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    started_at: str = Field(default_factory=now, max_length=27)
    finished_at: str | None = Field(default=None, max_length=27)
