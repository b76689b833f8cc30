"""A report's document written in a format: for a terminal, as Markdown, CSV or HTML."""

from typing import Literal, TypeAlias

from inboxd.render.reports.csv import csv_of
from inboxd.render.reports.html import html_of
from inboxd.render.reports.pages import page_of
from inboxd.render.reports.text import markdown_of, text_of
from inboxd.render.screen import Document

Format: TypeAlias = Literal["text", "md", "csv", "html"]
FORMATS: tuple[Format, ...] = ("text", "md", "csv", "html")


def report_text(document: Document, form: str, *, language: str, width: int, colour: bool) -> str:
    """Return a report in one of FORMATS, its words in a language; CSV has none, and only text has width and colour."""
    if form == "csv":
        return csv_of(document)
    page = page_of(document, language)
    if form == "text":
        return text_of(page, width=width, colour=colour)
    return html_of(page) if form == "html" else markdown_of(page)
