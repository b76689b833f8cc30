"""`inboxd notice …`: notices of downtime, the cases under them, and who has read them."""

import datetime as dt
from itertools import pairwise
from typing import Annotated

import typer

from inboxd.cli.call import As, Call, Json, begin
from inboxd.errors import UsageError

notice = typer.Typer(
    name="notice", help="Notices of downtime (driftsmeldinger): in receipts, by mail, on the intranet.",
    no_args_is_help=True, epilog='Example: inboxd notice new --unplanned --from now --affects it -m "Visma is down"',
)  # fmt: skip

Id = Annotated[str, typer.Argument(metavar="ID", help="The notice: 3 or D-3.")]
Starts = Annotated[str, typer.Option("--from", metavar="WHEN", help="now, 14:30, 2026-12-01T18:00, friday 18:00.")]
Ends = Annotated[
    str | None, typer.Option("--to", metavar="WHEN", help="Its end or an estimate: 2h (after --from), 16:00, ...")
]
Works = Annotated[str | None, typer.Option("--still-works", metavar="TEXT", help="What works all the same.")]
Words = Annotated[str, typer.Option("-m", "--message", metavar="TEXT", help="What is hit, for those who use it.")]


@notice.command("new")
def notice_new(
    ctx: typer.Context,
    starts: Starts,
    message: Words,
    planned: Annotated[bool, typer.Option("--planned", help="Work that was planned.")] = False,
    unplanned: Annotated[bool, typer.Option("--unplanned", help="Something broke.")] = False,
    ends: Ends = None,
    affects: Annotated[
        list[str] | None,
        typer.Option("--affects", metavar="CATEGORY...", help="Categories that are hit; none: all."),
    ] = None,
    still_works: Works = None,
    references: Annotated[
        list[str] | None, typer.Option("--link", metavar="REF...", help="Cases to put under it.")
    ] = None,
    json: Json = False,
    as_agent: As = None,
) -> None:
    """Make a notice: mailed to subscribers and customers, in receipts while it lasts; its number is printed first.

    Example: inboxd notice new --planned --from "friday 18:00" --to 3h --affects it print -m "Visma is updated"
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.office.notices import notices
    from inboxd.render.notices import notice_line

    if planned == unplanned:
        raise UsageError("a notice is either planned or unplanned", hint="--planned or --unplanned")
    starts_at = _start(call, starts)
    new = notices.NewNotice(
        actor=call.worker.name,
        kind="planned" if planned else "unplanned",
        starts_at=starts_at,
        ends_at=_end(call, ends, starts_at),
        affects=tuple(affects or ()),
        text=message,
        still_works=still_works or "",
        references=tuple(references or ()),
    )
    document = notices.make(call.office, new)
    _say_unpublished(call)
    call.answer(document, lambda: notice_line(document, width=call.width, colour=call.colour, tz=call.zone))


@notice.command("link")
def notice_link(
    ctx: typer.Context,
    notice_id: Id,
    references: Annotated[list[str], typer.Argument(metavar="REF", help="Cases to put under it.")],
    json: Json = False,
    as_agent: As = None,
) -> None:
    """Put cases under a notice: its end answers them all.

    Example: inboxd notice link 3 KS-10429 KS-10437
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.office.notices import notices
    from inboxd.render.notices import under_text

    document = notices.link(call.office, notices.id_of(notice_id), references, actor=call.worker.name)
    call.answer(document, lambda: under_text(document))


@notice.command("unlink")
def notice_unlink(
    ctx: typer.Context,
    notice_id: Id,
    references: Annotated[list[str], typer.Argument(metavar="REF", help="Cases to take off it.")],
    json: Json = False,
    as_agent: As = None,
) -> None:
    """Take cases off a notice that they are not about: its end leaves them alone.

    Example: inboxd notice unlink 3 KS-10429
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.office.notices import notices
    from inboxd.render.notices import under_text

    document = notices.unlink(call.office, notices.id_of(notice_id), references, actor=call.worker.name)
    call.answer(document, lambda: under_text(document))


@notice.command("update")
def notice_update(
    ctx: typer.Context,
    notice_id: Id,
    message: Annotated[str, typer.Option("-m", "--message", metavar="TEXT", help="What is new.")],
    starts: Annotated[str | None, typer.Option("--from", metavar="WHEN", help="Another beginning.")] = None,
    ends: Annotated[str | None, typer.Option("--to", metavar="WHEN", help="Another end: 2h is from now.")] = None,
    still_works: Works = None,
    tell_linked: Annotated[
        bool, typer.Option("--tell-linked", help="Write to those whose cases are under it, too.")
    ] = False,
    json: Json = False,
    as_agent: As = None,
) -> None:
    """Tell what is new of a notice, to all who were mailed it; its times may move.

    Example: inboxd notice update 3 -m "It takes longer than we thought" --to 16:00
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.office.notices import notices
    from inboxd.render.notices import notice_line

    number = notices.id_of(notice_id)
    starts_at = None if starts is None else _start(call, starts)
    change = notices.NoticeChange(
        actor=call.worker.name,
        text=message,
        starts_at=starts_at,
        ends_at=_end(call, ends, starts_at or call.office.clock.now()),
        still_works=still_works,
        to_cases=tell_linked,
    )
    document = notices.change(call.office, number, change)
    _say_unpublished(call)
    call.answer(document, lambda: notice_line(document, width=call.width, colour=call.colour, tz=call.zone))


