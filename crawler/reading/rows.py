"""A mention as a row of `linkledger links`: the names that scripts rely on."""

from collections.abc import Mapping
from posixpath import join

from catalog.records import Mention


def row(mention: Mention, root: str) -> Mapping[str, str | int | bool | None]:
    """Return *mention* as the fields of one line of `--format jsonl`, in their order.

    *root* is where its archive lies, empty where there is but one.
    """
    return {
        "root": root,
        "file": mention.file,
        "line": mention.line,
        "column": mention.column,
        "url": mention.url,
        "url_line": mention.url_line,
        "url_column": mention.url_column,
        "kind": str(mention.kind),
        "text": mention.text,
        "section": mention.section or None,
        "item": mention.item or None,
        "repo": str(mention.repo) if mention.repo else None,
        "footer": mention.footer,
        "relative": mention.relative,
        "optional": mention.optional,
    }


def text_line(mention: Mention, root: str) -> str:
    """Return *mention* as editors and `grep -n` write places: `file:line:column url`."""
    path = join(root, mention.file)
    return f"{path}:{mention.line}:{mention.column} {mention.url}".rstrip()
