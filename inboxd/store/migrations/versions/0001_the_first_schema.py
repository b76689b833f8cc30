"""The first schema.

Revision: 0001, after None.
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString as Text
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table, the counter's one row, and the full-text search; there is no way back but a backup."""
    _alerts()
    _audit()
    _cases()
    _configs()
    _counters()
    _folders()
    _keys()
    _octets()
    _relays()
    _sending_holds()
    _case_fields()
    _letters()
    _links()
    _message_ids()
    _participants()
    _tags()
    _entries()
    _letter_recipients()
    _incoming()
    op.execute("INSERT INTO counters (id, next_number) VALUES (1, 1000)")
    if op.get_bind().dialect.name == "sqlite":
        _search_sqlite()
    else:
        _search_postgresql()


def _search_sqlite() -> None:
    # the index holds no text of its own, it reads entries by rowid; triggers keep it true in the same transaction
    op.execute(
        "CREATE VIRTUAL TABLE fts_entries USING fts5(subject, text, people, content='entries', content_rowid='id', "
        "tokenize='unicode61 remove_diacritics 0', prefix='2 3')"
    )
    add = "INSERT INTO fts_entries(rowid, subject, text, people) VALUES (new.id, new.subject, new.text, new.people);"
    take = (
        "INSERT INTO fts_entries(fts_entries, rowid, subject, text, people) "
        "VALUES ('delete', old.id, old.subject, old.text, old.people);"
    )
    change = "AFTER UPDATE OF subject, text, people ON entries WHEN new.kind <> 'event'"
    op.execute(f"CREATE TRIGGER fts_entries_add AFTER INSERT ON entries WHEN new.kind <> 'event' BEGIN {add} END")
    op.execute(f"CREATE TRIGGER fts_entries_take AFTER DELETE ON entries WHEN old.kind <> 'event' BEGIN {take} END")
    op.execute(f"CREATE TRIGGER fts_entries_change {change} BEGIN {take} {add} END")


