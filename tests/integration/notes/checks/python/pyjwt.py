import hashlib
import importlib.util
import os
import warnings

import jwt
from jwt.exceptions import InvalidSubjectError

KEY = "k" * 32


def refuses(error: type[BaseException], *arguments: object, **named: object) -> None:
    try:
        jwt.decode(*arguments, **named)
    except error:
        return
    raise AssertionError(f"{error.__name__} was expected")


def note_jwt() -> None:
    token = jwt.encode({"sub": "1"}, KEY)
    assert jwt.decode(token, KEY, algorithms=["HS256"]) == {"sub": "1"}
    refuses(jwt.DecodeError, token, KEY)
    refuses(InvalidSubjectError, jwt.encode({"sub": 1}, KEY), KEY, algorithms=["HS256"])
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        jwt.encode({}, "short")
    assert [one.category.__name__ for one in said] == ["InsecureKeyLengthWarning"]


def note_passwords() -> None:
    assert [name for name in ("passlib", "bcrypt") if importlib.util.find_spec(name)] == []
    assert len(hashlib.scrypt(b"word", salt=os.urandom(16), n=2**14, r=8, p=1)) == 64
