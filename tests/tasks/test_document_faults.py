"""Row 28: what hinders a document holds it alone, is told, and is made good anew."""

import errno
import os
from datetime import date

import pytest
from click.testing import CliRunner
from pypdf import PdfReader
from sqlalchemy import select

from adv_domain.bundled import bundled_path
from adv_domain.documents.files import FolderNotWritable
from adv_domain.documents.style import DocumentStyle
from adv_domain.store.engine import reading
from adv_domain.store.tables import document, failure, invoice, outbox
from flows.cli import cli
from flows.commands.faults import told
from flows.direct import run_directly
from tasks.documents import drawing
from tasks.documents.drawing import DrawingRoom
from tests.builders import a_customer, a_delivery, a_product, an_order
from tests.tasks.issued_rows import a_posted_document
from tests.tasks.test_document_files import orders
from tests.tasks.test_documents import rows, run

ON = date(2026, 1, 31)
# what a name may hold that came through intake or straight into the tables
HOSTILE = {
    "typst": '#panic("x") *bold* $x$ <label> @ref [x] `raw` // \\ #import "a"',
    "controls": "a\x01b\x1bc\x7fd\x85e",
    "right to left": "שלום עולם مرحبا \u202eabc\u202c",
    "xml": "</cbc:ID>&amp;<![CDATA[ ]]>\ufffe",
    "long word": "x" * 200,
    "many lines": "a\nb\r\nc\u2028d",
    "accents": "Z" + "\u0301" * 190,
    "jinja": "{{ 7 * 7 }}{% raw %}",
    "spaces": "   \t ",
}
NO_FONT_HAS_IT = "\U0010fffd"


def made(engine):
    with reading(engine) as connection:
        return list(
            connection.execute(
                select(invoice.c.invoice_no)
                .join(document, document.c.invoice_id == invoice.c.id)
                .order_by(document.c.id)
            ).scalars()
        )


@pytest.mark.parametrize("form", ["none", "facturx", "ubl"])
def test_row_28_hostile_texts_are_invoiced_drawn_and_mailed(engine, home, form):
    for at, text in enumerate([*HOSTILE.values(), NO_FONT_HAS_IT]):
        customer_id = a_customer(
            engine,
            f"C{at}",
            name=text,
            address=text[:120],
            city=text[:60],
            einvoice=form,
        )
        product_id = a_product(engine, f"P{at}", name=text)
        order_id = an_order(
            engine, customer_id=customer_id, product_id=product_id, no=f"O{at}"
        )
        a_delivery(engine, order_id, no=f"D{at}")
    count = len(HOSTILE)
    run_directly("invoicing", on=ON)
    outcome = run()
    assert outcome.done == {"documents": count, "mails queued": count}
    [held] = outcome.failed
    assert held.document == f"F-2026-{count + 1:06}"
    assert "put one into templates/document/fonts of the home" in held.message
    [end] = run_directly("mail", on=ON)
    assert end.outcome.done == {"sent": count}
    assert run().message.startswith("1 waiting")
    page = PdfReader(home / "documents/2026/F-2026-000001.pdf").pages[0]
    assert '#panic("x") *bold*' in " ".join(page.extract_text().split())


