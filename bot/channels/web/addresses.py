"""Where a request comes from, as far as limits care: the address, or of IPv6 the network."""

import ipaddress

from fastapi import Request


def network_of(request: Request) -> str:
    """The address a request came from; of IPv6 the network, of which everyone has millions of addresses."""
    host = request.client.host if request.client else ""
    try:
        address = _address(host)
    except ValueError:
        return host
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else str(address)


def is_this_machine(request: Request) -> bool:
    """Whether a request was made on the machine the service runs on."""
    host = request.client.host if request.client else ""
    try:
        return _address(host).is_loopback
    except ValueError:
        return False


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    address = ipaddress.ip_address(host.partition("%")[0])
    # A server that listens to both sees the whole of IPv4 as one network of IPv6.
    return (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address
