"""What can go wrong with a model. The type of an error implies its sentence and its remedy."""

from __future__ import annotations

from typing import ClassVar

from builder.base.errors import Remedy, SaysoError
from builder.texts import t


def onward(kept: bool, button: bool = True) -> dict[str, str]:
    """The values of a sentence about continuing: `{onward}` names the button of an answer in the chat, or says to try
    again where there is no `button`; `{kept}` says that something arrived, or is ""."""
    how, name = ("press" if button else "again"), t("workbench.continue" if kept else "workbench.retry")
    return {
        "onward": t(f"model.{how}", button=name),
        "onward_first": t(f"model.{how}.first", button=name),
        "kept": f"{t('model.kept')} " if kept else "",
    }


class ModelError(SaysoError):
    """A model's failure. `message` is the plain sentence (texts `model.<code>`), `remedy` what the page offers.

    `message_retry` is the sentence beside the button of an answer in the chat, `message_kept` the one for when a part
    of the answer arrived before the failure. `free`: if nothing arrived,
    nothing was spent.
    """

    code: str = "provider_failed"
    status = 502
    remedy: Remedy = "retry"
    free: ClassVar[bool] = False

    def __init__(self, provider: str = "Claude", model: str = "", *, detail: str = "") -> None:
        super().__init__(self._sentence(provider, model, onward(False, button=False)), detail=detail)
        self.message_retry = self._sentence(provider, model, onward(False))
        self.message_kept = self._sentence(provider, model, onward(True))

    def _sentence(self, provider: str, model: str, going_on: dict[str, str]) -> str:
        return t(f"model.{self.code}", provider=provider, model=model, **going_on)


class KeyFault(ModelError):
    """There is no working key. `setting`: the setting to correct, for keys that no page can change."""

    free = True
    remedy: Remedy = "key"

    def __init__(self, provider: str = "Claude", model: str = "", *, setting: str = "", detail: str = "") -> None:
        self.setting = setting
        if setting:
            self.remedy = "model"
        super().__init__(provider, model, detail=detail)

    def _sentence(self, provider: str, model: str, going_on: dict[str, str]) -> str:  # noqa: ARG002  # a key is for all models
        code = f"{self.code}_setting" if self.setting else self.code
        return t(f"model.{code}", provider=provider, setting=self.setting)


class NoKey(KeyFault):
    code = "no_key"
    status = 409


class BadKey(KeyFault):
    code = "bad_key"
    status = 422


class NoCredit(ModelError):
    code = "no_credit"
    free = True
    remedy = "credit"


class Forbidden(ModelError):
    code = "forbidden"
    free = True
    remedy = "model"


class UnknownModel(ModelError):
    code = "unknown_model"
    free = True
    remedy = "model"


class RateLimited(ModelError):
    """`retry_after`: seconds that the provider asks to wait, if it says so."""

    code = "rate_limited"
    free = True
    remedy = "wait"

    def __init__(
        self, provider: str = "Claude", model: str = "", *, retry_after: float | None = None, detail: str = ""
    ) -> None:
        self.retry_after = retry_after
        super().__init__(provider, model, detail=detail)

    def _sentence(self, provider: str, model: str, going_on: dict[str, str]) -> str:
        if self.retry_after:
            seconds = max(1, round(self.retry_after))
            return t("model.rate_limited_seconds", provider=provider, seconds=seconds, **going_on)
        return super()._sentence(provider, model, going_on)


class Overloaded(ModelError):
    code = "overloaded"
    free = True
    remedy = "wait"


class ProviderFailed(ModelError):
    """A 5xx."""


class TimedOut(ModelError):
    code = "timed_out"


class Unreachable(ModelError):
    """No connection could be made: nothing was sent, nothing is spent."""

    code = "unreachable"
    free = True


class ConnectionLost(ModelError):
    """The connection ended in the middle of the answer."""

    code = "connection_lost"


class TooLong(ModelError):
    """More input than the model's context window holds."""

    code = "too_long"
    free = True
    remedy = "shorten"


class CutOff(ModelError):
    """The answer reached its token limit."""

    code = "cut_off"
    remedy = "continue"


class RefusedByModel(ModelError):
    code = "refused_by_model"
    remedy = "none"


class RequestRefused(ModelError):
    """A 4xx status that no other class covers."""

    code = "request_refused"
    free = True


class NoTools(RequestRefused):
    """The model takes no tools; its profile says so from then on. What a tool's input would be can be asked for as
    JSON in its text."""
