"""When the next request to a host may be sent, by what became of the last one."""

import asyncio
from dataclasses import dataclass

import pytest

from crawler.steady import steady_time
from crawler.visiting.pace import Pace

DELAY = 1.0
SHARE = 0.025  # of the delay: so much an ordinary answer may cost


@dataclass(frozen=True)
class Wait:
    """For how long nothing may be sent: after a request, and after its answer or its end.

    The last is known within the moment that it took to say so: at least and at most.
    """

    after_sending: float
    after_answer: float
    after_answer_at_most: float


async def wait_after(pace: Pace, answer: float | None, body: float = 0.0) -> Wait:
    """Make a request at once; return how long the next one has to wait.

    *answer* is how long it takes until it comes; None where none ever does.
    """
    pace.ready_at = 0.0
    async with pace.turn() as turn:
        sent_at = steady_time()
        turn.sent()
        await asyncio.sleep(0.05 if answer is None else answer)
        answered_at = steady_time()
        if answer is not None:
            turn.answered()
        at_latest = steady_time()
        await asyncio.sleep(body)
    ready_at = pace.ready_at
    return Wait(ready_at - sent_at, ready_at - answered_at, ready_at - at_latest)


async def usually(seconds: float, pace: Pace) -> Pace:
    """Let *pace* know a host that takes so many seconds to answer."""
    for _ in range(3):
        await wait_after(pace, seconds)
    return pace


async def test_the_first_request_counts_from_its_answer() -> None:
    wait = await wait_after(Pace(DELAY, 1), answer=0.05)
    assert wait.after_answer >= DELAY


async def test_a_quick_host_counts_from_its_answers() -> None:
    pace = await usually(0.0, Pace(DELAY, 1))
    for answer in (0.0, 0.01, 0.05):
        wait = await wait_after(pace, answer)
        assert wait.after_answer >= DELAY


async def test_what_a_host_always_takes_is_no_time_on_the_way() -> None:
    pace = await usually(0.05, Pace(DELAY, 1))
    wait = await wait_after(pace, 0.06)  # later than always by more than a sleep is inexact
    assert wait.after_sending >= DELAY * (1 + SHARE)
    assert wait.after_answer_at_most < DELAY, "it may be nearer to the answer than the delay"


async def test_an_answer_later_than_usual_holds_up_the_next_request() -> None:
    pace = await usually(0.05, Pace(DELAY, 1))
    wait = await wait_after(pace, 0.35)
    # Three tenths of a second later than usual, all of which may have been spent on the way.
    assert wait.after_sending >= DELAY + 0.2


@pytest.mark.parametrize("concurrency", [1, 3])
async def test_no_answer_counts_from_when_it_was_given_up(concurrency: int) -> None:
    pace = await usually(0.05, Pace(DELAY, concurrency))
    wait = await wait_after(pace, None)
    assert wait.after_answer >= DELAY


async def test_a_body_is_waited_for_but_not_counted() -> None:
    pace = await usually(0.0, Pace(DELAY, 1))
    wait = await wait_after(pace, 0.0, body=0.3)
    assert wait.after_sending >= DELAY
    assert wait.after_answer_at_most < DELAY + 0.3


async def test_a_request_that_was_never_sent_holds_up_the_next_one_all_the_same() -> None:
    pace = Pace(DELAY, 1)
    async with pace.turn():
        await asyncio.sleep(0.01)  # it could not connect
        gave_up_at = steady_time()
    assert pace.ready_at >= gave_up_at + DELAY


async def test_turns_side_by_side_are_as_far_apart() -> None:
    pace = Pace(0.2, 3)
    sent = []

    async def ask() -> None:
        async with pace.turn() as turn:
            sent.append(steady_time())
            turn.sent()
            await asyncio.sleep(0.6)
            turn.answered()

    await asyncio.gather(*(ask() for _ in range(3)))
    assert sent[2] - sent[1] >= 0.2
    assert sent[1] - sent[0] >= 0.2


async def test_without_a_delay_nobody_waits() -> None:
    pace = Pace(0.0, 1)
    for _ in range(3):
        await wait_after(pace, 0.01)
        assert pace.ready_at <= steady_time()


async def test_an_earlier_time_than_is_known_changes_nothing() -> None:
    later = steady_time() + 10
    pace = Pace(DELAY, 1, not_before=later)
    pace.hold(later - 5)
    assert pace.ready_at == later
