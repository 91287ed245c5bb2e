"""How often a person may ask for an operation: a sliding minute each."""

from __future__ import annotations

from typing import Final

from builder.base.http.rates import Rate, Rates, RateState
from builder.generation.assist.operations import OPERATIONS, OperationName

RATES: Final = {name: Rate(name, one.per_minute, text="assist.too_often") for name, one in OPERATIONS.items()}


class OperationRates:
    def __init__(self, rates: Rates) -> None:
        self._rates = rates

    async def count(self, operation: OperationName, person: str) -> None:
        """Raises AskedTooOften."""
        await self._rates.count((RATES[operation], person))

    async def of(self, operation: OperationName, person: str) -> RateState:
        return await self._rates.of(RATES[operation], person)
