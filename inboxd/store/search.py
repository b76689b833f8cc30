"""Full-text search over the journals: FTS5 on SQLite, tsvector on PostgreSQL; both kept up by the database itself.

Every word must be found in one entry, at least as the beginning of a word ("passord" finds "Passordet"); on PostgreSQL
the Norwegian stem will do too. Query text is only ever words: there is no syntax that could be wrong. Our own receipts
are left out: all say the same.
"""

import json
import re
import unicodedata
from collections.abc import Sequence

from sqlalchemy import text as sql
from sqlmodel import Session

from inboxd.store.locks import is_postgresql

WORD = re.compile(r"[^\W_]+")
MAX_WORDS = 20
MAX_WORD = 100

SQLITE = """
SELECT e.case_id FROM (SELECT rowid AS id, rank AS r FROM fts_entries WHERE fts_entries MATCH :query) AS f
JOIN entries AS e ON e.id = f.id {seen} LEFT JOIN letters AS l ON l.id = e.letter_id
WHERE l.kind IS NOT 'receipt' GROUP BY e.case_id ORDER BY min(f.r), e.case_id DESC LIMIT :limit
"""

POSTGRESQL = """
SELECT e.case_id FROM entries AS e {seen} LEFT JOIN letters AS l ON l.id = e.letter_id
WHERE e.kind <> 'event' AND fts_words(e.subject, e.people, e.text) @@ ({query})
AND l.kind IS DISTINCT FROM 'receipt' GROUP BY e.case_id
ORDER BY max(ts_rank(fts_words(e.subject, e.people, e.text), ({query}))) DESC, e.case_id DESC LIMIT :limit
"""

SEEN = {
    "sqlite": "JOIN cases AS c ON c.id = e.case_id AND c.category IN (SELECT value FROM json_each(:seen))",
    "postgresql": "JOIN cases AS c ON c.id = e.case_id AND c.category = ANY (CAST(:seen AS text[]))",
}
"""What leaves out the cases of other categories than those."""


def search(session: Session, text: str, *, limit: int, categories: Sequence[str] | None = None) -> tuple[int, ...]:
    """Return the ids of the cases that a text is about, best first; of these categories only, None for all.

    A text without a word finds nothing.
    """
    words = [word[:MAX_WORD] for word in WORD.findall(unicodedata.normalize("NFC", text).lower().replace("\0", " "))]
    words = list(dict.fromkeys(words))[:MAX_WORDS]
    if not words:
        return ()
    if is_postgresql(session):
        return _postgresql(session, words, limit, categories)
    query = " ".join(f'"{word}"*' for word in words)
    seen = {} if categories is None else {"seen": json.dumps(categories)}
    statement = sql(SQLITE.format(seen=SEEN["sqlite"] if seen else ""))
    return tuple(session.connection().execute(statement, {"query": query, "limit": limit, **seen}).scalars())


def _postgresql(session: Session, words: list[str], limit: int, categories: Sequence[str] | None) -> tuple[int, ...]:
    each = (f"(plainto_tsquery('norwegian', :w{n}) || to_tsquery('simple', :p{n}))" for n, _ in enumerate(words))
    parameters = {f"w{n}": word for n, word in enumerate(words)} | {f"p{n}": f"'{w}':*" for n, w in enumerate(words)}
    # the only thing put into the statement are numbered parameters
    seen = {} if categories is None else {"seen": list(categories)}
    statement = sql(POSTGRESQL.format(query=" && ".join(each), seen=SEEN["postgresql"] if seen else ""))
    return tuple(session.connection().execute(statement, {**parameters, **seen, "limit": limit}).scalars())
