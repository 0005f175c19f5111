"""Processes over which the work of a large build is spread. A small one starts none."""

import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from feedpub.errors import FeedpubError, Problem

if TYPE_CHECKING:  # its modules load when processes are needed
    from concurrent.futures import Future, ProcessPoolExecutor

T = TypeVar("T")
R = TypeVar("R")

# Seconds of work from which processes pay, by docs/performance.md: to start them costs some 40 ms, to use them nearly none.
_WORTH_STARTING, _WORTH_USING = 0.25, 0.02


class Workers:
    """At most `jobs` processes (None: one for each core that we may use), started when there is work for them."""

    def __init__(self, jobs: int | None = None) -> None:
        self._jobs = jobs or _cores()
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._pool is None:
            return
        # They finish what they have: one that dies while it sends a result would be waited for.
        with _undisturbed(), suppress(RuntimeError):  # the pool's own thread could not be started
            self._pool.shutdown(cancel_futures=True)
        if not kind and signal.getsignal(signal.SIGINT) is _interrupt_once:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def map(self, function: Callable[[list[T]], list[R]], items: Iterable[T], *, count: int, seconds: float) -> Iterator[R]:
        """What `function` makes of the items, list by list, in their order; `seconds` is about what an item takes.

        Little work is done here and now, more in processes; only a few lists are under way at once. Raises FeedpubError when
        a process was killed, or can't be started.
        """
        size = max(1, min(int(0.03 / seconds), -(-count // (4 * self._jobs))))
        rest = iter(items)
        lists = iter(lambda: list(islice(rest, size)), [])
        if self._jobs < 2 or count * seconds < (_WORTH_USING if self._pool else _WORTH_STARTING):
            for some in lists:
                yield from function(some)
            return
        from concurrent.futures.process import BrokenProcessPool

        waiting: deque[Future[list[R]]] = deque()
        try:
            for some in lists:
                waiting.append(self._started().submit(function, some))
                if len(waiting) > 2 * self._jobs:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        except BrokenProcessPool as error:
            mend = "is there enough memory? try again with --jobs 1"
            raise FeedpubError([Problem(".", 0, "", "a process of this build was killed", mend)]) from error

    def _started(self) -> "ProcessPoolExecutor":
        if self._pool is None:
            import multiprocessing
            from concurrent.futures import BrokenExecutor, ProcessPoolExecutor

            # A fork takes over all that is loaded. Beside other threads it isn't safe, and elsewhere not usual.
            forks = sys.platform == "linux" and threading.active_count() == 1
            context = multiprocessing.get_context("fork" if forks else "spawn")
            default = signal.default_int_handler
            if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is default:
                signal.signal(signal.SIGINT, _interrupt_once)
            self._pool = ProcessPoolExecutor(self._jobs, mp_context=context, initializer=_begin)
            with _undisturbed():
                try:
                    self._pool.submit(int).result()  # it starts them all
                except BrokenExecutor:
                    raise
                except (OSError, RuntimeError) as error:
                    for process in multiprocessing.active_children():  # they wait for work, and would be waited for
                        process.terminate()
                    what = f"{self._jobs} processes can't be started ({getattr(error, 'strerror', None) or error})"
                    raise FeedpubError([Problem(".", 0, "", what, "try again with fewer --jobs")]) from error
        return self._pool


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Ctrl-C waits: a process that has not begun would die of it, with a traceback."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _interrupt_once(number: int, frame: object) -> None:
    """Only the first Ctrl-C: a second, while processes end, would leave them waiting for work, and this one for them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def _begin() -> None:
    """Ctrl-C is for the parent to answer; and whoever ends it, by kill -9 too, ends its processes."""
    import multiprocessing

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    assert parent

    def watch() -> None:
        parent.join()
        os._exit(1)

    try:
        threading.Thread(target=watch, daemon=True).start()
    except RuntimeError:  # no more threads: the parent tells that this process is gone
        os._exit(1)


def _cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
