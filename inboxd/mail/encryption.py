"""Mail that only its addressee's key opens: seen and named, never opened (RFC 3156, RFC 9580, RFC 8551)."""

import re

from inboxd.mail.formats.cms import cms_kind
from inboxd.mail.mime import Part, content_octets, filename, leaves
from inboxd.mail.opened import is_smime

RIGHTS_MANAGED = frozenset({"application/x-microsoft-rpmsg-message"})
RIGHTS_MANAGED_NAME = re.compile(r"message(?:_v[0-9])?\.rpmsg", re.IGNORECASE)
PORTAL_FORM = re.compile(rb"action\s*=\s*[\"']?https?://[^\"'\s>]{0,200}/encryption/", re.IGNORECASE)
"""The form in message.html that Microsoft's message encryption sends to people elsewhere."""

ARMOUR = "-----BEGIN PGP MESSAGE"
PGP_MESSAGE = re.compile(r"^-----BEGIN PGP MESSAGE.*?(?:^-----END PGP MESSAGE[^\n]*|\Z)", re.MULTILINE | re.DOTALL)
CLEAR_SIGNED = re.compile(
    r"^-----BEGIN PGP SIGNED MESSAGE-----[ \t]*\n(?:[A-Z][A-Za-z-]{2,20}: [^\n]*\n)*\n?", re.MULTILINE
)
PGP_SIGNATURE = re.compile(
    r"^-----BEGIN PGP SIGNATURE-----.*?(?:^-----END PGP SIGNATURE-----[^\n]*\n?|\Z)", re.MULTILINE | re.DOTALL
)
DASH_ESCAPE = re.compile(r"^- (?=-)", re.MULTILINE)
SIGNATURE = re.compile(r"^-- ?\n.*\Z", re.MULTILINE | re.DOTALL)
QUOTED = re.compile(r"^>[^\n]*$", re.MULTILINE)
BANNER = re.compile(
    r"\b(?:disclaimer|ansvarsfraskrivelse|confidential|konfidensiell|caution|advarsel|scanned|virus"
    r"|external (?:e-?mail|sender|mail)|outside (?:of )?(?:the|your|our) organi[sz]ation"
    r"|ekstern (?:avsender|e-?post)|utenfor (?:organisasjonen|virksomheten))\b",
    re.IGNORECASE,
)
"""Words of what a gateway puts above a mail."""

FIRST_OCTETS = 1_000
FEW_WORDS = 12
"""Readable words beside an encrypted text up to which nothing has been said: a greeting, and that it is below."""


def encryption(root: Part, text: str) -> str | None:
    """Return how a mail is encrypted: "PGP/MIME", "PGP", "S/MIME" or "rights-managed", None where it can be read.

    `text` is what could be read of it. A person's words beside something encrypted are words to answer; a greeting, a
    signature and what a gateway adds are none.
    """
    found = leaves(root)
    if any(leaf.content_type == "application/pgp-encrypted" for leaf in found) or root.content_type == (
        "multipart/encrypted"
    ):
        return "PGP/MIME"
    if ARMOUR in text and PGP_MESSAGE.search(text) and not _is_said(PGP_MESSAGE.sub("", text)):
        return "PGP"
    for leaf in found:
        if is_smime(leaf) and _needs_key(leaf) and not (_has_text_before(found, leaf) and _is_said(text)):
            return "S/MIME"
        if _is_rights_managed(leaf):
            return "rights-managed"
    return None


def without_armour(text: str) -> str:
    """Return clear-signed text without the lines that PGP put around it (RFC 9580 7); other text as it is."""
    if "-----BEGIN PGP SIGNED MESSAGE-----" not in text:
        return text
    return DASH_ESCAPE.sub("", PGP_SIGNATURE.sub("", CLEAR_SIGNED.sub("", text))).strip("\n")


def _is_said(text: str) -> bool:
    """Say whether somebody wrote more than a greeting."""
    own = SIGNATURE.sub("", QUOTED.sub("", text))
    return not BANNER.search(own) and ("?" in own or len(own.split()) > FEW_WORDS)


def _has_text_before(found: tuple[Part, ...], leaf: Part) -> bool:
    """Say whether a body stands above a leaf: what follows it is a footer."""
    return any(other.is_body for other in found[: found.index(leaf)])


def _needs_key(leaf: Part) -> bool:
    """Say whether S/MIME content is encrypted, and not only signed or a certificate; by its name if it is broken."""
    found = cms_kind(content_octets(leaf.message, FIRST_OCTETS))
    if found is not None:
        return found == "enveloped"
    kind = str(leaf.message.get_param("smime-type", "")).lower()
    return "enveloped" in kind or (not kind and (filename(leaf.message) or "").lower().endswith(".p7m"))


def _is_rights_managed(leaf: Part) -> bool:
    name = filename(leaf.message) or ""
    if leaf.content_type in RIGHTS_MANAGED or RIGHTS_MANAGED_NAME.fullmatch(name):
        return True
    is_portal = leaf.content_type == "text/html" and name.lower() == "message.html"
    return is_portal and PORTAL_FORM.search(content_octets(leaf.message, 200_000)) is not None
