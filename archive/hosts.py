"""Which network addresses a stranger's link may lead to. Pure."""

from __future__ import annotations

import ipaddress
import socket

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def literal(host: str) -> Address | None:
    """The address that a host's text is, in any spelling a connection accepts; None for a name.

    >>> literal("0x7f000001"), literal("[::1]"), literal("moit.gov.vn")
    (IPv4Address('127.0.0.1'), IPv6Address('::1'), None)
    """
    text = host.strip("[]").partition("%")[0]
    try:
        if ":" in text:
            return ipaddress.IPv6Address(text)
        # inet_aton reads 127.1, 017700000001 and 2130706433, as connect() does.
        return ipaddress.IPv4Address(socket.inet_aton(text))
    except (OSError, ValueError, UnicodeEncodeError):
        return None


def is_public(address: Address) -> bool:
    """Whether an address is one of the internet's, not of this machine or its network.

    >>> is_public(ipaddress.ip_address("169.254.169.254"))
    False
    """
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or _translated(address)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast


def is_private_host(host: str) -> bool:
    """Whether a host's text alone says that it is of this machine or network.

    >>> is_private_host("localhost"), is_private_host("10.0.0.7"), is_private_host("vtv.vn")
    (True, True, False)
    """
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    address = literal(name)
    return address is not None and not is_public(address)


def _translated(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address inside NAT64's prefix 64:ff9b::/96."""
    if address in ipaddress.IPv6Network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None
