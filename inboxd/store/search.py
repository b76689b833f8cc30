"""Full-text search over the journals: FTS5 on SQLite, tsvector on PostgreSQL; both kept up by the database itself.

Every word must be found in one entry, at least as the beginning of a word ("passord" finds "Passordet"); on PostgreSQL
the Norwegian stem will do too. Query text is only ever words: there is no syntax that could be wrong.
"""

import re
import unicodedata

from sqlalchemy import text as sql
from sqlmodel import Session

from inboxd.store.locks import is_postgresql

WORD = re.compile(r"[^\W_]+")
MAX_WORDS = 20
MAX_WORD = 100

SQLITE = """
SELECT e.case_id FROM (SELECT rowid AS id, rank AS r FROM fts_entries WHERE fts_entries MATCH :query) AS f
JOIN entries AS e ON e.id = f.id GROUP BY e.case_id ORDER BY min(f.r), e.case_id DESC LIMIT :limit
"""

POSTGRESQL = """
SELECT case_id FROM entries WHERE kind <> 'event' AND fts_words(subject, people, text) @@ ({query})
GROUP BY case_id ORDER BY max(ts_rank(fts_words(subject, people, text), ({query}))) DESC, case_id DESC LIMIT :limit
"""


def search(session: Session, text: str, *, limit: int) -> tuple[int, ...]:
    """Return the ids of the cases that a text is about, best first. A text without a word finds nothing."""
    words = [word[:MAX_WORD] for word in WORD.findall(unicodedata.normalize("NFC", text).lower().replace("\0", " "))]
    words = list(dict.fromkeys(words))[:MAX_WORDS]
    if not words:
        return ()
    if is_postgresql(session):
        return _postgresql(session, words, limit)
    query = " ".join(f'"{word}"*' for word in words)
    return tuple(session.connection().execute(sql(SQLITE), {"query": query, "limit": limit}).scalars())


def _postgresql(session: Session, words: list[str], limit: int) -> tuple[int, ...]:
    each = (f"(plainto_tsquery('norwegian', :w{n}) || to_tsquery('simple', :p{n}))" for n, _ in enumerate(words))
    parameters = {f"w{n}": word for n, word in enumerate(words)} | {f"p{n}": f"'{w}':*" for n, w in enumerate(words)}
    # the only thing put into the statement are numbered parameters
    statement = sql(POSTGRESQL.format(query=" && ".join(each)))
    return tuple(session.connection().execute(statement, {**parameters, "limit": limit}).scalars())
