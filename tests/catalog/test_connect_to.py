"""Where `--connect-to` leads, as a table, and what is said of a mapping that leads nowhere."""

import pytest

from catalog.connect_to import ConnectTo

TARGETS = [
    ("any host", "::127.0.0.1:8080", "a.example", 80, ("127.0.0.1", 8080)),
    ("this host", "a.example:443:10.0.0.1:8443", "a.example", 443, ("10.0.0.1", 8443)),
    (
        "this host, case aside",
        "A.Example:443:10.0.0.1:8443",
        "a.EXAMPLE.",
        443,
        ("10.0.0.1", 8443),
    ),
    ("another host", "a.example:443:10.0.0.1:8443", "b.example", 443, None),
    ("another port", "a.example:443:10.0.0.1:8443", "a.example", 80, None),
    ("any port of this host", "a.example::10.0.0.1:8443", "a.example", 8000, ("10.0.0.1", 8443)),
    ("the port stays", "a.example::10.0.0.1:", "a.example", 8000, ("10.0.0.1", 8000)),
    ("the host stays", "a.example:80::8080", "a.example", 80, ("a.example", 8080)),
    ("to IPv6, in brackets", "::[::1]:8080", "a.example", 80, ("::1", 8080)),
    ("from IPv6, in brackets", "[::1]:80:b.example:1", "::1", 80, ("b.example", 1)),
]


@pytest.mark.parametrize(
    ("mapping", "host", "port", "target"), [pytest.param(*row, id=name) for name, *row in TARGETS]
)
def test_connect_to(mapping: str, host: str, port: int, target: tuple[str, int] | None) -> None:
    assert ConnectTo((mapping,)).target(host, port) == target


def test_the_first_mapping_that_fits_is_used() -> None:
    both = ConnectTo(("a.example::10.0.0.1:1", "::10.0.0.2:2"))
    assert both.target("a.example", 80) == ("10.0.0.1", 1)
    assert both.target("b.example", 80) == ("10.0.0.2", 2)


@pytest.mark.parametrize(
    "text", ["", "a.example", "a:1:b", "a:b:c:d", "a:1:b:x", "::1.2.3.4:99999", "a:80:[::1:80"]
)
def test_a_mapping_that_cannot_be_read_says_how_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match="write HOST:PORT:ADDR:PORT"):
        ConnectTo((text,))
