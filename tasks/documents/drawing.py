"""How are documents drawn on all processors, a broken one holding only itself?

Drawing is Python as much as typst, so that processes and not threads share it. Each
has its own renderer, writes its files itself and returns where they wait; a few
documents are drawn here, which costs less than a process's start.
"""

import os
import signal
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cached_property
from multiprocessing import get_context, parent_process
from multiprocessing.util import Finalize
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Self

from adv_domain.documents.files import (
    DOCUMENTS,
    FileNotWritten,
    WaitingFile,
    document_place,
    write_waiting,
)
from adv_domain.documents.making import DocumentFile, DocumentMaker, EInvoiceForm
from adv_domain.documents.style import DocumentStyle, check_logo
from adv_domain.rules.billing.issued_documents import IssuedDocument
from tasks.batches import failure_code, first_line

# a process is up after a second, and a document takes some 30 ms
_TOO_FEW = 60
_AT_A_TIME = 8


@dataclass(frozen=True, slots=True)
class DrawingOrder:
    """A document to draw, what machines are to get with it, and where it is kept."""

    document: IssuedDocument
    form: EInvoiceForm
    folder: str = DOCUMENTS


@dataclass(frozen=True, slots=True)
class Drawn:
    """The files of a document, waiting for its row; the PDF is the first."""

    files: tuple[WaitingFile, ...]
    plain_because: str


@dataclass(frozen=True, slots=True)
class NotDrawn:
    """Why a document could not be drawn, as the failure list tells it."""

    code: str
    message: str


Drawing = Drawn | NotDrawn


def put_in_place(files: Iterable[WaitingFile]) -> NotDrawn | None:
    """Rename a document's files to their names, or say why one of them cannot be.

    Raises FolderNotWritable.
    """
    try:
        for file in files:
            file.put_in_place()
    except FileNotWritten as error:
        return NotDrawn(failure_code(error), first_line(error))
    return None


class DrawingRoom:
    """The processes that draw, while it is open; none where there is little to do."""

    def __init__(self, style: DocumentStyle, *, home: Path, workers: int) -> None:
        """Take the style and the home; workers 0 is one for each processor."""
        self._desk = _Desk(style, home)
        self.workers = workers or _processors()
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        """Open nothing yet: processes start with the first large batch."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the processes go, and clear the desk."""
        self._close()
        self._desk.put_away()

    def draw(self, orders: Sequence[DrawingOrder]) -> list[Drawing]:
        """Draw the documents, in their order.

        Raises LogoUnusable, and FolderNotWritable for a full disk.
        """
        logo = self._desk.style.logo
        if orders and logo is not None:
            check_logo(logo)
        if self.workers == 1 or len(orders) < _TOO_FEW:
            return [self._desk.drawn(one) for one in orders]
        try:
            return list(self._open().map(_drawn, orders, chunksize=_AT_A_TIME))
        except BrokenProcessPool:
            # one of them killed its process: alone, each can only kill its own
            self._close()
            return [self._alone(one) for one in orders]

    def _alone(self, order: DrawingOrder) -> Drawing:
        try:
            return self._open().submit(_drawn, order).result()
        except BrokenProcessPool:
            self._close()
            return NotDrawn(
                "drawing_process_died",
                "the process that drew it died; look for the cause (memory?) in the "
                "system's log, then run documents again",
            )

    def _open(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self.workers,
                # a fork would share database connections and threads
                mp_context=get_context("spawn"),
                initializer=_sit_down,
                initargs=(self._desk.style, self._desk.home),
            )
        return self._pool

    def _close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


@dataclass
class _Desk:
    """Where documents are drawn: the renderer is set up with the first of them."""

    style: DocumentStyle
    home: Path

    @cached_property
    def maker(self) -> DocumentMaker:
        return DocumentMaker(self.style)

    def put_away(self) -> None:
        if "maker" in self.__dict__:
            self.maker.put_away()
            del self.maker

    def drawn(self, order: DrawingOrder) -> Drawing:
        document = order.document
        try:
            made = self.maker.made(document, form=order.form)
            waiting = [self._written(file, order) for file in made.files]
        except (OSError, MemoryError):
            raise
        except Exception as error:
            return NotDrawn(failure_code(error), first_line(error))
        return Drawn(tuple(waiting), made.plain_because)

    def _written(self, file: DocumentFile, order: DrawingOrder) -> WaitingFile:
        document = order.document
        return write_waiting(
            file.content,
            kind=file.kind,
            home=self.home,
            place=document_place(
                document.number,
                year=document.issued_on.year,
                suffix=file.suffix,
                folder=order.folder,
            ),
        )


_desks: list[_Desk] = []
"""The one desk of a drawing process."""


def _sit_down(style: DocumentStyle, home: Path) -> None:
    """Set a drawing process up: it ends with its parent and leaves signals to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _desks.append(_Desk(style, home))
    # such a process ends without what Python does at its end
    Finalize(None, _desks[0].put_away, exitpriority=1)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Wait for the parent's end, be it by SIGKILL, and leave no orphan behind."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        _desks[0].put_away()
        os._exit(1)


def _drawn(order: DrawingOrder) -> Drawing:
    return _desks[0].drawn(order)


def _processors() -> int:
    """Count the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
