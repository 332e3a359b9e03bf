"""What is a kind of file, and how do its rows become records?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from adv_domain.files.fields import Field, Form
from adv_domain.files.rows import RowSource
from adv_domain.rules.faults import FileFault
from adv_domain.rules.orders.master_data import MasterRecord

ReadRecord = tuple[int, MasterRecord | None, list[FileFault]]


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file: its columns in the order of its record's attributes."""

    name: str
    fields: tuple[Field, ...]
    record: Callable[..., MasterRecord]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)


def read_records(kind: FileKind, source: RowSource) -> Iterator[ReadRecord]:
    """Yield (row number, record or None, faults) of each row of the file."""
    make = kind.record
    for row_no, values, faults in source.rows():
        if values is None:
            yield row_no, None, faults
            continue
        record = make(*values)
        wrong = [
            FileFault(source.name, row_no, field, code, f"{field} {message}")
            for field, code, message in record.faults()
        ]
        yield row_no, None if wrong else record, wrong


def needed(name: str, form: Form) -> Field:
    """Make a column that must be there and filled."""
    return Field(name, form, required=True)
