"""Traffic: what is counted of requests and of the server's own work, for Prometheus, and the line of each in the log."""

import logging
import os
import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.responses import Response

SHARED = "PROMETHEUS_MULTIPROC_DIR"
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_log = logging.getLogger("feedpub.access")


class Traffic:
    """Counts, and tells the counts. With several workers they share a folder, and any of them tells for all."""

    def __init__(self, *, log: bool = False) -> None:
        """With `log`, each request has a line: method, route, status, milliseconds. Never an address, a token or a query."""
        disable_created_metrics()  # type: ignore[no-untyped-call]
        mine = self.registry = CollectorRegistry()
        labels = ("route", "method", "status")
        self._requests = Counter("feedpub_http_requests", "Requests answered.", labels, registry=mine)
        self._times = Histogram("feedpub_http_request_seconds", "Time to answer.", ("route",), buckets=_BUCKETS, registry=mine)
        about = "When the files that are served were read, in seconds since 1970."
        self.read_at = Gauge("feedpub_snapshot_timestamp_seconds", about, registry=mine, multiprocess_mode="livemin")
        self.builds = Counter("feedpub_builds_picked_up", "Builds picked up while serving, by each worker.", registry=mine)
        self.pings = Counter("feedpub_hub_pings", "Feeds told to the hub, or not.", ("result",), registry=mine)
        mails = Counter("feedpub_mails_refused", "Mails that a form asked for in vain, by limit.", ("limit",), registry=mine)
        self._mails = {limit: mails.labels(limit) for limit in ("network", "all")}
        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._logs = log

    def note(self, route: str, method: str, status: int, began: float) -> None:
        """A request was answered that began at `began` (of time.perf_counter)."""
        took = time.perf_counter() - began
        found = self._known.get((route, method, status))
        if found is None:
            named = method if method in _METHODS else "other"
            found = self._requests.labels(route, named, str(status)), self._times.labels(route)
            if named == method:  # methods of others' invention would fill the memory
                self._known[route, method, status] = found
        found[0].inc()
        found[1].observe(took)
        if self._logs:
            _log.info("%s %s %d %.1f ms", method if method in _METHODS else "other", route, status, took * 1000)

    def refuse(self, limit: str) -> None:
        """A form asked for a mail, and got none by a limit: of a "network", or of "all"."""
        self._mails[limit].inc()

    def told(self) -> Response:
        """The figures, in Prometheus' text format."""
        registry = self.registry
        if SHARED in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        body = generate_latest(registry)
        return Response(body, media_type="text/plain; version=0.0.4", headers={"cache-control": "no-store"})
