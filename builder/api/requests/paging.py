"""Lists in pages: `?limit=` and `?cursor=`; an answer's `next` is the cursor of the page behind it, null at the end."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Final

from fastapi import Query
from pydantic import TypeAdapter, ValidationError

from builder.base.errors import BadInput
from builder.texts import t

PAGE: Final = 50
MOST: Final = 200
Limit = Annotated[int, Query(ge=1, le=MOST)]
Cursor = Annotated[str, Query(max_length=1_000, description="`next` of the page before.")]

Place = tuple[str, str]
"""Behind which row a page begins: what the list is sorted by, and the row's id."""
_PLACE: Final = TypeAdapter(tuple[str, str, str])


def cursor(order: str, place: Place) -> str:
    return base64.urlsafe_b64encode(_PLACE.dump_json((order, *place))).decode().rstrip("=")


def place_of(cursor: str, order: str) -> Place | None:
    """None for the first page. Raises BadInput for a cursor that is none, or of a list with another order."""
    if not cursor:
        return None
    try:
        sorted_by, value, row = _PLACE.validate_json(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, ValidationError) as error:
        raise BadInput(t("api.cursor")) from error
    if sorted_by != order:
        raise BadInput(t("api.cursor"))
    return value, row
