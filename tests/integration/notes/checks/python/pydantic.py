from collections.abc import Callable
from types import SimpleNamespace

import pydantic
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic.errors import PydanticImportError, PydanticUserError


class Optional(BaseModel):
    x: int | None


def refuses(error: type[BaseException], what: Callable[[], object]) -> None:
    try:
        what()
    except error:
        return
    raise AssertionError(f"{error.__name__} was expected")


def note_optional() -> None:
    class Free(BaseModel):
        x: int | None = None

    refuses(ValidationError, Optional)
    assert Free().x is None


def note_methods() -> None:
    one = Optional.model_validate({"x": 1})
    assert one.model_dump() == {"x": 1}
    assert one.model_dump_json() == '{"x":1}'
    refuses(DeprecationWarning, one.dict)
    refuses(DeprecationWarning, one.json)
    refuses(DeprecationWarning, lambda: Optional.parse_obj({"x": 1}))


def note_config() -> None:
    class Row(BaseModel):
        model_config = ConfigDict(from_attributes=True)
        x: int

    def old() -> None:
        class Old(BaseModel):
            class Config:
                from_attributes = True

    assert Row.model_validate(SimpleNamespace(x=1)).x == 1
    refuses(DeprecationWarning, old)


def note_validators() -> None:
    class Pair(BaseModel):
        x: int
        y: int

        @field_validator("x")
        @classmethod
        def positive(cls, value: int) -> int:
            if value < 0:
                raise ValueError("negative")
            return value

        @model_validator(mode="after")
        def ordered(self) -> "Pair":
            if self.x > self.y:
                raise ValueError("order")
            return self

    assert Pair(x=1, y=2).y == 2
    refuses(ValidationError, lambda: Pair(x=-1, y=2))
    refuses(ValidationError, lambda: Pair(x=3, y=2))


def note_fields() -> None:
    class Form(BaseModel):
        code: str = Field(pattern="^a+$")
        tags: list[str] = Field(min_length=1)

    assert Form(code="aa", tags=["x"]).code == "aa"
    refuses(ValidationError, lambda: Form(code="b", tags=["x"]))
    refuses(ValidationError, lambda: Form(code="a", tags=[]))
    refuses(PydanticUserError, lambda: Field(regex="a"))
    refuses(TypeError, lambda: pydantic.conlist(int, min_items=1))


def note_text() -> None:
    class Note(BaseModel):
        text: str

    refuses(ValidationError, lambda: Note(text=3))


def note_settings() -> None:
    from pydantic_settings import BaseSettings

    assert issubclass(BaseSettings, BaseModel)
    refuses(PydanticImportError, lambda: pydantic.BaseSettings)
