"""What `check` shows of a config at a glance: a line for each thing that people at the desk know by name."""

from collections.abc import Callable, Iterator, Sequence

from inboxd.render.screen import Document, hanging

WHOLE = "All of it: `inboxd check --verbose`"


def summary(doc: Document, *, width: int) -> list[str]:
    """Return the lines, each wrapped: the desk, then its mailboxes, categories, agents, customers, rules and times."""
    if "desk" not in doc:
        return []
    lines = list(_desk(doc, width))
    for key, title, line in SECTIONS:
        things = doc.get(key) or []
        if things:
            lines.append(f"{title}: {len(things)}")
            lines += ["  " + hanging(line(thing), width=width - 2, indent="    ") for thing in things]
    return [*lines, *_in_one_line(doc, width), WHOLE]


def _desk(doc: Document, width: int) -> Iterator[str]:
    admin = doc.get("admin") or "nobody"
    yield hanging(
        f"{doc['desk']} ({doc['language']}, {doc['timezone']}); alerts go to {admin}", width=width, indent="  "
    )
    yield hanging(f"Database: {doc['database']}", width=width, indent="  ")


def _in_one_line(doc: Document, width: int) -> Iterator[str]:
    """Return what is only named: the rules in their order, who is turned away, the texts of receipts."""
    named = (
        ("Rules, in order", [rule["name"] for rule in doc.get("rules") or []]),
        ("Senders, in order", [f"{rule['match']} {rule['action']}" for rule in doc.get("sender_rules") or []]),
        ("Contacts", [person["address"] for person in doc.get("contacts") or []]),
        ("Orders", [one["name"] for one in doc.get("items") or []]),
        ("Texts in receipts", doc.get("receipt_texts_coming") or []),
        ("Letters", _letters(doc.get("letters") or {})),
    )
    for title, names in named:
        if names:
            yield hanging(f"{title}: {'; '.join(names)}", width=width, indent="  ")


def _letters(letters: Document) -> list[str]:
    """Return the languages that have every letter, and what the others do."""
    whole = [code for code, what in letters.items() if what.startswith("every")]
    return [
        *([f"all in {', '.join(whole)}"] if whole else []),
        *(f"{c}: {letters[c]}" for c in letters if c not in whole),
    ]


def _mailbox(box: Document) -> str:
    imap = f"; {box['imap']}; after: {box['after']}" if "imap" in box else ""
    return f"{box['name']}: {box['address']} to {box['category']}{imap}"


def _category(one: Document) -> str:
    members = ", ".join(one["members"]) or "nobody"
    closed = "; members only" if one["access"] == "members" else ""
    below = f"; part of {one['parent']}" if one["parent"] else ""
    return f"{one['name']}: {members}; assignment {one['assignment']}; hours: {one['calendar']}{closed}{below}"


def _agent(agent: Document) -> str:
    away = "" if agent["active"] else "; not active"
    return f"{agent['name']}: {agent['role']}; {', '.join(agent['categories']) or 'no category'}{away}"


def _customer(customer: Document) -> str:
    known = ", ".join((*customer["domains"], *customer["addresses"])) or "no address"
    return f"{customer['name']}: {known}" + (f"; to {customer['category']}" if customer["category"] else "")


def _priority(one: Document) -> str:
    steps = len(one["escalation"])
    targets = f"answer {one['response'] or '-'}, solution {one['resolution'] or '-'}, {one['clock']}"
    return f"{one['name']} ({one['title']}): {targets}" + (f"; escalated in {steps} steps" if steps else "")


def _calendar(one: Document) -> str:
    """Name days of the same hours together: mon-fri 08:00-15:30."""
    spans = [(day, " ".join(hours)) for day, hours in one["hours"].items() if hours]
    told: list[tuple[str, str, str]] = []
    for day, hours in spans:
        if told and told[-1][2] == hours:
            told[-1] = (told[-1][0], day, hours)
        else:
            told.append((day, day, hours))
    week = ", ".join(f"{first if first == last else f'{first}-{last}'} {hours}" for first, last, hours in told)
    more = [f"holidays {one['holidays']}"] if one["holidays"] else []
    more += [f"{what}: {len(one[key])}" for key, what in (("days", "own days"), ("seasons", "seasons")) if one[key]]
    return f"{one['name']}: {'; '.join([week or 'closed', *more])}"


SECTIONS: Sequence[tuple[str, str, Callable[[Document], str]]] = (
    ("mailboxes", "Mailboxes", _mailbox),
    ("categories", "Categories", _category),
    ("agents", "Agents", _agent),
    ("customers", "Customers", _customer),
    ("priorities", "Priorities", _priority),
    ("calendars", "Calendars", _calendar),
)
