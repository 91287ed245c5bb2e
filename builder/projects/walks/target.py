"""What a step of a walk is about: an element, found as a person finds it."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

# The roles of WAI-ARIA 1.2 that somebody can see and name; the rest are for parts of such, or for groups of them.
Role = Literal[
    "alert", "alertdialog", "article", "banner", "blockquote", "button", "caption", "cell", "checkbox", "code",
    "columnheader", "combobox", "complementary", "contentinfo", "definition", "dialog", "feed", "figure", "form", "grid",
    "gridcell", "group", "heading", "img", "link", "list", "listbox", "listitem", "log", "main", "mark", "menu",
    "menubar", "menuitem", "menuitemcheckbox", "menuitemradio", "meter", "navigation", "note", "option", "paragraph",
    "progressbar", "radio", "radiogroup", "region", "row", "rowgroup", "rowheader", "scrollbar", "search", "searchbox",
    "separator", "slider", "spinbutton", "status", "switch", "tab", "table", "tablist", "tabpanel", "term", "textbox",
    "time", "timer", "toolbar", "tooltip", "tree", "treegrid", "treeitem",
]  # fmt: skip
Words = Annotated[str, Field(min_length=1, max_length=500)]


class WalkPart(BaseModel):
    """Closed: what is not known is a mistake and never passed over."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class WalkTarget(WalkPart):
    """One of `role` (with its accessible `name`), `label`, `placeholder` and `text` says what it is.

    Words are compared without regard to capital letters and white space: an element that has them as its whole comes
    before those that have them as a part. `nth` counts from 1 and is for elements that nothing else tells apart.
    """

    role: Role | None = None
    name: Words | None = None
    label: Words | None = None
    placeholder: Words | None = None
    text: Words | None = None
    within: WalkTarget | None = None
    nth: Annotated[int, Field(ge=1, le=1000)] | None = None

    @model_validator(mode="after")
    def _said_in_one_way(self) -> Self:
        ways = [way for way in (self.role, self.label, self.placeholder, self.text) if way is not None]
        if len(ways) != 1 or (self.name is not None and self.role is None):
            raise PydanticCustomError("walk_target", "one of role (with name), label, placeholder or text")
        return self
