"""The steps of a walk: what is done, and what is then expected. Each is named by its first word."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from builder.projects.walks.target import WalkPart, WalkTarget, Words

MAX_SECONDS: Final = 9
MAX_WAIT: Final = 86_400
MAX_TABS: Final = 3
Path = Annotated[str, Field(pattern=r"^/", max_length=500)]
Seconds = Annotated[int, Field(ge=1, le=MAX_SECONDS)]
Text = Annotated[str, Field(max_length=5_000)]


class ClickStep(WalkPart):
    click: WalkTarget


class DoubleClickStep(WalkPart):
    double_click: WalkTarget


class HoverStep(WalkPart):
    hover: WalkTarget


class TypeStep(WalkPart):
    """What is typed takes the place of what was there."""

    type: Text
    into: WalkTarget


class PressStep(WalkPart):
    """A key by its name (UI Events, `key`), with the keys held down before it: `Enter`, `a`, `Control+Shift+z`.

    `on` is focused first; without it the key goes to what has the focus.
    """

    press: Annotated[str, Field(pattern=r"^(?:(?:Control|Shift|Alt|Meta)\+)*(?:[!-~]|[A-Z][A-Za-z0-9]{1,19}|Space)$")]
    on: WalkTarget | None = None


class SelectStep(WalkPart):
    """The option with these words, of a drop-down list."""

    select: Words
    of: WalkTarget


class CheckStep(WalkPart):
    """Clicks unless it is checked already."""

    check: WalkTarget


class UncheckStep(WalkPart):
    uncheck: WalkTarget


class DragStep(WalkPart):
    drag: WalkTarget
    to: WalkTarget


class OpenStep(WalkPart):
    """Loads a page of the app by its path."""

    open: Path


class BackStep(WalkPart):
    back: Literal[True]


class ReloadStep(WalkPart):
    reload: Literal[True]


class Viewport(WalkPart):
    """In CSS pixels."""

    width: Annotated[int, Field(ge=200, le=4_000)]
    height: Annotated[int, Field(ge=200, le=4_000)]


class ViewportStep(WalkPart):
    viewport: Viewport


class TabStep(WalkPart):
    """Goes on in another tab of the same app, opened at its first page where it is not open yet; 1 is the first."""

    tab: Annotated[int, Field(ge=1, le=MAX_TABS)]


class WaitStep(WalkPart):
    """Lets so many seconds of the app's own time pass: nobody waits for them."""

    wait: Annotated[int, Field(ge=1, le=MAX_WAIT)]


class StoreStep(WalkPart):
    """Puts `value` into the local storage under `store`."""

    store: Words
    value: Text


class SeeStep(WalkPart):
    """An element that can be seen, in the state that is named. With `count` there are that many of it."""

    see: WalkTarget
    value: Text | None = None
    checked: bool | None = None
    pressed: bool | None = None
    selected: bool | None = None
    expanded: bool | None = None
    disabled: bool | None = None
    focused: bool | None = None
    count: Annotated[int, Field(ge=1, le=1_000)] | None = None
    seconds: Seconds | None = None

    @model_validator(mode="after")
    def _of_one(self) -> Self:
        states = self.model_dump(exclude={"see", "count", "seconds"}, exclude_none=True)
        if self.count is not None and states:
            raise PydanticCustomError("walk_count", "count stands without a state")
        return self


class NotSeeStep(WalkPart):
    """No such element can be seen, nor comes to be seen while the page settles."""

    not_see: WalkTarget
    seconds: Seconds | None = None


class StoredStep(WalkPart):
    """Something in the local or session storage holds these words: under the key `under`, or anywhere."""

    stored: Words
    under: Words | None = None
    seconds: Seconds | None = None


class AtStep(WalkPart):
    """The address of the page, from its path on."""

    at: Path
    seconds: Seconds | None = None


STEPS: Final = {
    "click": ClickStep, "double_click": DoubleClickStep, "hover": HoverStep, "type": TypeStep, "press": PressStep,
    "select": SelectStep, "check": CheckStep, "uncheck": UncheckStep, "drag": DragStep, "open": OpenStep,
    "back": BackStep, "reload": ReloadStep, "viewport": ViewportStep, "tab": TabStep, "wait": WaitStep, "store": StoreStep,
    "see": SeeStep, "not_see": NotSeeStep, "stored": StoredStep, "at": AtStep,
}  # fmt: skip


EXPECTATIONS: Final = (SeeStep, NotSeeStep, StoredStep, AtStep)


def _verb(step: Any) -> str | None:
    """Which step this is, by the one verb in it."""
    if isinstance(step, WalkPart):
        return next((verb for verb, kind in STEPS.items() if isinstance(step, kind)), None)
    found = [verb for verb in STEPS if verb in step] if isinstance(step, dict) else []
    return found[0] if len(found) == 1 else None


WalkStep = Annotated[
    Annotated[ClickStep, Tag("click")]
    | Annotated[DoubleClickStep, Tag("double_click")]
    | Annotated[HoverStep, Tag("hover")]
    | Annotated[TypeStep, Tag("type")]
    | Annotated[PressStep, Tag("press")]
    | Annotated[SelectStep, Tag("select")]
    | Annotated[CheckStep, Tag("check")]
    | Annotated[UncheckStep, Tag("uncheck")]
    | Annotated[DragStep, Tag("drag")]
    | Annotated[OpenStep, Tag("open")]
    | Annotated[BackStep, Tag("back")]
    | Annotated[ReloadStep, Tag("reload")]
    | Annotated[ViewportStep, Tag("viewport")]
    | Annotated[TabStep, Tag("tab")]
    | Annotated[WaitStep, Tag("wait")]
    | Annotated[StoreStep, Tag("store")]
    | Annotated[SeeStep, Tag("see")]
    | Annotated[NotSeeStep, Tag("not_see")]
    | Annotated[StoredStep, Tag("stored")]
    | Annotated[AtStep, Tag("at")],
    Discriminator(_verb),
]
