"""Who may use the tables at the same time: many readers and one writer, or one who is alone."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Condition, Lock

PATIENCE_SECONDS = 30


class Gate:
    """Readers see what was committed last, so they need not wait for a writer; whoever rewrites the file is alone."""

    def __init__(self) -> None:
        # Others that use the file now and then: each holds its lock meanwhile.
        self.others: list[Lock] = []
        self._changed = Condition()
        self._writing = Lock()
        self._readers = 0
        self._alone = False

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Come in, as soon as nobody is alone."""
        with self._changed:
            self._changed.wait_for(lambda: not self._alone)
            self._readers += 1
        try:
            yield
        finally:
            with self._changed:
                self._readers -= 1
                self._changed.notify_all()

    @contextmanager
    def writing(self) -> Iterator[bool]:
        """Be the only one who writes; gives whether that is so, without waiting."""
        free = self._writing.acquire(blocking=False)
        try:
            yield free
        finally:
            if free:
                self._writing.release()

    @property
    def is_written(self) -> bool:
        """Whether somebody writes now."""
        return self._writing.locked()

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Among those who are reading, be the only one; gives whether all others have gone in time."""
        with self._changed:
            self._alone = True
            gone = self._changed.wait_for(lambda: self._readers <= 1, PATIENCE_SECONDS)
        try:
            with ExitStack() as held:
                for other in self.others:
                    held.enter_context(other)
                yield gone
        finally:
            with self._changed:
                self._alone = False
                self._changed.notify_all()
