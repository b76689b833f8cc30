"""`about`: the service as its users and admins may know it, from the live config."""

from inboxd import __version__
from inboxd.mail.structure.limits import MAX_DEPTH, MAX_HEADER_BLOCK, MAX_HEADERS, MAX_PARTS
from inboxd.office.documents import Document


def about(description: dict[str, object], actor: str) -> Document:
    """Return the `about` document: the desk's description without its servers, the limits, and who asks."""
    limits = {
        "header_block_octets": MAX_HEADER_BLOCK,
        "header_fields": MAX_HEADERS,
        "mime_depth": MAX_DEPTH,
        "mime_parts": MAX_PARTS,
    }
    kept = {key: value for key, value in description.items() if key not in {"path", "database", "warnings"}}
    return {"inboxd": __version__, "you": actor, **kept, "limits": limits}
