"""News from stock as tests write it, and a run of the delivery step over it."""

from datetime import date

from adv_domain.files.mapping import OWN
from adv_domain.files.sources import InputFile, row_source
from adv_domain.files.stock_feedback import FEEDBACK_FIELDS, read_feedback
from tasks.conduct import conduct
from tasks.step import Call, StepFlow, step
from tasks.stock.feedback import book_feedback
from tasks.stock.feedback_file import feedback_file

ON = date(2026, 1, 5)
HEADER = "message_id,kind,order_no,line,quantity,date,cause,note,delivery_no\n"


def news(*rows: str) -> str:
    """Return a feedback file; missing cells at the end of a row are empty."""
    return HEADER + "".join(f"{row}{',' * (8 - row.count(','))}\n" for row in rows)


def book(*rows: str, on: date = ON, file_id=None, text: str | None = None):
    """Book a file of news in a run of its own; return the file and the outcome."""
    text = text if text is not None else news(*rows)
    source = row_source(InputFile("news.csv", text.encode()), FEEDBACK_FIELDS, OWN)
    file = feedback_file(file_id, source.name, read_feedback(source))

    @step(name="book news")
    def _book(run):
        return book_feedback(run, file)

    flow = StepFlow(name="delivery", plan=lambda run: [Call(_book, {"run": run})])
    outcome = conduct(
        flow, on=on, execute=lambda plan: [c.step.body(**c.arguments) for c in plan]
    )
    return file, outcome
