"""What to know of an attachment before opening it, in plain words: programs, web pages, and files that are no such."""

import re

from inboxd.mail.formats import sniff
from inboxd.render.screen import Document, escape

IS = {
    sniff.WINDOWS_PROGRAM: "is a Windows program",
    "application/x-executable": "is a Linux program",
    "application/x-mach-binary": "is a Mac program",
    "application/java-vm": "is a Java or Mac program",
    "application/java-archive": "is a Java program",
    "application/vnd.android.package-archive": "is an Android program",
    "application/x-ms-shortcut": "is a Windows shortcut, which can start a program",
    "application/vnd.ms-htmlhelp": "is a Windows help file, which can start a program",
    sniff.SCRIPT: "is a script, which is a program",
    sniff.HTML: "is a web page",
    sniff.SVG: "is a picture that can hold a script",
}

RUNS = re.compile(
    r"\.(exe|com|scr|pif|bat|cmd|msi|msix|cpl|dll|js|jse|vbs|vbe|wsf|wsh|hta|ps1|psm1|lnk|url|jar|reg|scf|sct|chm|"
    r"iso|img|vhd|vhdx|apk|dmg|pkg|command|sh)[ .]*",
    re.IGNORECASE,
)
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")

FAMILIES = (
    ("image/", "picture"), ("text/", "text"), ("application/pdf", "PDF"), ("application/vnd.openxml", "document"),
    ("application/msword", "document"), ("application/vnd.ms-", "document"), ("application/vnd.oasis", "document"),
    ("application/rtf", "document"), ("application/zip", "document"), ("application/x-ole-storage", "document"),
    ("audio/", "recording"), ("video/", "recording"),
)  # fmt: skip
"""What types are for people; those of one family are taken for each other by honest programs."""


def attachment_warning(file: Document) -> str | None:
    """Return in words what is wrong with an attachment as listed, None where nothing is."""
    sniffed, name = file.get("sniffed_type") or "", file.get("filename") or ""
    if sniffed in IS:
        return IS[sniffed]
    if BIDI.search(name):
        return "has a name that is written to be misread"
    if ending := RUNS.search(name, max(name.rfind("."), 0)):
        return f"ends in .{escape(ending[1].lower())}, which Windows or a Mac runs or opens as a disk"
    declared, found = _family(file["content_type"]), _family(sniffed)
    if sniffed and declared and declared != found:
        return f"says that it is a {declared}, but is {escape(sniffed)}"
    return None


def _family(media_type: str) -> str:
    return next((family for prefix, family in FAMILIES if media_type.startswith(prefix)), "")