@notice.command("close")
def notice_close(
    ctx: typer.Context,
    notice_id: Id,
    message: Annotated[
        str, typer.Option("-m", "--message", metavar="TEXT", help="The last word, to receivers and cases.")
    ] = "",
    json: Json = False,
    as_agent: As = None,
) -> None:
    """Close a notice: its receivers are told, and every case under it is answered with one letter and solved.

    Example: inboxd notice close 3 -m "Visma works again. Thank you for waiting."
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.office.notices import notices
    from inboxd.render.notices import closed_text

    document = notices.close(call.office, notices.id_of(notice_id), message, actor=call.worker.name)
    _say_unpublished(call)
    call.answer(document, lambda: closed_text(document))


@notice.command("list")
def notice_list(
    ctx: typer.Context,
    include_over: Annotated[bool, typer.Option("--all", help="Also those that are closed or expired.")] = False,
    json: Json = False,
    as_agent: As = None,
) -> None:
    """List the notices that are planned or active.

    Example: inboxd notice list --all
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.office.notices.documents import listed
    from inboxd.render.notices import notices_table

    document = listed(call.records, include_over=include_over)
    call.answer(document, lambda: notices_table(document, width=call.width, colour=call.colour, tz=call.zone))


@notice.command("show")
def notice_show(ctx: typer.Context, notice_id: Id, json: Json = False, as_agent: As = None) -> None:
    """Show one notice whole: its text, what was told later, its cases, who was mailed.

    Example: inboxd notice show 3
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.office.notices import documents, notices
    from inboxd.render.notices import notice_text

    document = documents.show(call.records, notices.id_of(notice_id))
    call.answer(document, lambda: notice_text(document, width=call.width, colour=call.colour, tz=call.zone))


@notice.command("acks")
def notice_acks(ctx: typer.Context, notice_id: Id, json: Json = False, as_agent: As = None) -> None:
    """Show who has said that he read a notice, and who has not.

    Example: inboxd notice acks 3
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.office.notices import documents, notices
    from inboxd.render.notices import acks_text

    document = documents.acknowledgements(call.records, notices.id_of(notice_id))
    call.answer(document, lambda: acks_text(document, width=call.width, colour=call.colour, tz=call.zone))


def _say_unpublished(call: Call) -> None:
    """Say on the side that the intranet does not show it yet: the daemon may be able to write what this user cannot."""
    from inboxd.office.notices.feeds import behind

    why = behind(call.office)
    if why is not None:
        call.say(f"! {why}; the daemon tries again.")


def _start(call: Call, text: str) -> dt.datetime:
    from inboxd.desk.when import read_start

    found = read_start(text, call.office.clock.now(), call.settings.desk)
    if found is None:
        raise UsageError(f"{text!r} is no time", hint='now, 14:30, "friday 18:00" or 2026-12-01T18:00')
    return found


def _end(call: Call, text: str | None, after: dt.datetime) -> dt.datetime | None:
    """Read an end: a span, a time of day or a weekday counts from the beginning."""
    from inboxd.desk.when import read_when

    if text is None:
        return None
    found = read_when(text, after, call.settings.desk)
    if found is None:
        raise UsageError(f"{text!r} is no time after that", hint='2h, 16:00, "friday 18:00" or 2026-12-01T18:00')
    return found


SEVERAL = frozenset({"--affects", "--link"})
"""Options of `notice new` that take several words: a category or case each, up to the next option."""


def with_several(argv: list[str]) -> list[str]:
    """Let `--affects it print` stand for `--affects it --affects print`, as the contract has it."""
    if ("notice", "new") not in pairwise(argv):
        return argv
    spelt: list[str] = []
    option, given = "", 0
    for word in argv:
        if word.startswith("-"):
            option, given = (word if word in SEVERAL else ""), 0
        elif option:
            given += 1
            spelt += [option] if given > 1 else []
        spelt.append(word)
    return spelt
