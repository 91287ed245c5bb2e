"""The tables of billing."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel, col

from builder.base.ids import new_id, now


class ModelCall(SQLModel, table=True):
    """One call of a model; it outlives the project that it was made for.

    `owner` is the workspace, `created_by` the person, `reference` the purpose, such as a generation's id. `status`:
    reserved (under way in the process `holder`, see `builder.base.leases`), settled, failed or cancelled.
    `reserved_tokens` and `reserved_usd` estimate the most that the call could use. Tokens are None when the provider
    reported none; `cost_usd` is None when the tokens or the price are unknown.
    """

    __tablename__ = "model_call"
    id: str = Field(default_factory=new_id, max_length=16, primary_key=True)
    owner: str = Field(max_length=64)
    created_by: str | None = Field(default=None, max_length=64)
    project: str | None = Field(default=None, max_length=16)
    operation: str = Field(max_length=32)
    reference: str | None = Field(default=None, max_length=64)
    provider: str = Field(max_length=32)
    model: str = Field(max_length=200)
    status: str = Field(default="reserved", max_length=16, index=True)
    reserved_tokens: int = 0
    reserved_usd: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read: int | None = None
    cache_write: int | None = None
    cost_usd: float | None = None
    holder: str = Field(default="", max_length=16)
    leased_until: str = Field(default="", max_length=27)
    started_at: str = Field(default_factory=now, max_length=27)
    ended_at: str | None = Field(default=None, max_length=27)


Index("ix_model_call_owner_started", ModelCall.owner, ModelCall.started_at)
Index("ix_model_call_owner_project", ModelCall.owner, col(ModelCall.project))
Index("ix_model_call_owner_reference", ModelCall.owner, col(ModelCall.reference))


class Budget(SQLModel, table=True):
    """The most that may be spent in USD, None for no limit: in the workspace `owner`, or in one `project` of it.

    `project` is "" for the whole workspace. A row outlives its project, as its calls do.
    `told`: what people were told of it, see `builder.billing.budget_news`.
    """

    __tablename__ = "budget"
    owner: str = Field(max_length=64, primary_key=True)
    project: str = Field(default="", max_length=16, primary_key=True)
    created_by: str = Field(max_length=64)
    turn_usd: float | None = None
    month_usd: float | None = None
    person_month_usd: float | None = None
    total_usd: float | None = None
    paused: bool = False
    told: str = Field(default="", max_length=120, sa_column_kwargs={"server_default": ""})
    updated_at: str = Field(default_factory=now, max_length=27)


Index("ix_model_call_started", ModelCall.started_at)
