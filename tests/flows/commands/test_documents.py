"""`adv documents`: the company's paper, and how fast it is drawn on."""

from io import BytesIO

from pypdf import PdfReader

from tasks.bench.documents import measure_drawing
from tasks.bench.logo import logo_png
from tests.first_day import adv, said


def page_of(path):
    reader = PdfReader(BytesIO(path.read_bytes()))
    return " ".join(reader.pages[0].extract_text().split()), reader


def test_a_specimen_shows_the_company_on_its_own_paper(sqlite_home):
    (sqlite_home / "mark.png").write_bytes(logo_png())
    (sqlite_home / "policy.toml").write_text(
        '[company]\nname = "Nervión S.A."\nregistration = "Bilbao, hoja 7"\n'
        'legal_lines = ["Socio del gremio."]\n'
        '[documents]\nlogo = "mark.png"\ncolour = "#990000"\n',
        encoding="utf-8",
    )
    told = said(
        sqlite_home.parent, "documents", "specimen", "--language", "es", status=0
    )
    path = sqlite_home / "specimen-es.pdf"
    assert told == {"path": str(path), "size": path.stat().st_size}
    text, reader = page_of(path)
    for words in ("Factura SPECIMEN-1", "Nervión S.A.", "hoja 7", "Socio del gremio."):
        assert words in text
    assert list(reader.attachments) == ["factur-x.xml"]
    assert len(reader.pages[0].images) == 1


def test_a_specimen_needs_no_home_and_goes_where_it_is_asked_to(tmp_path):
    place = tmp_path / "new" / "look.pdf"
    code, out, err = adv(
        tmp_path,
        "--home",
        str(tmp_path / "none"),
        "documents",
        "specimen",
        "--to",
        place,
    )
    assert (code, out.strip(), err) == (0, str(place), "")
    assert "Invoice SPECIMEN-1" in page_of(place)[0]


def test_what_is_wrong_with_the_paper_is_told_by_specimen_and_doctor(sqlite_home):
    own = sqlite_home / "templates" / "document" / "invoice.typ"
    own.parent.mkdir(parents=True)
    own.write_text("#nothing_of_this_name", encoding="utf-8")
    refused = said(sqlite_home.parent, "documents", "specimen", status=1)
    assert f"{own}, line 1: unknown variable" in refused["error"]

    checks = {one["name"]: one for one in said(sqlite_home.parent, "doctor", status=1)}
    assert checks["invoices in fr"]["grade"] == "bad"
    assert str(own) in checks["invoices in fr"]["detail"]
    own.unlink()
    (sqlite_home / "policy.toml").write_text('[documents]\nlogo = "none.png"\n')
    code, _out, err = adv(sqlite_home.parent, "documents", "specimen")
    assert code == 2
    assert "none.png is not there" in err
    assert "Traceback" not in err


def test_the_measurement_draws_what_it_counts(tmp_path):
    cost = measure_drawing(documents=3, workers=1)
    assert (cost.documents, cost.workers) == (3, 1)
    told = said(tmp_path, "documents", "bench", "--documents", "2", status=0)
    assert told["documents"] == 2
    assert told["documents_per_cpu_second"] > 0
    assert told["peak_rss_mb"] > 0
