"""Several new cases of a short time that share a rare word: something may be down. Pure, and easy to explain.

A word is rare here where chance would bring it so often less than once in ten thousand times, by the cases before:
"passord" in five cases of an hour is a Monday, "Gerica" in five is a message.
"""

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from inboxd.desk.access import is_open_to_all, may_see
from inboxd.desk.decision import Draft
from inboxd.desk.desk import Agent, Cap, Desk
from inboxd.desk.evidence import Evidence
from inboxd.desk.notices.common_words import CLOSING, COMMON, EVERY_DESKS
from inboxd.desk.notices.notice import Notice
from inboxd.desk.notices.stems import stem
from inboxd.desk.reference import reference
from inboxd.mail.address import Address
from inboxd.mail.automatic import RULES
from inboxd.mail.message import MailKind
from inboxd.mail.personal_number import mask_personal_numbers

CHANCE = 1e-4
"""Less likely than this by chance: a word is rare for the number of cases that have it."""

UNSEEN, OFTEN_SEEN, UNKNOWN = 0.5, 2.5, 50
"""What is known of a word before a desk has a history: half a case of fifty had it, or more of what all desks hear."""

TEXT_LOOKED_AT = 2000
"""Characters of a text: what something is about stands at its beginning."""

SHORTEST_WORD = 4
SHORTEST_NAME = 2
MANY_IN_COMMON = 0.5
"""Words whose cases are half the same are about one thing."""

A_NAME_IN = 0.5
"""A word that may be a name in so many of its cases is one: what a surge is about, before any other word."""

WORDS_TOLD = 12
REMEMBERED = dt.timedelta(days=1)
"""A surge that was told is known for so long; after that it would be another one."""

