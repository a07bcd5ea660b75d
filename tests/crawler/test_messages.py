"""What coordinator and workers send each other arrives as it was sent, and costs little."""

import pickle
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, is_dataclass
from typing import Any, get_args, get_type_hints

import pytest

from catalog.records import DueLink, Hop, Judgement, Page, RepoName, Robots, Visit
from catalog.vocabulary import Reason, Standing
from crawler.messages import (
    Chain,
    CrossHostRedirect,
    HostBatch,
    HostDone,
    LinkTask,
    Report,
    Visited,
)

LINK = DueLink(link_id=7, url="http://a.test/", host="a.test", standing=Standing.SUSPECT)
HOPS = (Hop(url="http://a.test/", status=301, location="/b"),)
TASK = LinkTask(link=LINK, attempt=2, chain=Chain(url="http://a.test/b", hops=HOPS))
ROBOTS = Robots(host="a.test", fetched_at="2026-11-22T04:00:00Z", status=200, text="User-agent: *")
PAGE = Page(title="量化", repos=(RepoName(host="github.com", owner="Tencent", name="TNN"),))

MESSAGES = [
    ("a host to visit", HostBatch(lease_id="local:1", host="a.test", until=1.5, tasks=(TASK,))),
    (
        "a page that was seen",
        Visited(
            lease_id="local:1",
            host="a.test",
            task=TASK,
            visit=Visit(url="http://a.test/", status=200, headers={"etag": '"1"'}, page=PAGE),
            judgement=Judgement(reason=Reason.OK, rule="status 200"),
        ),
    ),
    (
        "a redirect to another host",
        CrossHostRedirect(lease_id="local:1", task=TASK, host="b.test"),
    ),
    (
        "a host that is done",
        HostDone(
            lease_id="local:1", host="a.test", ready_at=2.5, robots=ROBOTS, unvisited=(TASK,)
        ),
    ),
]


@pytest.mark.parametrize("message", [pytest.param(message, id=name) for name, message in MESSAGES])
def test_a_message_arrives_as_it_was_sent(message: Any) -> None:
    arrived = pickle.loads(pickle.dumps(message))
    assert arrived == message
    assert repr(arrived) == repr(message)
    with pytest.raises(FrozenInstanceError):
        arrived.lease_id = "another"


def records_in(hint: Any) -> Iterator[type]:
    """Yield the dataclasses that a value of the type *hint* may hold."""
    for part in get_args(hint):
        yield from records_in(part)
    if isinstance(hint, type) and is_dataclass(hint):
        yield hint
        for inner in get_type_hints(hint).values():
            yield from records_in(inner)


def test_no_record_that_is_sent_is_asked_for_its_fields_each_time() -> None:
    sent = {*records_in(HostBatch), *records_in(Report)}
    assert {Page, DueLink, Hop, RepoName} <= sent
    slow = {
        kind.__name__ for kind in sent if vars(kind)["__getstate__"].__module__ == "dataclasses"
    }
    assert not slow
