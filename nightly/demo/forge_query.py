"""Answer a GraphQL query over the demo's projects, field by field, with GitHub's errors."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)
from graphql.utilities import value_from_ast_untyped

from nightly.demo.projects import Project

if TYPE_CHECKING:
    from nightly.demo.forge import DemoForge

# More node ids than this are refused outright; more aliases than this get no answer.
MOST_IDS = 100
MOST_ALIASES = 120


class QueryError(Exception):
    """The whole query is refused; the text says why."""


def answer(
    forge: "DemoForge", document: DocumentNode, variables: dict[str, Any], limits: dict[str, int]
) -> dict[str, Any]:
    """Return the body that answers *document*: `data`, and `errors` where there are any."""
    query = _Query(forge, document, variables, limits)
    data = query.data()
    return {"data": data, "errors": query.errors} if query.errors else {"data": data}


class _Query:
    """One query on its way to an answer."""

    def __init__(
        self,
        forge: "DemoForge",
        document: DocumentNode,
        variables: dict[str, Any],
        limits: dict[str, int],
    ) -> None:
        self.forge = forge
        self.variables = variables
        self.limits = limits
        self.errors: list[dict[str, Any]] = []
        self.aliases = 0
        self.fragments = {
            node.name.value: node
            for node in document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }
        operations = [n for n in document.definitions if isinstance(n, OperationDefinitionNode)]
        if len(operations) != 1:
            raise QueryError("An operation name is required")
        self.operation = operations[0]

    def data(self) -> dict[str, Any]:
        fields = self._fields(self.operation.selection_set)
        return {_key(field): self._root(field) for field in fields}

    def _fields(self, selected: SelectionSetNode | None) -> Iterator[FieldNode]:
        """Yield the fields of *selected*, those of fragments among them."""
        for node in selected.selections if selected else ():
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, FragmentSpreadNode):
                yield from self._fields(self.fragments[node.name.value].selection_set)
            elif isinstance(node, InlineFragmentNode):
                yield from self._fields(node.selection_set)

    def _root(self, field: FieldNode) -> Any:
        arguments = self._arguments(field)
        match field.name.value:
            case "repository":
                return self._repository(field, f"{arguments['owner']}/{arguments['name']}")
            case "nodes":
                return self._nodes(field, arguments["ids"])
            case "rateLimit":
                return self._select(field, self._rate_limit(), "RateLimit")
            case other:
                raise QueryError(f"Field '{other}' doesn't exist on type 'Query'")

    def _arguments(self, field: FieldNode) -> dict[str, Any]:
        return {
            node.name.value: value_from_ast_untyped(node.value, self.variables)
            for node in field.arguments or ()
        }

    def _repository(self, field: FieldNode, full_name: str) -> Any:
        self.aliases += 1
        if self.aliases > MOST_ALIASES:
            message = "Resource limits for this query exceeded."
            self._error("RESOURCE_LIMITS_EXCEEDED", [_key(field)], message)
            return None
        project = self.forge.find(full_name)
        if project is None or project.blocked:
            message = f"Could not resolve to a Repository with the name '{full_name}'."
            self._error("NOT_FOUND", [_key(field)], message)
            return None
        return self._select(field, repository_node(project), "Repository")

    def _nodes(self, field: FieldNode, ids: list[str]) -> list[Any] | None:
        if len(ids) > MOST_IDS:
            message = (
                f"You may not provide more than {MOST_IDS} node ids; you provided {len(ids)}."
            )
            self._error("ARGUMENT_LIMIT", [_key(field)], message)
            return None
        known = {p.node_id: p for p in self.forge.projects if not p.blocked}
        found = []
        for place, node_id in enumerate(ids):
            if node_id in known:
                node = repository_node(known[node_id])
                found.append(self._select(field, node, "Repository"))
            else:
                message = f"Could not resolve to a node with the global id of '{node_id}'"
                self._error("NOT_FOUND", [_key(field), place], message)
                found.append(None)
        return found

    def _rate_limit(self) -> dict[str, Any]:
        remaining = self.limits["limit"] - self.limits["used"] - 1
        reset = datetime.fromtimestamp(self.limits["reset"], UTC)
        return {
            "cost": 1,
            "limit": self.limits["limit"],
            "remaining": remaining,
            "used": self.limits["used"] + 1,
            "resetAt": reset.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "nodeCount": self.aliases,
        }

    def _select(self, field: FieldNode, value: Any, kind: str) -> Any:
        """Return what *field* selects of *value*."""
        if isinstance(value, list):
            return [self._select(field, one, kind) for one in value]
        if not isinstance(value, dict) or field.selection_set is None:
            return value
        chosen = {}
        for inner in self._fields(field.selection_set):
            name = inner.name.value
            if name not in value:
                raise QueryError(f"Field '{name}' doesn't exist on type '{kind}'")
            chosen[_key(inner)] = self._select(inner, value[name], name)
        return chosen

    def _error(self, kind: str, path: list[str | int], message: str) -> None:
        self.errors.append({"type": kind, "path": path, "message": message})


def _key(field: FieldNode) -> str:
    return field.alias.value if field.alias else field.name.value


def repository_node(project: Project) -> dict[str, Any]:
    """Return *project* as GraphQL describes it."""
    total = sum(project.languages.values())
    return {
        "__typename": "Repository",
        "id": project.node_id,
        "databaseId": project.number,
        "name": project.name,
        "nameWithOwner": project.full_name,
        "owner": {"login": project.owner},
        "url": f"https://github.com/{project.full_name}",
        "description": project.description,
        "homepageUrl": project.homepage,
        "stargazerCount": project.stars,
        "forkCount": project.forks,
        "issues": {"totalCount": project.open_issues},
        "pullRequests": {"totalCount": 0},
        "primaryLanguage": {"name": project.language} if project.language else None,
        "languages": {
            "totalSize": total,
            "edges": [
                {"size": size, "node": {"name": name}} for name, size in project.languages.items()
            ],
        },
        "licenseInfo": _license(project),
        "repositoryTopics": {"nodes": [{"topic": {"name": name}} for name in project.topics]},
        "isArchived": project.archived,
        "isDisabled": project.disabled,
        "isFork": project.fork_of is not None,
        "isMirror": project.mirror_of is not None,
        "isTemplate": project.template,
        "isEmpty": project.empty,
        "isLocked": False,
        "isPrivate": project.private,
        "parent": {"nameWithOwner": project.fork_of} if project.fork_of else None,
        "defaultBranchRef": None if project.empty else {"name": project.default_branch},
        "createdAt": project.created_at,
        "pushedAt": project.pushed_at,
        "latestRelease": {"tagName": project.latest_release} if project.latest_release else None,
    }


def _license(project: Project) -> dict[str, Any] | None:
    if project.license_spdx is None:
        return None
    return {
        "key": project.license_key,
        "name": project.license_name or project.license_spdx,
        "spdxId": project.license_spdx,
        "pseudoLicense": project.license_key == "other",
    }
