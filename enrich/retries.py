"""How long to wait for a forge, and when to stop: one policy, by tenacity, around each request."""

import math
from collections.abc import Callable
from datetime import datetime

from tenacity import RetryCallState, Retrying, retry_if_result
from tenacity.wait import wait_random_exponential

from enrich.answers import Answer, Kind
from enrich.options import EnrichOptions

# GitHub's own advice where a secondary limit comes without Retry-After.
UNASKED_WAIT = 60.0

# So many requests in a row that never got through mean that the forge is down.
DOWN_AFTER = 3


class LimitReachedError(Exception):
    """The forge's quota is used up, and waiting for the next one takes longer than we may.

    `answer` is what said so; some of what was asked may have come with it.
    """

    def __init__(self, answer: Answer, message: str) -> None:
        super().__init__(message)
        self.answer = answer


class ForgeDownError(Exception):
    """The forge does not answer, or not sensibly, however often it is asked."""


class RetryPolicy:
    """When *forge* is asked again, and what is left of the time that a run may wait for it.

    *show* is told of each wait before it begins. *clock* must follow the options' `sleep`:
    it is asked again after each wait.
    """

    def __init__(
        self,
        forge: str,
        options: EnrichOptions,
        clock: Callable[[], datetime],
        show: Callable[[str], None],
    ) -> None:
        self._forge = forge
        self._left = options.max_wait
        self._attempts = options.attempts
        self._clock = clock
        self._sleep = options.sleep
        self._show = show
        self._unanswered = 0
        self._backoff = wait_random_exponential(
            multiplier=options.backoff, max=60 * options.backoff, min=0
        )

    def ask(self, send: Callable[[], Answer]) -> Answer:
        """Return the answer to *send*, asked again while that may help.

        What comes back may still be `TRANSIENT` or `SECONDARY`: this one question stays open.
        Raises `LimitReachedError` where the quota is used up for longer than we may wait,
        and `ForgeDownError` where nothing gets through any more.
        """
        retrying = Retrying(
            retry=retry_if_result(_may_pass),
            wait=self._wait,
            stop=self._enough,
            sleep=self._spend,
            retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
        )
        answer: Answer = retrying(send)
        self._judge(answer)
        return answer

    def _judge(self, answer: Answer) -> None:
        if answer.kind in (Kind.PRIMARY, Kind.SECONDARY):
            raise LimitReachedError(answer, self._until(answer))
        if answer.kind is Kind.TRANSIENT:
            self._unanswered += 1
        elif answer.kind is not Kind.SPLIT:  # «less at a time» may be all that it ever says
            self._unanswered = 0
        if self._unanswered >= DOWN_AFTER:
            raise ForgeDownError(answer.message or f"status {answer.status}")

    def _until(self, answer: Answer) -> str:
        if answer.kind is Kind.SECONDARY:
            return "it asks us to slow down for longer than we may wait"
        if answer.until is None:
            return "the quota is used up"
        seconds = max(answer.until - self._clock().timestamp(), 0)
        return f"the quota is used up, and the next one comes in {math.ceil(seconds / 60)} min"

    def _wait(self, state: RetryCallState) -> float:
        """Return how long to wait before the next attempt, in seconds."""
        answer = _outcome(state)
        grown = self._backoff(state)
        if answer.kind is Kind.PRIMARY:
            if answer.until is None:
                return answer.wait if answer.wait is not None else UNASKED_WAIT
            # One second more: the two clocks need not agree.
            return max(answer.until - self._clock().timestamp() + 1, 1)
        if answer.kind is Kind.SECONDARY:
            asked = UNASKED_WAIT if answer.wait is None else answer.wait
            return asked * 2.0 ** (state.attempt_number - 1) if answer.wait is None else asked
        return max(grown, answer.wait or 0.0)

    def _enough(self, state: RetryCallState) -> bool:
        return state.attempt_number >= self._attempts or state.upcoming_sleep > self._left

    def _spend(self, seconds: float) -> None:
        self._left -= seconds
        if seconds >= 1:
            self._show(f"{self._forge}: waiting {math.ceil(seconds)} s")
        self._sleep(seconds)


def _may_pass(answer: Answer) -> bool:
    return answer.kind in (Kind.PRIMARY, Kind.SECONDARY, Kind.TRANSIENT)


def _outcome(state: RetryCallState) -> Answer:
    assert state.outcome is not None  # tenacity asks only after an attempt
    answer: Answer = state.outcome.result()
    return answer
