"""Where a message may go: no address inside the house, unless the operator named its network.

A name is resolved once, every address it has is judged, and the connection is made to the very address that was judged:
a name that answers otherwise the second time (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import httpx

from intake.errors import IntakeError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolver = Callable[[str, int], Sequence[str]]
_SHARED_NAT = ipaddress.IPv6Network("64:ff9b::/96")
#: Where machines of a cloud are told about themselves; public by number, or opened with a network that was too wide.
_METADATA = frozenset(
    ipaddress.ip_address(one) for one in ("169.254.169.254", "168.63.129.16", "100.100.100.200", "fd00:ec2::254")
)


class BadAddress(IntakeError):
    """A message may not, or cannot, go there; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Target:
    """An address on the web with the places that it was found to be."""

    url: httpx.URL
    addresses: tuple[Address, ...]


def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system for the addresses of a name, the best first.

    Raises:
        OSError: there are none, or nobody answers.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return [str(one[4][0]) for one in found]


def check_url(url: str, inside: Sequence[Network]) -> httpx.URL:
    """Hold an address to its form: https with a name, nothing secret in it; http only where an inside is set.

    Raises:
        BadAddress: ``bad_url``, ``not_https``; ``forbidden_address`` for an address in figures.
    """
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as trouble:
        raise BadAddress("bad_url") from trouble
    plain = parsed.raw_host and not parsed.userinfo and not parsed.fragment and (parsed.port or 1) < 2**16
    if parsed.scheme not in ("http", "https") or not plain:
        raise BadAddress("bad_url")
    if parsed.scheme == "http" and not inside:
        raise BadAddress("not_https")
    literal = _literal(parsed.raw_host.decode())
    if literal and not _open(literal, inside, https=parsed.scheme == "https"):
        raise BadAddress("forbidden_address")
    return parsed


def find(url: str, inside: Sequence[Network], *, resolver: Resolver = resolve) -> Target:
    """Resolve an address once and judge all that is found; one forbidden place forbids the name.

    Raises:
        BadAddress: as ``check_url``; ``unknown_host``.
    """
    parsed = check_url(url, inside)
    port = parsed.port or (443 if parsed.scheme == "https" else 80)
    try:
        # An address of a link carries the name of its interface behind a %.
        found = [ipaddress.ip_address(one.partition("%")[0]) for one in resolver(parsed.raw_host.decode(), port)]
    except (OSError, UnicodeError) as trouble:
        raise BadAddress("unknown_host") from trouble
    if not found:
        raise BadAddress("unknown_host")
    if not all(_open(one, inside, https=parsed.scheme == "https") for one in found):
        raise BadAddress("forbidden_address")
    return Target(parsed, tuple(dict.fromkeys(found)))


def _open(address: Address, inside: Sequence[Network], *, https: bool) -> bool:
    """Whether a message may go to an address; one that carries another is judged by that one."""
    carried = _carried(address)
    if carried:
        return _open(carried, inside, https=https)
    if address in _METADATA:
        return False
    if any(address in network for network in inside):
        return True
    old_private = isinstance(address, ipaddress.IPv6Address) and address.is_site_local
    return https and address.is_global and not (address.is_multicast or address.is_reserved or old_private)


def _carried(address: Address) -> Address | None:
    """The IPv4 address inside a mapped, translated, 6to4 or Teredo address."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _SHARED_NAT:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
