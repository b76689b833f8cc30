"""What structured header fields have in common: comments, keywords, addresses, paths (RFC 5322 3.2, RFC 5321 4.4)."""

import re

COMMENT = re.compile(r"\([^()]*\)")
KEYWORD = re.compile(r"[a-z0-9][a-z0-9_-]*", re.IGNORECASE)
ADDR_SPEC = re.compile(r"[^\s<>@,;:\"()\[\]\\]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,253}[a-z0-9])?", re.IGNORECASE)

MAX_NESTING = 10
"""Comments in comments deeper than this are left as they are: no sane field has them, and time stays bounded."""


def strip_comments(value: str) -> str:
    """Return a field's value with its comments, nested ones too, replaced by a space each."""
    for _ in range(MAX_NESTING):
        value, count = COMMENT.subn(" ", value)
        if not count:
            break
    return value


def keyword(value: str) -> str:
    """Return the leading keyword of a field in lower case, without comments and parameters; "" if there is none."""
    match = KEYWORD.match(strip_comments(value).lstrip(" \t\r\n\"'"))
    return match[0].casefold() if match else ""


def find_addresses(value: str) -> tuple[str, ...]:
    """Return every plain addr-spec in a field's value, lower-cased, in order, each once."""
    return tuple(dict.fromkeys(match.casefold() for match in ADDR_SPEC.findall(strip_comments(value))))


def bare_path(return_path: str) -> str:
    """Return the address of a Return-Path without brackets and blanks; "" is the null path."""
    return return_path.strip("<> \t\r\n")


def is_null_path(return_path: str | None) -> bool:
    """Say whether a Return-Path is there and null: `<>`, `< >` or empty."""
    return return_path is not None and not bare_path(return_path)


def local_part(address: str) -> str:
    """Return what stands before the last `@`, in lower case."""
    return address.casefold().rpartition("@")[0]


def domain_part(address: str) -> str:
    """Return what stands behind the last `@`, in lower case, without a final dot."""
    return address.casefold().rpartition("@")[2].rstrip(".")