WORD = re.compile(r"[^\W_]+")
INSIDE = re.compile(r"(?<=[\w,;] )[^\W_]+")
OFTEN_HEARD = frozenset(map(stem, EVERY_DESKS))
MACHINES = frozenset(rule.name for rule in RULES if rule.kind not in {None, MailKind.HUMAN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A case that was opened lately. `who` tells whether two are of one requester.

    `words` are as `words_of` finds them, `names` those of them that may be names, as `names_of` does.
    """

    case_id: int
    prefix: str
    number: int
    category: str
    subject: str
    who: str
    words: frozenset[str]
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSurge:
    """A surge that the leads were told of."""

    words: tuple[str, ...]
    case_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surge:
    """Several cases about the same: the rare words they share, and the cases that have the first one, by their age.

    The first word is what it is about.
    """

    words: tuple[str, ...]
    cases: tuple[Opened, ...]


def words_of(subject: str, text: str, writer: str = "") -> frozenset[str]:
    """Return what a mail may be about, in small letters: its longer words, and short ones written as names (TV2).

    A signature is about nothing, nor are the names in its writer's address: a whole municipality has them in common.
    """
    found = WORD.findall(f"{subject}\n{CLOSING.split(text[:TEXT_LOOKED_AT], maxsplit=1)[0]}")
    names = frozenset(WORD.findall(writer.casefold()))
    return frozenset(
        word.casefold()
        for word in found
        if word.casefold() not in COMMON
        and word.casefold() not in names
        and not word.isdecimal()
        and (len(word) >= SHORTEST_WORD or (len(word) >= SHORTEST_NAME and word.isupper()))
    )


def names_of(subject: str, text: str) -> frozenset[str]:
    """Return the words that may be the name of something: with a capital, in the subject or inside a sentence."""
    words = (*WORD.findall(subject), *INSIDE.findall(text[:TEXT_LOOKED_AT]))
    return frozenset(word.casefold() for word in words if word[0].isupper())


def is_written_by_people(evidence: Iterable[Evidence]) -> bool:
    """Say whether a person wrote what opened a case, by the evidence on it."""
    return not any(found.rule in MACHINES for found in evidence)


def shared_words(opened: Sequence[Opened], cap: Cap) -> frozenset[str]:
    """Return the words that enough people wrote for a surge, common or rare: these are worth asking the past for."""
    return frozenset(word for word, cases in _cases_by_word(_alike(opened)).items() if _people(cases) >= _enough(cap))


def _alike(opened: Sequence[Opened]) -> tuple[Opened, ...]:
    """Return the cases with one form of each word in all: the one that stands in most, the shortest of those."""
    written = Counter(word for case in opened for word in case.words)
    form: dict[str, str] = {}
    for word in sorted(written, key=lambda word: (-written[word], len(word), word)):
        form.setdefault(stem(word), word)
    return tuple(replace(case, words=_as(form, case.words), names=_as(form, case.names)) for case in opened)


def seen_of(words: Iterable[str], before: Iterable[Iterable[str]]) -> Counter[str]:
    """Count for each of these words in how many earlier cases it stood, in whatever form."""
    wanted = {stem(word): word for word in words}
    found: Counter[str] = Counter()
    for those in before:
        found.update({wanted[its] for its in map(stem, those) if its in wanted})
    return found


def surges(
    opened: Sequence[Opened], seen: Mapping[str, int], cases_before: int, cap: Cap, known: Sequence[KnownSurge]
) -> tuple[Surge, ...]:
    """Return the surges to tell of: of the words that enough cases share, those that are rare, put together by cases.

    `seen` counts how many of the `cases_before` had a word. One that was told is told again only when it has doubled.
    """
    by_word = _cases_by_word(_alike(opened))
    rare = {
        word: cases
        for word, cases in by_word.items()
        if _people(cases) >= _enough(cap) and _is_rare(len(cases), len(opened), _usual(word, seen), cases_before)
    }
    found = [_surge(words, by_word) for words in _together(rare, seen)]
    return tuple(surge for surge in found if _is_news(surge, known))


def with_known(surge: Surge, known: Sequence[KnownSurge]) -> KnownSurge:
    """Return what to remember of a surge: with the cases of what was told of it before."""
    before = [case_id for one in known if _is_same(surge, one) for case_id in one.case_ids]
    ids = dict.fromkeys((*before, *(case.case_id for case in surge.cases)))
    return KnownSurge(words=surge.words, case_ids=tuple(ids))


def leads(desk: Desk, absent: frozenset[str] = frozenset()) -> tuple[Agent, ...]:
    """Return who is told of a surge: the leads who are there, else the managers, else the admins among the agents."""
    present = [agent for agent in desk.agents if agent.active and agent.name not in absent]
    heads = {category.manager for category in desk.categories}
    choices = (
        [agent for agent in present if agent.role == "lead"],
        [agent for agent in present if agent.name in heads],
        [agent for agent in present if agent.role == "admin"],
    )
    return tuple(next((choice for choice in choices if choice), []))


def readers(surge: Surge, desk: Desk, absent: frozenset[str]) -> tuple[tuple[str, tuple[Opened, ...]], ...]:
    """Return the addresses to tell of a surge, each with the cases that its reader may know of.

    Told are the leads, else the admin: an address that anybody may read, which hears nothing of cases that are members'
    alone. Without an admin, leads who are away are told all the same. Of cases that are closed to all of these those
    hear who answer for the category, so that a surge reaches somebody.
    """
    told = leads(desk, absent) or (leads(desk) if desk.admin is None else ())
    found = [(agent.address, _open_to(desk, agent, surge.cases)) for agent in told]
    if not told and desk.admin is not None:
        found = [(desk.admin, tuple(case for case in surge.cases if is_open_to_all(desk, case.category)))]
    unseen = [case for case in surge.cases if not any(case in cases for _, cases in found)]
    heads = dict.fromkeys(name for case in unseen for name in _heads(desk, case.category, absent))
    found += [(agent.address, _open_to(desk, agent, unseen)) for agent in desk.agents if agent.name in heads]
    return tuple((address, cases) for address, cases in found if cases)


def alert(surge: Surge, notices: Iterable[Notice], desk: Desk, to: str, seen: Sequence[Opened]) -> Draft:
    """Return the letter to a lead: the cases that he may know of, their words, and the command that is ready for it.

    Where a notice tells of one of the words already the command puts the cases under that one.
    """
    names = [reference(case.prefix, case.number) for case in seen]
    categories = dict.fromkeys(case.category for case in seen)
    there = next((n for n in notices if _share(words_of("", n.text), surge.words)), None)
    if there is not None:
        command = f"inboxd notice link {there.name} {' '.join(names)}"
    else:
        what = f"--affects {' '.join(categories)} --link {' '.join(names)}"
        command = f'inboxd notice new --unplanned --from now {what} -m "…"'
    return Draft(
        kind="alert",
        case_id=None,
        mailbox=desk.mailboxes[0].name,
        template="surge",
        language=desk.language,
        to=(Address(name="", address=to),),
        text="\n".join(
            f"{name}  {mask_personal_numbers(case.subject)}" for name, case in zip(names, seen, strict=True)
        ),
        about=command,
        words=tuple(word for word in surge.words if any(word in case.words for case in seen))[:WORDS_TOLD],
        notices=() if there is None else (there,),
        null_sender=True,
    )


def _open_to(desk: Desk, agent: Agent, cases: Iterable[Opened]) -> tuple[Opened, ...]:
    return tuple(case for case in cases if may_see(desk, agent, case.category))


def _heads(desk: Desk, name: str, absent: frozenset[str]) -> tuple[str, ...]:
    """Return who answers for a category: its manager, else its members; who is away only where nobody else is left."""
    category = desk.category(name)
    if category is None:
        return ()
    active = {agent.name for agent in desk.agents if agent.active}
    manager = () if category.manager is None else (category.manager,)
    for there in (active - absent, active):
        for choice in (manager, category.members):
            if heads := tuple(one for one in choice if one in there):
                return heads
    return ()


def _as(form: Mapping[str, str], words: Iterable[str]) -> frozenset[str]:
    return frozenset(form.get(stem(word), word) for word in words)


def _cases_by_word(opened: Iterable[Opened]) -> dict[str, tuple[Opened, ...]]:
    found: dict[str, tuple[Opened, ...]] = {}
    for case in opened:
        for word in case.words:
            found[word] = (*found.get(word, ()), case)
    return found


def _people(cases: Iterable[Opened]) -> int:
    return len({case.who for case in cases})


def _enough(cap: Cap) -> int:
    """Two cases at least: one is no surge, whatever the config says."""
    return max(cap.count, 2)


def _usual(word: str, seen: Mapping[str, int]) -> float:
    return seen.get(word, 0) + (OFTEN_SEEN if stem(word) in OFTEN_HEARD else UNSEEN)


def _is_rare(having: int, opened: int, usual: float, before: int) -> bool:
    """Say whether so many of the opened cases would hardly have a word by chance (Poisson's upper tail)."""
    expected = opened * usual / (before + UNKNOWN)
    below = sum(math.exp(k * math.log(expected) - expected - math.lgamma(k + 1)) for k in range(having))
    return 1 - below < CHANCE


def _together(rare: Mapping[str, tuple[Opened, ...]], seen: Mapping[str, int]) -> list[tuple[str, ...]]:
    """Return the words that are about one thing, group by group: those that stand in mostly the same cases.

    Names go before other words, and of both what was seen least: what each group is about comes first.
    """
    named = {word: sum(word in case.names for case in cases) for word, cases in rare.items()}

    def place(word: str) -> tuple[bool, float, int, int, str]:
        count = len(rare[word])
        return named[word] < A_NAME_IN * count, _usual(word, seen), -count, -named[word], word

    left = sorted(rare, key=place)
    groups: list[tuple[str, ...]] = []
    for word in left:
        at = next((n for n, group in enumerate(groups) if _overlap(rare[word], rare[group[0]])), None)
        if at is None:
            groups.append((word,))
        else:
            groups[at] = (*groups[at], word)
    return groups


def _overlap(some: tuple[Opened, ...], others: tuple[Opened, ...]) -> bool:
    common = {case.case_id for case in some} & {case.case_id for case in others}
    return len(common) >= MANY_IN_COMMON * min(len(some), len(others))


def _surge(words: tuple[str, ...], by_word: Mapping[str, tuple[Opened, ...]]) -> Surge:
    return Surge(words=words, cases=tuple(sorted(by_word[words[0]], key=lambda case: case.case_id)))


def _is_same(surge: Surge, known: KnownSurge) -> bool:
    ids = {case.case_id for case in surge.cases}
    return not ids.isdisjoint(known.case_ids) or _share(surge.words, known.words)


def _share(some: Iterable[str], others: Iterable[str]) -> bool:
    """Say whether a word stands in both, in whatever form."""
    return not {stem(word) for word in some}.isdisjoint(map(stem, others))


def _is_news(surge: Surge, known: Sequence[KnownSurge]) -> bool:
    same = [one for one in known if _is_same(surge, one)]
    if not any(_share(surge.words[:1], one.words) for one in same):
        return True  # what it is about has not been said
    return len(with_known(surge, same).case_ids) >= 2 * max(len(one.case_ids) for one in same)
