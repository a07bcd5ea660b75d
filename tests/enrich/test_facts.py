"""Whatever a forge sends, reading it gives facts or none, and never an exception."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.records import RepoFacts, RepoName
from enrich.answers import Answer, Kind, classify, classify_batch
from enrich.facts import count, moment_of, name_of, texts, words
from enrich.forges.registry import DIALECTS
from enrich.github.facts import from_node, from_rest

_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
_NAMES = """
    id _id uuid name full_name nameWithOwner path_with_namespace databaseId owner login license
    licenseInfo spdx_id spdxId key stargazers_count stargazerCount topics tags languages edges
    node size parent mainbranch cardData licenses created_at createdAt pushed_at issues
    totalCount primaryLanguage defaultBranchRef repositoryTopics nodes topic latestRelease
    errors data block message
"""
_KEYS = st.sampled_from(_NAMES.split())
ANYTHING = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner),
    max_leaves=20,
)


@given(ANYTHING)
def test_github_may_send_anything(said: Any) -> None:
    for facts in (from_rest(said), from_node(said)):
        assert facts is None or isinstance(facts, RepoFacts)


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=list(DIALECTS))
@given(said=ANYTHING)
def test_other_forges_may_send_anything(dialect: Any, said: Any) -> None:
    answer = Answer(kind=Kind.OK, status=200, data=said)
    found = dialect.look(lambda _: answer, RepoName(host="h", owner="o", name="a"))
    assert found is answer or isinstance(found, RepoFacts)


@given(
    st.integers(100, 599),
    st.dictionaries(st.sampled_from(["retry-after", "date", "x-ratelimit-reset"]), st.text()),
    st.text() | ANYTHING.map(repr),
)
def test_any_answer_means_something(status: int, headers: dict[str, str], body: str) -> None:
    for read in (classify, classify_batch):
        answer = read(status, headers, body)
        assert answer.wait is None or answer.wait >= 0
        assert (answer.kind is Kind.GONE) <= (status in (404, 410))


MOMENTS = [
    ("GitHub's", "2020-01-02T03:04:05Z", "2020-01-02T03:04:05Z"),
    ("GitLab's", "2020-01-02T03:04:05.678Z", "2020-01-02T03:04:05Z"),
    ("Gitee's", "2020-01-02T11:04:05+08:00", "2020-01-02T03:04:05Z"),
    ("seconds", 1_577_934_245, "2020-01-02T03:04:05Z"),
    ("without a zone", "2020-01-02T03:04:05", None),
    ("the end of time", 10**18, None),
    ("yes", True, None),
    ("words", "yesterday", None),
    ("nothing", None, None),
]


@pytest.mark.parametrize(
    ("value", "moment"), [pytest.param(*row, id=name) for name, *row in MOMENTS]
)
def test_moment_of(value: Any, moment: str | None) -> None:
    assert moment_of(value) == moment


def test_small_things() -> None:
    assert words(" a\n\tb ") == "a b"
    assert words("\ud800") == "?"
    assert words("") is words(7) is None
    assert count(5) == 5
    assert count(True) is count(-1) is count(2**63) is count("5") is None
    assert texts(["a", 1, "", "b"]) == ("a", "b")
    assert name_of("h", "group/sub/a") == RepoName(host="h", owner="group/sub", name="a")
    assert name_of("h", "a/") is name_of("h", None) is None
