"""Where nothing is ever sent, as a table of addresses."""

import pytest

from crawler.visiting.egress import is_literal, named_refusal, refusal

REFUSED = [
    ("loopback", "127.0.0.1"),
    ("all of loopback", "127.255.0.3"),
    ("this network", "0.0.0.0"),
    ("private, class A", "10.1.2.3"),
    ("private, class B", "172.31.255.255"),
    ("private, class C", "192.168.0.1"),
    ("link-local, metadata", "169.254.169.254"),
    ("carriers", "100.64.0.1"),
    ("a cloud's metadata", "168.63.129.16"),
    ("benchmarks", "198.19.0.1"),
    ("documentation", "203.0.113.9"),
    ("multicast", "224.0.0.251"),
    ("reserved", "250.1.1.1"),
    ("broadcast", "255.255.255.255"),
    ("IPv6 unspecified", "::"),
    ("IPv6 loopback", "::1"),
    ("IPv6 private", "fd00::1"),
    ("IPv6 link-local", "fe80::1"),
    ("IPv6 link-local with its interface", "fe80::1%eth0"),
    ("IPv6 site-local", "fec0::1"),
    ("IPv6 multicast", "ff02::1"),
    ("IPv6 documentation", "2001:db8::1"),
    ("mapped loopback", "::ffff:127.0.0.1"),
    ("mapped private", "::ffff:192.168.1.1"),
    ("translated private", "::ffff:0:10.0.0.1"),
    ("compatible private", "::10.0.0.1"),
    ("NAT64 around loopback", "64:ff9b::127.0.0.1"),
    ("NAT64 around metadata", "64:ff9b::a9fe:a9fe"),
    ("local NAT64", "64:ff9b:1::1"),
    ("6to4 around private", "2002:0a00:0001::1"),
    ("Teredo with a private server", "2001:0:0a00:0001::1"),
    ("what is no address", "example.com"),
]


@pytest.mark.parametrize("address", [pytest.param(a, id=name) for name, a in REFUSED])
def test_refused(address: str) -> None:
    assert refusal(address)


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("93.184.215.14", id="the public web"),
        pytest.param("172.32.0.1", id="beside a private network"),
        pytest.param("100.128.0.1", id="beside the carriers"),
        pytest.param("2606:2800:21f:cb07::1", id="the public web in IPv6"),
        pytest.param("::ffff:93.184.215.14", id="a public address, mapped"),
        pytest.param("64:ff9b::93.184.215.14", id="a public address behind NAT64"),
        pytest.param("2002:5db8:d70e::1", id="a public address by 6to4"),
    ],
)
def test_allowed(address: str) -> None:
    assert refusal(address) == ""


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST.", "db.localhost", "metadata.google.internal", "127.0.0.1", "[::1]"],
)
def test_refused_by_name_alone(host: str) -> None:
    assert named_refusal(host)


@pytest.mark.parametrize("host", ["example.com", "localhost.example.com", "93.184.215.14"])
def test_a_name_has_to_be_resolved_first(host: str) -> None:
    assert named_refusal(host) == ""


def test_literal() -> None:
    assert is_literal("[::1]")
    assert is_literal("10.0.0.1")
    assert not is_literal("ten.example")


def test_a_cloud_s_metadata_among_the_carriers_is_named_as_such() -> None:
    assert "metadata" in refusal("100.100.100.200")
