"""Text of format=flowed with its lines as they were meant (RFC 3676)."""

SIGNATURE_MARK = "-- "


def unflow(text: str, *, delsp: bool) -> str:
    """Join the lines of format=flowed: one that ends in a space goes on in the next of the same depth (RFC 3676 4).

    With `delsp` that space was put there for the break, and falls away.
    """
    lines: list[list[str]] = []
    flowing_at: int | None = None
    for line in text.split("\n"):
        marked = line.lstrip(">")
        depth = len(line) - len(marked)
        words = marked.removeprefix(" ")
        flows = words.endswith(" ") and words != SIGNATURE_MARK
        kept = words[:-1] if flows and delsp else words
        if flowing_at == depth and words != SIGNATURE_MARK:
            lines[-1].append(kept)
        else:
            lines.append([f"{'>' * depth} {kept}" if depth else kept])
        flowing_at = depth if flows else None
    return "\n".join("".join(pieces) for pieces in lines)
