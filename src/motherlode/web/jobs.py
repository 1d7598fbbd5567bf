"""What takes long is done beside the answers: loading and running, one at a time, with its progress."""

import logging
import time
from datetime import date
from threading import Thread

from motherlode.errors import MotherlodeError
from motherlode.project import Project
from motherlode.web.gate import Gate
from motherlode.web.pages.kept import Kept

LOG = logging.getLogger("motherlode.web")


class Job:
    """One load and run, as far as it has come."""

    def __init__(self, as_of: date | None = None) -> None:
        self.as_of = as_of
        self.step, self.what = "loading", ""
        self.done, self.total = 0, 0
        self.began_at = time.monotonic()
        self.seconds = 0.0
        self.problem, self.hint = "", ""
        self.is_over = False

    def tell(self, what: str, done: int, total: int) -> None:
        self.what, self.done, self.total = what, done, total


class Jobs:
    """The job that runs, or the last one that ran."""

    def __init__(self, project: Project, gate: Gate, kept: Kept) -> None:
        self._project, self._gate, self._kept = project, gate, kept
        self.job: Job | None = None

    @property
    def is_busy(self) -> bool:
        return self.job is not None and not self.job.is_over

    def start(self, *, wait: bool = False, as_of: date | None = None) -> bool:
        """Load what is new and make every table, as of a day or the last one in the data.

        Readers see the tables of before until it is done.

        Gives whether it began: not while another runs.
        """
        if self.is_busy or self._gate.is_written:
            return False
        self.job = job = Job(as_of)
        thread = Thread(target=self._work, args=(job,), name="run", daemon=True)
        thread.start()
        if wait:
            thread.join()
        return True

    def _work(self, job: Job) -> None:
        try:
            with self._gate.reading(), self._gate.writing() as free:
                if free:
                    self._load_and_run(job)
        except MotherlodeError as error:
            job.problem, job.hint = error.message, error.hint
        except Exception as error:
            LOG.exception("a run failed")
            job.problem = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
        finally:
            self._kept.forget()
            job.seconds, job.is_over = time.monotonic() - job.began_at, True

    def _load_and_run(self, job: Job) -> None:
        # A connection of its own: the others go on reading what was committed last.
        project = self._project.beside()
        try:
            project.load(job.tell)
            job.step = "making"
            project.run(job.as_of, tell=job.tell)
        finally:
            project.warehouse.close()
