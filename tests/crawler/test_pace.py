"""When the next request to a host may be sent, by what became of the last one."""

import asyncio
import time

import pytest

from crawler.visiting.pace import Pace

DELAY = 0.2
SHARE = 0.025  # of the delay: so much an ordinary answer may cost


async def wait_after(pace: Pace, answer: float | None, body: float = 0.0) -> tuple[float, float]:
    """Make a request; return for how long after it, and after its answer, nothing may be sent.

    *answer* is how long it takes until it comes; None where none ever does.
    """
    async with pace.turn() as turn:
        turn.sent()
        sent_at = time.time()
        await asyncio.sleep(0.05 if answer is None else answer)
        answered_at = time.time()
        if answer is not None:
            turn.answered()
        await asyncio.sleep(body)
    return pace.ready_at - sent_at, pace.ready_at - answered_at


async def usually(seconds: float, pace: Pace) -> Pace:
    """Let *pace* know a host that takes so many seconds to answer."""
    for _ in range(3):
        await wait_after(pace, seconds)
    return pace


async def test_the_first_request_counts_from_its_answer() -> None:
    _, after_answer = await wait_after(Pace(DELAY, 1), answer=0.05)
    assert after_answer >= DELAY


async def test_a_quick_host_counts_from_its_answers() -> None:
    pace = await usually(0.0, Pace(DELAY, 1))
    for answer in (0.0, 0.01, 0.05):
        _, after_answer = await wait_after(pace, answer)
        assert after_answer >= DELAY


async def test_what_a_host_always_takes_is_no_time_on_the_way() -> None:
    pace = await usually(0.05, Pace(DELAY, 1))
    after_sending, after_answer = await wait_after(pace, 0.05)
    assert after_sending >= DELAY * (1 + SHARE)
    assert after_answer < DELAY, "it may be nearer to the answer than the delay"


async def test_an_answer_later_than_usual_holds_up_the_next_request() -> None:
    pace = await usually(0.05, Pace(DELAY, 1))
    after_sending, _ = await wait_after(pace, 0.15)
    # A tenth of a second later than usual, all of which may have been spent on the way.
    assert after_sending >= DELAY + 0.1 - 0.01


@pytest.mark.parametrize("concurrency", [1, 3])
async def test_no_answer_counts_from_when_it_was_given_up(concurrency: int) -> None:
    pace = await usually(0.05, Pace(DELAY, concurrency))
    _, after_giving_up = await wait_after(pace, None)
    assert after_giving_up >= DELAY


async def test_a_body_is_waited_for_but_not_counted() -> None:
    pace = await usually(0.0, Pace(DELAY, 1))
    after_sending, _ = await wait_after(pace, 0.0, body=0.05)
    assert after_sending >= DELAY


async def test_a_request_that_was_never_sent_holds_up_the_next_one_all_the_same() -> None:
    pace = Pace(DELAY, 1)
    async with pace.turn():
        await asyncio.sleep(0.01)  # it could not connect
        gave_up_at = time.time()
    assert pace.ready_at >= gave_up_at + DELAY


async def test_turns_side_by_side_are_as_far_apart() -> None:
    pace = Pace(DELAY, 3)
    sent = []

    async def ask() -> None:
        async with pace.turn() as turn:
            sent.append(time.time())
            turn.sent()
            await asyncio.sleep(3 * DELAY)
            turn.answered()

    await asyncio.gather(*(ask() for _ in range(3)))
    assert sent[2] - sent[1] >= DELAY
    assert sent[1] - sent[0] >= DELAY


async def test_without_a_delay_nobody_waits() -> None:
    pace = Pace(0.0, 1)
    for _ in range(3):
        await wait_after(pace, 0.01)
        assert pace.ready_at <= time.time()


async def test_an_earlier_time_than_is_known_changes_nothing() -> None:
    later = time.time() + 10
    pace = Pace(DELAY, 1, not_before=later)
    pace.hold(later - 5)
    assert pace.ready_at == later
