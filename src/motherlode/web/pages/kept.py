"""What pages need again and again, kept until the next run makes it anew."""

from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

Answer = TypeVar("Answer")


class Kept:
    """Answers by name, as of one run; those of the run before are let go."""

    def __init__(self, most: int = 500) -> None:
        self._lock = Lock()
        self._run: Any = None
        self._most = most
        self._answers: dict[Any, Any] = {}

    def get(self, run: Any, name: Any, make: Callable[[], Answer]) -> Answer:
        """The answer of this name as of a run, made at its first use; two threads may both make it."""
        with self._lock:
            if run != self._run:
                self._run, self._answers = run, {}
            if name in self._answers:
                # Put behind the others: what nobody asked for the longest is let go first.
                kept: Answer = self._answers.pop(name)
                self._answers[name] = kept
                return kept
        made = make()
        with self._lock:
            if run == self._run:
                while len(self._answers) >= self._most:
                    self._answers.pop(next(iter(self._answers)))
                self._answers[name] = made
        return made

    def forget(self) -> None:
        """Let everything go: the tables have changed."""
        with self._lock:
            self._run, self._answers = None, {}