def test_row_28_a_full_disk_ends_the_step_and_a_re_run_makes_the_missing(
    engine, home, monkeypatch
):
    customer_id = a_customer(engine)
    a_posted_document(engine, customer_id=customer_id, no="F1")
    run()
    for no in ("F2", "F3", "F4"):
        a_posted_document(engine, customer_id=customer_id, no=no)
    left = [2]
    real = os.fsync

    def _until_full(descriptor):
        if not left[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        left[0] -= 1
        real(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", _until_full)
        with pytest.raises(FolderNotWritable) as ended:
            run()
    assert str(ended.value) == (
        f"documents/2026/F4.pdf cannot be written below {home} (No space left on "
        "device): make room on the disk or correct the folder's rights, then run this "
        "step again; it makes what is missing"
    )
    assert made(engine) == ["F1"]
    before = (home / "documents/2026/F1.pdf").stat().st_mtime_ns
    assert run().done == {"documents": 3, "mails queued": 3}
    assert made(engine) == ["F1", "F2", "F3", "F4"]
    assert (home / "documents/2026/F1.pdf").stat().st_mtime_ns == before
    assert list(home.rglob("*.part")) == []
    assert len(rows(engine, outbox)) == 4


def test_row_28_a_folder_that_takes_nothing_is_told_in_the_last_line(engine, home):
    a_posted_document(engine, customer_id=a_customer(engine), no="F1")
    (home / "documents").mkdir(exist_ok=True)
    (home / "documents/2026").write_text("in the way")

    def _command():
        with told():
            cli(["run", "documents", "--direct", "--date", str(ON)])

    with pytest.raises(SystemExit) as ended:
        _command()
    assert ended.value.code == 1
    (home / "documents/2026").unlink()
    result = CliRunner().invoke(
        cli, ["run", "documents", "--direct", "--date", str(ON)]
    )
    assert (result.exit_code, made(engine)) == (0, ["F1"])


@pytest.mark.skipif(not hasattr(os, "O_DIRECTORY"), reason="folders as on Linux")
def test_row_28_the_disk_has_files_and_names_before_their_rows_stand(
    engine, home, monkeypatch
):
    """A power cut loses nothing that is told; a folder is asked once a batch."""
    customer_id = a_customer(engine)
    for no in ("F1", "F2", "F3"):
        a_posted_document(engine, customer_id=customer_id, no=no)
    confirmed, real = [], os.fsync
    folder = home / "documents/2026"

    def _confirm(descriptor):
        node = os.fstat(descriptor).st_ino
        confirmed.append(node)
        if node == folder.stat().st_ino:
            assert sorted(one.name for one in folder.iterdir()) == [
                "F1.pdf",
                "F2.pdf",
                "F3.pdf",
            ]
            assert made(engine) == []
        real(descriptor)

    monkeypatch.setattr(os, "fsync", _confirm)
    run()
    nodes = [path.stat().st_ino for path in sorted(folder.iterdir())]
    assert confirmed == [*nodes, folder.stat().st_ino]
    assert made(engine) == ["F1", "F2", "F3"]


@pytest.mark.parametrize("name", [".F2.pdf.part", "F2.pdf"])
def test_row_28_a_file_in_the_way_holds_one_document_alone(engine, home, name):
    customer_id = a_customer(engine)
    for no in ("F1", "F2", "F3"):
        a_posted_document(engine, customer_id=customer_id, no=no)
    in_the_way = home / "documents/2026" / name
    in_the_way.mkdir(parents=True)
    outcome = run()
    assert outcome.done == {"documents": 2, "mails queued": 2}
    [held] = outcome.failed
    assert (held.document, held.code) == ("F2", "file_not_written")
    assert "move what lies there away or correct its rights" in held.message
    assert run().waiting == 1
    in_the_way.rmdir()
    assert run().done == {"documents": 1, "mails queued": 1}
    assert made(engine) == ["F1", "F3", "F2"]
    assert all(one.resolved_at for one in rows(engine, failure))
    assert list(home.rglob("*.part")) == []


def test_row_28_drawing_processes_tell_of_a_folder_that_takes_nothing(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(drawing, "_TOO_FEW", 1)
    (tmp_path / "documents").write_text("in the way")
    style = DocumentStyle((bundled_path("templates"),))
    room = DrawingRoom(style, home=tmp_path, workers=2)
    with room, pytest.raises(FolderNotWritable, match="make room") as ended:
        room.draw(orders(4))
    assert "documents/2026/F0.pdf" in str(ended.value)


def test_row_28_a_logo_that_is_no_picture_holds_its_documents_until_mended(
    engine, home
):
    (home / "policy.toml").write_text('[documents]\nlogo = "mark.svg"\n')
    (home / "mark.svg").write_text("no picture")
    customer_id = a_customer(engine)
    for no in ("F1", "F2"):
        a_posted_document(engine, customer_id=customer_id, no=no)
    failed = run().failed
    assert [one.document for one in failed] == ["F1", "F2"]
    assert "mark.svg" in failed[0].message
    (home / "mark.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    )
    assert run().done == {"documents": 2, "mails queued": 2}
