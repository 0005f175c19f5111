"""Networks: to which one a client belongs, and whether it is of some that the settings name."""

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# What one customer of a provider is given.
_PREFIXES = {4: 32, 6: 56}


@lru_cache(maxsize=4096)
def network_of(client: str) -> str:
    """The network of one customer that the address `client` is of; "?" for a socket without an address."""
    address = _address(client)
    return str(ipaddress.ip_network((address, _PREFIXES[address.version]), strict=False)) if address else "?"


class Networks:
    """Networks by their names, such as 10.0.0.0/8; what is no address is in none of them."""

    def __init__(self, names: Iterable[str]) -> None:
        self._networks = [ipaddress.ip_network(name, strict=False) for name in names]
        self.holds = lru_cache(maxsize=4096)(self._holds)

    def _holds(self, client: str) -> bool:
        """Whether the address `client` is of one of them."""
        address = _address(client)
        return address is not None and any(address in network for network in self._networks)


def _address(client: str) -> _Address | None:
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return None
    # So a socket for both families tells an address of IPv4.
    return getattr(address, "ipv4_mapped", None) or address
