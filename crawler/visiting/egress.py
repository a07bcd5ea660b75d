"""Where we never connect to: the guard of addresses, against requests to a private network."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

Address = IPv4Address | IPv6Address

# IANA's registries of special addresses (RFC 6890 and its successors): what no page on the
# public web can be served from. The private network behind us is the point of most of them.
_REFUSED: Final[tuple[tuple[IPv4Network | IPv6Network, str], ...]] = tuple(
    (ip_network(network), name)
    for network, name in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.100.100.200/32", "a cloud's metadata"),
        ("100.64.0.0/10", "shared by carriers"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local, where clouds keep their metadata"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarks"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("168.63.129.16/32", "a cloud's metadata"),
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("64:ff9b:1::/48", "local NAT64"),
        ("100::/64", "discard"),
        ("2001::/23", "protocol assignments"),
        ("2001:db8::/32", "documentation"),
        ("3fff::/20", "documentation"),
        ("5f00::/16", "segment routing"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)

# IPv6 addresses that only carry an IPv4 address, and where in them it starts, in bits from
# the right: a gateway on the way would unpack it.
_CARRIERS: Final = (
    (IPv6Network("::ffff:0:0/96"), 0),  # mapped
    (IPv6Network("::ffff:0:0:0/96"), 0),  # translated
    (IPv6Network("::/96"), 0),  # compatible
    (IPv6Network("64:ff9b::/96"), 0),  # NAT64
    (IPv6Network("2002::/16"), 80),  # 6to4
)

# Names that stand for this machine without asking anybody (RFC 6761), or for metadata.
_REFUSED_NAMES: Final = ("localhost", "localhost.localdomain", "metadata.google.internal")


def refusal(address: str) -> str:
    """Return why nothing is ever sent to *address*, an IP address; empty where it may be."""
    try:
        given: Address = ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return f"{address} is no IP address"
    for candidate in (given, *_carried(given)):
        for network, name in _REFUSED:
            if candidate.version == network.version and candidate in network:
                return f"{address} is {name}"
    return ""


@lru_cache(maxsize=4096)
def named_refusal(host: str) -> str:
    """Return why *host*, as the URL standard spells it, may not be asked, by its name alone.

    Empty for a name that has to be resolved first. The standard has turned odd spellings
    of IPv4 addresses (`2130706433`, `0x7f.1`) into plain ones already.
    """
    name = host.rstrip(".").lower()
    if name in _REFUSED_NAMES or name.endswith(".localhost"):
        return f"{name} names this machine"
    return refusal(name) if is_literal(name) else ""


@lru_cache(maxsize=4096)
def is_literal(host: str) -> bool:
    """Return whether *host* is an IP address, with or without brackets, and not a name."""
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _carried(address: Address) -> tuple[IPv4Address, ...]:
    if isinstance(address, IPv4Address):
        return ()
    if address.teredo:
        return address.teredo
    return tuple(
        IPv4Address((int(address) >> shift) & 0xFFFFFFFF)
        for network, shift in _CARRIERS
        if address in network and int(address) > 1  # `::` and `::1` carry nothing
    )
