"""What can go wrong with a model. The type implies the sentence and the remedy."""

from __future__ import annotations

from typing import ClassVar, Literal

from builder.base.errors import SaysoError
from builder.texts import t

Remedy = Literal["retry", "continue", "key", "credit", "wait", "shorten", "model", "none"]


def onward(kept: bool) -> dict[str, str]:
    """What a sentence says of going on: `{button}` is the one the page shows, `{kept}` that something arrived, or ""."""
    return {
        "button": t("workbench.continue" if kept else "workbench.retry"),
        "kept": f"{t('generation.kept')} " if kept else "",
    }


class ModelError(SaysoError):
    """A model's failure. `message` is the plain sentence (texts `generation.<code>`), `remedy` what the page offers.

    `message_kept` is the sentence where a part of the answer arrived before the failure.
    """

    code: str = "provider_failed"
    status = 502
    remedy: ClassVar[Remedy] = "retry"

    def __init__(self, provider: str = "Claude", model: str = "", *, detail: str = "") -> None:
        super().__init__(self._sentence(provider, model, kept=False), detail=detail)
        self.message_kept = self._sentence(provider, model, kept=True)

    def _sentence(self, provider: str, model: str, kept: bool) -> str:
        return t(f"generation.{self.code}", provider=provider, model=model, **onward(kept))


class NoKey(ModelError):
    code = "no_key"
    status = 409
    remedy = "key"

    def _sentence(self, provider: str, model: str, kept: bool) -> str:  # noqa: ARG002  # a key is for all models
        return _about_key(self.code, provider)


class BadKey(ModelError):
    code = "bad_key"
    status = 422
    remedy = "key"

    def _sentence(self, provider: str, model: str, kept: bool) -> str:  # noqa: ARG002  # a key is for all models
        return _about_key(self.code, provider)


def _about_key(code: str, provider: str) -> str:
    """Says where a key is put right: Claude's in the page, another provider's in its setting."""
    if provider == "Claude":
        return t(f"generation.{code}", provider=provider)
    return t(f"generation.{code}_setting", provider=provider, setting=f"{provider.upper()}_API_KEY")


class NoCredit(ModelError):
    code = "no_credit"
    remedy = "credit"


class Forbidden(ModelError):
    code = "forbidden"
    remedy = "model"


class UnknownModel(ModelError):
    code = "unknown_model"
    remedy = "model"


class RateLimited(ModelError):
    """`retry_after`: seconds the provider asks to wait, where it says so."""

    code = "rate_limited"
    remedy = "wait"

    def __init__(
        self, provider: str = "Claude", model: str = "", *, retry_after: float | None = None, detail: str = ""
    ) -> None:
        self.retry_after = retry_after
        super().__init__(provider, model, detail=detail)

    def _sentence(self, provider: str, model: str, kept: bool) -> str:
        if self.retry_after:
            seconds = max(1, round(self.retry_after))
            return t("generation.rate_limited_seconds", provider=provider, seconds=seconds, **onward(kept))
        return super()._sentence(provider, model, kept)


class Overloaded(ModelError):
    code = "overloaded"
    remedy = "wait"


class ProviderFailed(ModelError):
    """A 5xx."""


class TimedOut(ModelError):
    code = "timed_out"


class Unreachable(ModelError):
    """No connection could be made: nothing was sent, nothing is spent."""

    code = "unreachable"


class ConnectionLost(ModelError):
    """The connection ended in the middle of the answer."""

    code = "connection_lost"


class TooLong(ModelError):
    """More input than the model's context window holds."""

    code = "too_long"
    remedy = "shorten"


class CutOff(ModelError):
    """The answer reached its token limit."""

    code = "cut_off"
    remedy = "continue"


class RefusedByModel(ModelError):
    code = "refused_by_model"
    remedy = "none"


class RequestRefused(ModelError):
    """A 4xx that none of the others names."""

    code = "request_refused"


class TextAnswer(ModelError):
    """The model talked instead of writing an app. The person sees what it said."""

    code = "text_answer"

    def __init__(self, text: str) -> None:
        self.text = text.strip()
        super().__init__(detail=self.text[:2_000])

    def _sentence(self, provider: str, model: str, kept: bool) -> str:  # noqa: ARG002  # the same for all
        if self.text:
            return t("generation.text_answer", text=self.text[:4_000])
        return t("generation.text_answer_empty", **onward(False))
