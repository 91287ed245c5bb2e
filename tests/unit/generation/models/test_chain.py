"""Where a model fails before it has begun, the next one writes; where it has begun, nobody else does."""

from __future__ import annotations

import pytest

from builder.generation.models.chain import ModelChain
from builder.generation.models.draft_writer import DraftWriter
from builder.generation.models.model import DraftEvent, Finished, JsonText, ModelChanged, ModelRequest
from builder.llm.conversation import errors
from builder.llm.conversation.events import AnswerEnded, TextPiece, ThinkingPiece, Usage, Waiting
from builder.llm.failover import LONGEST_WAIT, Outages
from builder.llm.testing.scripted import ScriptedModel, Step

APP = '{"title": "App"}'
WRITES: list[Step] = [TextPiece(APP), Usage(10, 5), AnswerEnded("end")]
REQUEST = ModelRequest("first", "an app")


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def scripted(name: str, *answers: list[Step]) -> ScriptedModel:
    return ScriptedModel(answers, name=name, label=name.partition(":")[0].capitalize())


def chain(*models: ScriptedModel, outages: Outages | None = None) -> ModelChain:
    return ModelChain([DraftWriter(model) for model in models], outages or Outages())


async def told(model: ModelChain) -> list[DraftEvent]:
    return [event async for event in model.stream(REQUEST)]


FAULTS = [
    errors.RateLimited, errors.Overloaded, errors.ProviderFailed, errors.TimedOut, errors.Unreachable,
    errors.ConnectionLost,
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
async def test_the_next_model_writes_and_it_is_told_why(fault: type[errors.ModelError]) -> None:
    first, second = scripted("anthropic:a", [fault("Claude")]), scripted("openai:b", WRITES)
    model = chain(first, second)
    events = await told(model)
    assert events[0] == ModelChanged("openai:b", "Openai", fault.code, "Anthropic")
    assert [event.text for event in events if isinstance(event, JsonText)] == [APP]
    assert (model.name, model.label) == ("openai:b", "Openai")
    assert model.cost(Usage(0, 1_000)) == second.cost(Usage(0, 1_000))


@pytest.mark.parametrize("fault", [errors.BadKey, errors.NoCredit, errors.TooLong, errors.RequestRefused])
async def test_what_a_person_has_to_know_is_not_passed_on(fault: type[errors.ModelError]) -> None:
    second = scripted("openai:b", WRITES)
    with pytest.raises(fault):
        await told(chain(scripted("anthropic:a", [fault("Claude")]), second))
    assert not second.requests


@pytest.mark.parametrize("piece", [TextPiece("{"), ThinkingPiece("Hm.")])
async def test_after_the_first_character_nobody_else_is_asked_then_or_later(piece: Step) -> None:
    first = scripted("anthropic:a", [piece, errors.Overloaded("Claude")], WRITES)
    second = scripted("openai:b", WRITES)
    model = chain(first, second)
    with pytest.raises(errors.Overloaded):
        await told(model)
    assert Finished("end") in await told(model)
    assert (len(first.requests), len(second.requests), model.name) == (2, 0, "anthropic:a")


async def test_the_model_that_took_over_keeps_the_work() -> None:
    first, second = scripted("anthropic:a", [errors.Overloaded("Claude")]), scripted("openai:b", WRITES)
    model = chain(first, second)
    await told(model)
    await told(model)
    assert (len(first.requests), len(second.requests)) == (1, 2)


async def test_where_all_fail_the_last_failure_is_told() -> None:
    model = chain(
        scripted("anthropic:a", [errors.Overloaded("Claude")]), scripted("openai:b", [errors.TimedOut("OpenAI")])
    )
    with pytest.raises(errors.TimedOut):
        await told(model)


async def test_counts_and_waits_are_no_beginning() -> None:
    first = scripted("anthropic:a", [Waiting("overloaded", 1, "Claude"), Usage(100, 0), errors.Overloaded("Claude")])
    events = await told(chain(first, scripted("openai:b", WRITES)))
    assert events[:2] == [Waiting("overloaded", 1, "Claude"), Usage(100, 0)]
    assert isinstance(events[2], ModelChanged)


async def test_a_model_with_a_successor_waits_less() -> None:
    first, second = scripted("anthropic:a", [errors.Overloaded("Claude")]), scripted("openai:b", WRITES)
    await told(chain(first, second))
    assert [model.requests[0][2].longest_wait for model in (first, second)] == [LONGEST_WAIT, REQUEST.longest_wait]


async def test_a_provider_that_failed_five_times_in_a_minute_is_passed_over_for_a_minute() -> None:
    clock = Clock()
    outages = Outages(clock)
    first, second = scripted("anthropic:a", [errors.Overloaded("Claude")]), scripted("openai:b", WRITES)
    for _ in range(5):
        clock.now += 10
        await told(chain(first, second, outages=outages))
    events = await told(chain(first, second, outages=outages))
    assert events[0] == ModelChanged("openai:b", "Openai", "overloaded", "Anthropic")
    assert len(first.requests) == 5
    clock.now += 61
    await told(chain(first, second, outages=outages))
    assert len(first.requests) == 6
    with pytest.raises(errors.Overloaded):  # where there is nobody else, it is asked
        await told(chain(first, outages=outages))


async def test_failures_that_are_far_apart_are_no_outage() -> None:
    clock = Clock()
    outages = Outages(clock)
    first, second = scripted("anthropic:a", [errors.Overloaded("Claude")]), scripted("openai:b", WRITES)
    for _ in range(7):
        clock.now += 30
        await told(chain(first, second, outages=outages))
    assert len(first.requests) == 7
