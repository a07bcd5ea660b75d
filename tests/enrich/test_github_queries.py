"""The queries are what GitHub's own schema allows, and names cannot leave their place in them."""

import json
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema, parse, validate
from graphql.language import FieldNode, visit
from graphql.language.visitor import Visitor

from catalog.records import DueRepo, RepoName
from enrich.github.queries import MOST_IDS, by_id, by_name, path_of


def due(count: int, owner: str = "o", name: str = "a") -> list[DueRepo]:
    repo = RepoName(host="github.com", owner=owner, name=name)
    return [DueRepo(repo_id=n, repo=repo, node_id=f"R_{n}") for n in range(count)]


@pytest.fixture(scope="module")
def schema(shared: Path) -> GraphQLSchema:
    (file,) = (shared / "github-recordings" / "graphql").glob("*.graphql")
    return build_schema(file.read_text("utf-8"), assume_valid=True)


@pytest.mark.parametrize("write", [by_name, by_id], ids=["by name", "by node id"])
def test_githubs_own_schema_allows_the_query(schema: GraphQLSchema, write: type) -> None:
    query, _ = write(due(MOST_IDS))
    assert validate(schema, parse(query)) == []


def test_the_schema_would_refuse_a_misspelt_field(schema: GraphQLSchema) -> None:
    query, _ = by_name(due(1))
    assert validate(schema, parse(query.replace("stargazerCount", "stargazersCount")))


class Fields(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_field(self, node: FieldNode, *_: object) -> None:
        self.names.add(node.name.value)


def test_stars_are_a_number_and_never_the_forbidden_list() -> None:
    fields = Fields()
    visit(parse(by_name(due(1))[0]), fields)
    assert "stargazerCount" in fields.names
    assert not fields.names & {"stargazers", "watchers"}


@pytest.mark.parametrize("name", ['a") { id } x: viewer { login } #', "a\\", "中", "a\nb"])
def test_a_name_is_always_a_text_in_the_query(name: str) -> None:
    document = parse(by_name(due(1, name=name))[0])
    root = document.definitions[0].selection_set.selections  # type: ignore[attr-defined]
    assert [field.name.value for field in root] == ["repository", "rateLimit"]
    assert json.dumps(name) in by_name(due(1, name=name))[0]


PATHS = [
    ("a usual name", "o", "a.b-c_d", "/repos/o/a.b-c_d"),
    ("signs that mean something in an address", "o", "a?b#c%d", "/repos/o/a%3Fb%23c%25d"),
    ("another script", "o", "中", "/repos/o/%E4%B8%AD"),
    ("a step up", "o", "..", None),
    ("a step up as owner", "..", "user", None),
    ("no step at all", "o", ".", None),
    ("an owner with a path", "o/x", "a", None),
    ("a line break", "o", "a\r\nHost: x", None),
]


@pytest.mark.parametrize(
    ("owner", "name", "path"), [pytest.param(*row, id=what) for what, *row in PATHS]
)
def test_path_of(owner: str, name: str, path: str | None) -> None:
    assert path_of(RepoName(host="github.com", owner=owner, name=name)) == path
