"""Mail that only its addressee's key opens: seen and named, never opened (RFC 3156, RFC 8551)."""

from inboxd.mail.mime import Part, filename, leaves

SMIME_TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
RIGHTS_MANAGED = frozenset({"application/x-microsoft-rpmsg-message"})
PGP_ARMOUR = "-----BEGIN PGP MESSAGE-----"


def encryption(root: Part, text: str) -> str | None:
    """Return how a mail is encrypted: "PGP/MIME", "PGP", "S/MIME" or "rights-managed", None where it is not."""
    if root.content_type == "multipart/encrypted":
        return "PGP/MIME"
    if text.lstrip().startswith(PGP_ARMOUR):
        return "PGP"
    for leaf in leaves(root):
        if leaf.content_type in SMIME_TYPES and _is_enveloped(leaf):
            return "S/MIME"
        if leaf.content_type in RIGHTS_MANAGED:
            return "rights-managed"
    return None


def _is_enveloped(leaf: Part) -> bool:
    """Say whether S/MIME content is encrypted, and not only signed or a certificate."""
    kind = str(leaf.message.get_param("smime-type", "")).lower()
    return "enveloped" in kind or (not kind and (filename(leaf.message) or "").lower().endswith(".p7m"))
