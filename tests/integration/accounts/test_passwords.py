"""Passwords as they are kept."""

from __future__ import annotations

from typing import Final

from builder.accounts.passwords import Passwords

OLD: Final = "scrypt$32768$8$1$AAECAwQFBgcICQoLDA0ODw==$uFDby5L21KPdiJ2LzPh8JWD7mRrTUMVzk1hGEkkYclc="


async def test_the_same_password_is_kept_differently_each_time() -> None:
    passwords = Passwords()
    one, other = await passwords.hashed("open sesame"), await passwords.hashed("open sesame")
    assert one != other
    assert "sesame" not in one
    assert len(one) <= 200  # what the column of a link holds
    assert await passwords.matches("open sesame", one)
    assert not await passwords.matches("open sesame ", other)
    assert not await passwords.matches("x" * 10_000, one)
    assert not await passwords.matches("", "")


async def test_a_password_that_an_earlier_sayso_kept_goes_on_opening() -> None:
    passwords = Passwords()
    assert await passwords.matches("open sesame", OLD)
    assert not await passwords.matches("open sesame!", OLD)


async def test_any_text_may_be_a_password() -> None:
    passwords = Passwords()
    for text in ("ſchlüſſel 🗝", "half a \ud83d character", " "):
        assert await passwords.matches(text, await passwords.hashed(text))
