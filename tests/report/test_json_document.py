"""The JSON document keeps its schema, and holds a row for each link that is not ok."""

import json

from jsonschema import Draft202012Validator

from report.formats import render
from report.formats.json_document import SCHEMA

# What a script may rely on in each row, and in each mention of it.
ROW = {
    "url", "standing", "verdict", "reason", "status", "final_url", "first_seen_broken",
    "last_ok", "checks", "suggestion", "mentions",
}  # fmt: skip
MENTION = {"file", "line", "column", "text", "section", "item"}


def validator() -> Draft202012Validator:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def test_it_keeps_its_schema(two_nights) -> None:
    for report in (two_nights.report(), two_nights.report(everything=True)):
        validator().validate(json.loads(render(report, "json")))


def test_an_empty_catalog_keeps_it_too(ledger) -> None:
    validator().validate(json.loads(render(ledger.report(), "json")))


def test_the_schema_describes_every_field_and_allows_no_other(two_nights) -> None:
    document = json.loads(render(two_nights.report(), "json"))
    document["links"][0]["surprise"] = 1
    assert not validator().is_valid(document)


def test_a_row_for_each_link_that_is_not_ok(two_nights) -> None:
    document = json.loads(render(two_nights.report(), "json"))
    stored = two_nights.db.execute("SELECT url, standing FROM links WHERE standing <> 'ok'")
    assert sorted((row["url"], row["standing"]) for row in document["links"]) == sorted(stored)
    for row in document["links"]:
        assert row.keys() >= ROW
        assert all(mention.keys() >= MENTION for mention in row["mentions"])


def test_everything_adds_the_rest(two_nights) -> None:
    document = json.loads(render(two_nights.report(everything=True), "json"))
    (links,) = two_nights.db.execute("SELECT count(*) FROM links").fetchone()
    assert len(document["links"]) == links
