"""How many documents does this machine draw in a second?"""

import resource
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import perf_counter

from adv_domain.bundled import bundled_path
from adv_domain.documents.style import DocumentStyle
from adv_domain.policies import Policy
from tasks.bench.logo import logo_png
from tasks.documents.drawing import DrawingOrder, DrawingRoom, Drawn
from tasks.documents.paper import Specimen, specimen

_LINES = 15
_ISSUED_ON = date(2026, 3, 2)
_LANGUAGES = ("es", "en", "fr")


class DrawingFailed(RuntimeError):
    """A document of the measurement could not be drawn."""


@dataclass(frozen=True, slots=True)
class DrawingCost:
    """What so many documents cost; CPU is of this process and those that drew."""

    documents: int
    workers: int
    cpu_seconds: float
    wall_seconds: float
    peak_rss_mb: float

    def as_dict(self) -> dict[str, float | int]:
        return {
            "documents": self.documents,
            "workers": self.workers,
            "cpu_seconds": round(self.cpu_seconds, 3),
            "wall_seconds": round(self.wall_seconds, 3),
            "documents_per_cpu_second": round(self.documents / self.cpu_seconds, 1),
            "documents_per_second": round(self.documents / self.wall_seconds, 1),
            "peak_rss_mb": round(self.peak_rss_mb, 1),
        }


def measure_drawing(*, documents: int, workers: int) -> DrawingCost:
    """Draw invoices of 15 lines with logo, QR code and checked Factur-X to the disk.

    All differ, in three languages. The start of the processes counts.
    """
    orders = [
        DrawingOrder(
            specimen(
                Specimen(
                    language=_LANGUAGES[at % 3],
                    on=_ISSUED_ON,
                    number=f"B-2026-{at:06d}",
                    lines=_LINES,
                ),
                policy=Policy(),
            ),
            form="facturx",
        )
        for at in range(documents)
    ]
    with tempfile.TemporaryDirectory(prefix="adv-bench-") as folder:
        return _drawn(orders, home=Path(folder), workers=workers)


def _drawn(orders: list[DrawingOrder], *, home: Path, workers: int) -> DrawingCost:
    logo = home / "logo.png"
    logo.write_bytes(logo_png())
    style = DocumentStyle((bundled_path("templates"),), logo=logo)
    cpu, wall = _cpu_seconds(), perf_counter()
    with DrawingRoom(style, home=home, workers=workers) as room:
        drawings = room.draw(orders)
        used = room.workers
    for one in drawings:
        if not isinstance(one, Drawn):
            raise DrawingFailed(one.message)
    return DrawingCost(
        documents=len(orders),
        workers=used,
        cpu_seconds=_cpu_seconds() - cpu,
        wall_seconds=perf_counter() - wall,
        peak_rss_mb=max(_usage().ru_maxrss, _children().ru_maxrss) / 1024,
    )


def _cpu_seconds() -> float:
    return sum(one.ru_utime + one.ru_stime for one in (_usage(), _children()))


def _usage() -> resource.struct_rusage:
    return resource.getrusage(resource.RUSAGE_SELF)


def _children() -> resource.struct_rusage:
    return resource.getrusage(resource.RUSAGE_CHILDREN)