def _search_postgresql() -> None:
    # `store.search` asks for this very expression; 100,000 characters stay below the size limit of a tsvector
    raw = "left(coalesce(subject, '') || ' ' || people || ' ' || text, 100000)"
    # a database with the locale C lowers no letter outside ASCII by itself
    upper, lower = "ÆØÅÄÖÜÉÈÊËÀÁÂÓÒÔÍÌÎÏÚÙÛÝÑÇČĐŊŠŦŽ", "æøåäöüéèêëàáâóòôíìîïúùûýñçčđŋšŧž"
    words = f"translate({raw}, '{upper}@.-_/:+', '{lower}       ')"
    op.execute(
        "CREATE FUNCTION fts_words(subject text, people text, text text) RETURNS tsvector LANGUAGE sql IMMUTABLE "
        f"PARALLEL SAFE RETURN to_tsvector('norwegian'::regconfig, {words}) "
        f"|| to_tsvector('simple'::regconfig, {words})"
    )
    op.execute("CREATE INDEX fts_entries ON entries USING gin (fts_words(subject, people, text)) WHERE kind <> 'event'")


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("subject", Text(), nullable=False),
        sa.Column("what", Text(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("told_at", UTCDateTime(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_alerts_open",
        "alerts",
        ["code", "subject"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", Text(), nullable=False),
        sa.Column("action", Text(), nullable=False),
        sa.Column("subject", Text(), nullable=False),
        sa.Column("detail", Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sqlite_autoincrement=True,
    )


def _sending_holds() -> None:
    op.create_table(
        "sending_holds",
        sa.Column("mailbox", Text(), nullable=False),
        sa.Column("held_at", UTCDateTime(), nullable=False),
        sa.Column("held_by", Text(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", name="pk_sending_holds"),
    )


def _configs() -> None:
    op.create_table(
        "configs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("taken_at", UTCDateTime(), nullable=False),
        sa.Column("text", Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_configs"),
        sqlite_autoincrement=True,
    )


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("prefix", Text(), nullable=False),
        sa.Column("mailbox", Text(), nullable=False),
        sa.Column("category", Text(), nullable=False),
        sa.Column("priority", Text(), nullable=False),
        sa.Column("status", Text(), nullable=False),
        sa.Column("subject", Text(), nullable=False),
        sa.Column("channel", Text(), nullable=False),
        sa.Column("language", Text(), nullable=False),
        sa.Column("assignee", Text(), nullable=True),
        sa.Column("customer", Text(), nullable=True),
        sa.Column("phone", Text(), nullable=True),
        sa.Column("verified", sa.Boolean(create_constraint=True, name="verified"), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("responded_at", UTCDateTime(), nullable=True),
        sa.Column("response_due", UTCDateTime(), nullable=True),
        sa.Column("resolution_due", UTCDateTime(), nullable=True),
        sa.Column("until", UTCDateTime(), nullable=True),
        sa.Column("undelivered", sa.Boolean(create_constraint=True, name="undelivered"), nullable=False),
        sa.Column("last_message_id", Text(), nullable=True),
        sa.Column("last_references", sa.JSON(), nullable=False),
        sa.Column("last_from_requester_at", UTCDateTime(), nullable=True),
        sa.Column("last_actor", Text(), nullable=True),
        sa.Column("last_at", UTCDateTime(), nullable=True),
        sa.Column("merged_into", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("channel IN ('mail', 'phone', 'counter', 'web')", name="ck_cases_channel"),
        sa.CheckConstraint(
            "status IN ('new', 'open', 'waiting', 'postponed', 'solved', 'closed', 'merged')", name="ck_cases_status"
        ),
        sa.ForeignKeyConstraint(["merged_into"], ["cases.id"], name="fk_cases_merged_into"),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.UniqueConstraint("number", name="uq_cases_number"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_cases_assignee_status", "cases", ["assignee", "status"])
    op.create_index("ix_cases_merged_into", "cases", ["merged_into"])
    op.create_index("ix_cases_status_until", "cases", ["status", "until"])


def _counters() -> None:
    op.create_table(
        "counters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("next_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_counters"),
    )


def _folders() -> None:
    op.create_table(
        "folders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mailbox", Text(), nullable=False),
        sa.Column("folder", Text(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("baseline_uid", sa.BigInteger(), nullable=False),
        sa.Column("settled_uid", sa.BigInteger(), nullable=False),
        sa.Column("silent_uid", sa.BigInteger(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=True),
        sa.Column("last_look_at", UTCDateTime(), nullable=True),
        sa.Column("failing_since", UTCDateTime(), nullable=True),
        sa.Column("last_error", Text(), nullable=True),
        sa.Column("owner", Text(), nullable=True),
        sa.Column("lease_until", UTCDateTime(), nullable=True),
        sa.Column("fencing", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_folders"),
        sa.UniqueConstraint("mailbox", "folder", name="uq_folders_mailbox_folder"),
    )


def _keys() -> None:
    op.create_table(
        "keys",
        sa.Column("kid", Text(), nullable=False),
        sa.Column("fingerprint", Text(), nullable=False),
        sa.Column("first_used_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("kid", "fingerprint", name="pk_keys"),
    )


def _octets() -> None:
    op.create_table(
        "octets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", Text(), nullable=False),
        sa.Column("codec", Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("codec IN ('raw', 'zlib')", name="ck_octets_codec"),
        sa.PrimaryKeyConstraint("id", name="pk_octets"),
    )
    op.create_index("ix_octets_sha256", "octets", ["sha256"])


def _relays() -> None:
    op.create_table(
        "relays",
        sa.Column("mailbox", Text(), nullable=False),
        sa.Column("deferred_until", UTCDateTime(), nullable=True),
        sa.Column("failing_since", UTCDateTime(), nullable=True),
        sa.Column("last_error", Text(), nullable=True),
        sa.Column("null_sender_refused_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("mailbox", name="pk_relays"),
    )


def _case_fields() -> None:
    op.create_table(
        "case_fields",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("key", Text(), nullable=False),
        sa.Column("value", Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_fields_case_id"),
        sa.PrimaryKeyConstraint("case_id", "key", name="pk_case_fields"),
    )


def _letters() -> None:
    op.create_table(
        "letters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("mailbox", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("actor", Text(), nullable=False),
        sa.Column("mail_from", Text(), nullable=False),
        sa.Column("fallback_from", Text(), nullable=False),
        sa.Column("subject", Text(), nullable=False),
        sa.Column("octets_id", sa.Integer(), nullable=True),
        sa.Column("message_id", Text(), nullable=True),
        sa.Column("state", Text(), nullable=False),
        sa.Column("hold_reason", Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("not_before", UTCDateTime(), nullable=False),
        sa.Column("next_attempt_at", UTCDateTime(), nullable=True),
        sa.Column("owner", Text(), nullable=True),
        sa.Column("lease_until", UTCDateTime(), nullable=True),
        sa.Column("last_reply", Text(), nullable=True),
        sa.Column("once_key", Text(), nullable=True),
        sa.Column("resent", sa.Boolean(create_constraint=True, name="resent"), nullable=False),
        sa.Column("copy_seen", sa.Boolean(create_constraint=True, name="copy_seen"), nullable=False),
        sa.Column("unknown_sender", sa.Boolean(create_constraint=True, name="unknown_sender"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('receipt', 'answer', 'forward', 'agent', 'escalation', 'notice', 'refusal', 'confirm', 'alert')",
            name="ck_letters_kind",
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'active', 'deferred', 'sent', 'bounced', 'failed', 'unknown', 'cancelled', 'hold')",
            name="ck_letters_state",
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_letters_case_id"),
        sa.ForeignKeyConstraint(["octets_id"], ["octets.id"], name="fk_letters_octets_id"),
        sa.PrimaryKeyConstraint("id", name="pk_letters"),
        sa.UniqueConstraint("message_id", name="uq_letters_message_id"),
        sa.UniqueConstraint("once_key", name="uq_letters_once_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_letters_case_id", "letters", ["case_id"])
    op.create_index("ix_letters_kind_created_at", "letters", ["kind", "created_at"])
    op.create_index("ix_letters_state_not_before", "letters", ["state", "not_before"])


def _links() -> None:
    op.create_table(
        "links",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.CheckConstraint("kind IN ('claims', 'follows', 'merged', 'split', 'notice')", name="ck_links_kind"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_links_case_id"),
        sa.ForeignKeyConstraint(["other_id"], ["cases.id"], name="fk_links_other_id"),
        sa.PrimaryKeyConstraint("case_id", "other_id", "kind", name="pk_links"),
    )


def _message_ids() -> None:
    op.create_table(
        "message_ids",
        sa.Column("message_id", Text(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("source", Text(), nullable=False),
        sa.CheckConstraint("source IN ('ours', 'theirs', 'cited')", name="ck_message_ids_source"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_message_ids_case_id"),
        sa.PrimaryKeyConstraint("message_id", "case_id", name="pk_message_ids"),
    )


def _participants() -> None:
    op.create_table(
        "participants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("address", Text(), nullable=False),
        sa.Column("address_key", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("role", Text(), nullable=False),
        sa.CheckConstraint("role IN ('requester', 'cc', 'added', 'supplier', 'outsider')", name="ck_participants_role"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_participants_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_participants"),
    )
    op.create_index("ix_participants_address_key_role", "participants", ["address_key", "role"])
    op.create_index("ix_participants_case_id_address_key", "participants", ["case_id", "address_key"])
    op.create_index(
        "uq_participants_requester",
        "participants",
        ["case_id"],
        unique=True,
        sqlite_where=sa.text("role = 'requester'"),
        postgresql_where=sa.text("role = 'requester'"),
    )


def _tags() -> None:
    op.create_table(
        "tags",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("tag", Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_tags_case_id"),
        sa.PrimaryKeyConstraint("case_id", "tag", name="pk_tags"),
    )
    op.create_index("ix_tags_tag", "tags", ["tag"])


def _entries() -> None:
    op.create_table(
        "entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("actor", Text(), nullable=False),
        sa.Column("sender", sa.JSON(), nullable=False),
        sa.Column("to", sa.JSON(), nullable=False),
        sa.Column("cc", sa.JSON(), nullable=False),
        sa.Column("subject", Text(), nullable=True),
        sa.Column("text", Text(), nullable=False),
        sa.Column("reply_text", Text(), nullable=True),
        sa.Column("people", Text(), nullable=False),
        sa.Column("message_id", Text(), nullable=True),
        sa.Column("mail_key", Text(), nullable=True),
        sa.Column("octets_id", sa.Integer(), nullable=True),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.CheckConstraint("kind IN ('mail_in', 'mail_out', 'note', 'call', 'event')", name="ck_entries_kind"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_entries_case_id"),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name="fk_entries_letter_id"),
        sa.ForeignKeyConstraint(["octets_id"], ["octets.id"], name="fk_entries_octets_id"),
        sa.PrimaryKeyConstraint("id", name="pk_entries"),
        sa.UniqueConstraint("mail_key", name="uq_entries_mail_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_entries_case_id_at", "entries", ["case_id", "at"])
    op.create_index("ix_entries_letter_id", "entries", ["letter_id"])


def _letter_recipients() -> None:
    op.create_table(
        "letter_recipients",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("address", Text(), nullable=False),
        sa.Column("address_key", Text(), nullable=False),
        sa.Column("role", Text(), nullable=False),
        sa.Column("state", Text(), nullable=False),
        sa.Column("reply", Text(), nullable=True),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("role IN ('to', 'cc')", name="ck_letter_recipients_role"),
        sa.CheckConstraint(
            "state IN ('queued', 'sent', 'failed', 'bounced', 'deferred', 'unknown')", name="ck_letter_recipients_state"
        ),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name="fk_letter_recipients_letter_id"),
        sa.PrimaryKeyConstraint("id", name="pk_letter_recipients"),
        sa.UniqueConstraint("letter_id", "address_key", name="uq_letter_recipients_letter_id_address_key"),
    )
    op.create_index("ix_letter_recipients_address_key_state", "letter_recipients", ["address_key", "state"])


def _incoming() -> None:
    op.create_table(
        "incoming",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("folder_id", sa.Integer(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("octets_id", sa.Integer(), nullable=True),
        sa.Column("sha256", Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("internaldate", UTCDateTime(), nullable=True),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("mail_key", Text(), nullable=True),
        sa.Column("state", Text(), nullable=False),
        sa.Column("outcome", Text(), nullable=True),
        sa.Column("reason", Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", UTCDateTime(), nullable=True),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.Column("silent", sa.Boolean(create_constraint=True, name="silent"), nullable=False),
        sa.Column("headers_only", sa.Boolean(create_constraint=True, name="headers_only"), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("filed_away", sa.Boolean(create_constraint=True, name="filed_away"), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('opened', 'added', 'note', 'command', 'ignored', 'duplicate', 'oversize')",
            name="ck_incoming_outcome",
        ),
        sa.CheckConstraint("state IN ('incoming', 'active', 'done', 'hold', 'vanished')", name="ck_incoming_state"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_incoming_case_id"),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name="fk_incoming_entry_id"),
        sa.ForeignKeyConstraint(["folder_id"], ["folders.id"], name="fk_incoming_folder_id"),
        sa.ForeignKeyConstraint(["octets_id"], ["octets.id"], name="fk_incoming_octets_id"),
        sa.PrimaryKeyConstraint("id", name="pk_incoming"),
        sa.UniqueConstraint("folder_id", "uidvalidity", "uid", name="uq_incoming_folder_id_uidvalidity_uid"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_incoming_folder_id_state_filed_away", "incoming", ["folder_id", "state", "filed_away"])
    op.create_index("ix_incoming_mail_key", "incoming", ["mail_key"])
    op.create_index("ix_incoming_state_id", "incoming", ["state", "id"])
