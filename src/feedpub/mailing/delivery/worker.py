"""The name under which a run holds deliveries: machine, process, and which start of a process it was."""

import itertools
import os
import secrets
import socket

# A process that was restarted in a container has the number, and the host name, of the one before it.
_START = secrets.token_hex(4)
_RUNS = itertools.count(1)


def worker_name() -> str:
    """A name for a run, unlike that of any other."""
    return f"{_machine()}/{os.getpid()}/{_START}.{next(_RUNS)}"


def is_dead(worker: str) -> bool:
    """Whether a worker of this machine has ended without giving back what it held. Of other machines the lease decides."""
    host, _, rest = worker.partition("/")
    number, _, start = rest.partition("/")
    if host != _machine():
        return False
    if number == str(os.getpid()):
        return start.partition(".")[0] != _START
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, ValueError, OverflowError):
        return False
    return False


def _machine() -> str:
    return socket.gethostname()[:40]
