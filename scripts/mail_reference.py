"""Write docs/mail.md from the tables of rules themselves (`make docs`); a test compares the two."""

import sys
from collections.abc import Sequence
from pathlib import Path

REFERENCE = Path(__file__).parents[1] / "docs" / "mail.md"

HEAD = """# What becomes of a mail

Written by `make docs` from the tables of rules in the code; change those, not this page.

Every mail is of one kind. The kind decides whether a case is opened and whether the sender gets a receipt. `inboxd
explain FILE` (a mail saved as a file) shows the kind, every rule that hit and what it saw, and, where there is no
receipt, why.

## If somebody got no receipt

1. If there is a case, `inboxd show REF` has the objection on the mail's entry ("No receipt: ...").
2. Otherwise save the mail with its header fields (from the mail program: "Save as .eml") and run `inboxd explain
   --no-db FILE`; or take its number from `inboxd incoming list` and run `inboxd incoming show ID --raw | inboxd
   explain --no-db -`. The first lines say what the mail was taken for and what would become of it, `No receipt` names
   the objection, and each `Rule` what it saw. All of them are explained below. (`--no-db`: without it the mail is
   judged on top of the case that it made.)
3. A case was opened all the same, unless the mail is an automatic answer, a report or a receipt that names no case
   of ours. Those are in `inboxd incoming list --ignored`, and `inboxd incoming open ID` makes a case of one.
4. Above a cap, or where mail seems to go in circles, the receipt waits in `inboxd outbox list` (state `hold`; the
   entry says why: "The receipt waits: ..."), and `inboxd outbox release ID` lets it go.
5. To treat such mail otherwise, write a `[[rule]]` with `action = "open"`, `"ignore"` or `"hold"` in config.toml.
   It decides about the case; nothing switches the objections off, for two machines that thank each other never end.

## What each kind means

Of all kinds that a rule gives, the first in this order is the mail's.

| kind | what it is | no case known | case known |
|---|---|---|---|
| abuse_report | a complaint about mail of ours | ignored | a note on the case |
| bounce | a letter of ours did not arrive | ignored | a note; an answer's agent is told |
| delay | a letter of ours is late | ignored | a note on the case |
| read_receipt | a letter of ours arrived, or was read | ignored | a note on the case |
| auto_reply | an automatic answer: absence, acknowledgement | ignored | a note on the case |
| list | from a mailing list or a newsletter | a case, no receipt | added to it |
| notification | a machine's mail: alarms, web forms, scans | a case, no receipt | added; reopens nothing |
| calendar | an invitation, or the answer to one | a case, no receipt | added to it |
| encrypted | only a key opens it | a case, and a receipt that says so | added to it |
| malformed | no text or sender can be read, or too large | a case with the raw mail, no receipt | added to it |
| human | a person wrote it | a case, and a receipt if nothing below objects | added; reopens as the category says |

"Ignored" mail is kept and listed (`inboxd incoming list --ignored`). A note reopens nothing and is answered with
nothing.

## Which rule gives which kind

A subject counts only at its start (behind tags in brackets), never behind Re:, SV: or VS:, for a person put that
there. No subject and no words alone make a mail an automatic answer: there must be a second sign. Fields count by
any value but no, none, false, 0 or nothing.

Three decisions that may surprise: a document from a scanner is a notification even where the person who pressed the
button stands in From, for the machine wrote the mail; a text message through a gateway is a person's, but gets no
receipt, for there is no mailbox to send it to; and mail that a filter calls spam gets none, for its sender is most
likely forged.

| rule | kind | looks at | for example |
|---|---|---|---|
"""

BARS = """
These give no kind. The mail is a person's (or what the table above says), but it gets no receipt.

| rule | looks at | for example |
|---|---|---|
"""

REMARKS = """
Besides these rules, an agent is told what is odd about a mail, on its entry in `show` and in letters to agents; none
of it bars a receipt by itself:

| name | what it says |
|---|---|
| `too-large` | only the header was fetched; the mail lies in its folder |
| `cannot-be-read` | encrypted, or over a limit: what could not be read, in words |
| `who-wrote` | From names no single plain address |
| `name-misleads` | the sender's name is an address of somebody else |
| `letters-mixed` | the sender's domain mixes alphabets, and may only look like a known one |
| `reply-to-elsewhere` | answers are asked to another address than From |
| `personal-number` | the mail holds a Norwegian personal number, which lists and letters mask |
| `assign` | who got the case, and by which count |
"""

GATE = """
## What speaks against a receipt

These are tried in this order, and the first that holds settles it. At most one receipt goes out for a case, to the one
address that From and Return-Path agree about, else to the Return-Path, and never to Reply-To.

| objection | when |
|---|---|
"""


def page(rules: Sequence[object], gate: Sequence[object]) -> str:
    """Return docs/mail.md for the rules of the kinds and the rules of the gate."""
    kinds = [rule for rule in rules if rule.kind is not None]
    bars = [rule for rule in rules if rule.kind is None]
    return "".join(
        [
            HEAD,
            *(_row(f"`{r.name}`", r.kind.value, r.looks_at, _code(r.example)) for r in kinds),
            BARS,
            *(_row(f"`{r.name}`", r.looks_at, _code(r.example)) for r in bars),
            REMARKS,
            GATE,
            *(_row(f"`{r.name}`", r.meaning + (" (held for a person)" if r.holds else "")) for r in gate),
        ]
    )


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


if __name__ == "__main__":
    from inboxd.desk.letters.gate import GATE as OBJECTIONS
    from inboxd.mail.automatic import RULES

    REFERENCE.write_text(page(RULES, OBJECTIONS), encoding="utf-8")
    sys.stdout.write(f"wrote {REFERENCE.name}\n")
