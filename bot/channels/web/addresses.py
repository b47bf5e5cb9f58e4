"""Where a request comes from, as far as limits care: the address, or of IPv6 the network."""

import ipaddress

from fastapi import Request


def network_of(request: Request) -> str:
    """The address a request came from; of IPv6 the network, of which everyone has millions of addresses."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else host


def is_this_machine(request: Request) -> bool:
    """Whether a request was made on the machine the service runs on."""
    host = request.client.host if request.client else ""
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False
