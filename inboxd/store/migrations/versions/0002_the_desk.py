"""The tables of the desk: clocks, escalation, notices, people; and what a case says of itself besides.

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString as Text
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables; there is no way back but a backup."""
    op.add_column("cases", sa.Column("type", Text(), nullable=True))
    op.add_column("cases", sa.Column("item", Text(), nullable=True))
    op.add_column("cases", sa.Column("paused_at", UTCDateTime(), nullable=True))
    op.add_column("cases", sa.Column("round", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("cases", sa.Column("escalates_from", UTCDateTime(), nullable=True))
    op.add_column("cases", sa.Column("counted_at", UTCDateTime(), nullable=True))
    op.add_column("cases", sa.Column("by_machine", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("cases", sa.Column("asked_at", UTCDateTime(), nullable=True))
    op.add_column("cases", sa.Column("missing", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("letters", sa.Column("token_revoked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("incoming", sa.Column("sender", Text(), nullable=True))
    op.add_column("incoming", sa.Column("subject", Text(), nullable=True))
    op.add_column("incoming", sa.Column("sent", sa.Boolean(), nullable=False, server_default=sa.false()))
    _clocks()
    _notices()
    _people()
    _rules()
    _agent_mail()
    _sent_copies()
    _merges()
    op.execute(
        "INSERT INTO standings (case_id, at, status, category, priority, customer, assignee) "
        "SELECT id, opened_at, status, category, priority, customer, assignee FROM cases"
    )


def _clocks() -> None:
    op.create_table(
        "timers",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("rings_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_timers_case_id"),
        sa.PrimaryKeyConstraint("case_id", "name", name="pk_timers"),
    )
    op.create_index("ix_timers_rings_at", "timers", ["rings_at"])
    op.create_table(
        "standings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("status", Text(), nullable=False),
        sa.Column("category", Text(), nullable=False),
        sa.Column("priority", Text(), nullable=False),
        sa.Column("customer", Text(), nullable=True),
        sa.Column("assignee", Text(), nullable=True),
        sa.Column("type", Text(), nullable=True),
        sa.Column("item", Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_standings_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_standings"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_standings_at", "standings", ["at"])
    op.create_index("ix_standings_case_id_id", "standings", ["case_id", "id"])
    op.create_table(
        "measurements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("target", Text(), nullable=False),
        sa.Column("category", Text(), nullable=False),
        sa.Column("priority", Text(), nullable=False),
        sa.Column("customer", Text(), nullable=True),
        sa.Column("assignee", Text(), nullable=True),
        sa.Column("due", UTCDateTime(), nullable=True),
        sa.Column("within", sa.Boolean(create_constraint=True, name="within"), nullable=False),
        sa.Column("office_seconds", sa.BigInteger(), nullable=False),
        sa.Column("wall_seconds", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("target IN ('response', 'resolution')", name="ck_measurements_target"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_measurements_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_measurements"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_measurements_at", "measurements", ["at"])
    op.create_index("ix_measurements_case_id", "measurements", ["case_id"])
    op.create_table(
        "escalations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("target", Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("to", sa.JSON(), nullable=False),
        sa.Column("why", Text(), nullable=False),
        sa.Column("acknowledged_at", UTCDateTime(), nullable=True),
        sa.Column("acknowledged_by", Text(), nullable=True),
        sa.CheckConstraint("target IN ('response', 'resolution', 'asked')", name="ck_escalations_target"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_escalations_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_escalations"),
        sa.UniqueConstraint("case_id", "round", "target", "level", name="uq_escalations_case_id_round_target_level"),
        sqlite_autoincrement=True,
    )


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=True),
        sa.Column("affects", sa.JSON(), nullable=False),
        sa.Column("text", Text(), nullable=False),
        sa.Column("still_works", Text(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("made_by", Text(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("closed_by", Text(), nullable=True),
        sa.Column("over_at", UTCDateTime(), nullable=True),
        sa.Column("short_warning", sa.Boolean(create_constraint=True, name="short_warning"), nullable=False),
        sa.CheckConstraint("kind IN ('planned', 'unplanned')", name="ck_notices_kind"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notices_over_at", "notices", ["over_at"])
    op.create_table(
        "notice_updates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", Text(), nullable=False),
        sa.Column("text", Text(), nullable=False),
        sa.Column("closing", sa.Boolean(create_constraint=True, name="closing"), nullable=False),
        sa.Column("to_cases", sa.Boolean(create_constraint=True, name="to_cases"), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name="fk_notice_updates_notice_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notice_updates"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notice_updates_notice_id", "notice_updates", ["notice_id"])
    op.create_table(
        "notice_cases",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("told_of", sa.Integer(), nullable=False),
        sa.Column("settled_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_notice_cases_case_id"),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name="fk_notice_cases_notice_id"),
        sa.PrimaryKeyConstraint("notice_id", "case_id", name="pk_notice_cases"),
    )
    op.create_index("ix_notice_cases_case_id", "notice_cases", ["case_id"])
    op.create_index("ix_notice_cases_settled_at", "notice_cases", ["settled_at"])
    op.create_table(
        "notice_receivers",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("address", Text(), nullable=False),
        sa.Column("customer", Text(), nullable=True),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.Column("told_of", sa.Integer(), nullable=False),
        sa.Column("acknowledged_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name="fk_notice_receivers_letter_id"),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name="fk_notice_receivers_notice_id"),
        sa.PrimaryKeyConstraint("notice_id", "address", name="pk_notice_receivers"),
    )
    op.create_index("ix_notice_receivers_letter_id", "notice_receivers", ["letter_id"])
    op.create_table(
        "surges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("raised_at", UTCDateTime(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("case_ids", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_surges"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_surges_raised_at", "surges", ["raised_at"])


def _people() -> None:
    op.create_table(
        "absences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agent", Text(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("to", Text(), nullable=True),
        sa.Column("made_by", Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_absences"),
        sqlite_autoincrement=True,
    )
    lasting = sa.text("ended_at IS NULL")
    op.create_index("ix_absences_agent", "absences", ["agent"], sqlite_where=lasting, postgresql_where=lasting)
    op.create_table(
        "registrations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agent", Text(), nullable=False),
        sa.Column("category", Text(), nullable=False),
        sa.Column("customer", Text(), nullable=True),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_registrations"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_registrations_agent_category", "registrations", ["agent", "category"])
    op.create_table(
        "turns",
        sa.Column("category", Text(), nullable=False),
        sa.Column("agent", Text(), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("category", "agent", name="pk_turns"),
    )


def _rules() -> None:
    op.create_table(
        "rule_hits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("rule", Text(), nullable=False),
        sa.Column("incoming_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["incoming_id"], ["incoming.id"], name="fk_rule_hits_incoming_id"),
        sa.PrimaryKeyConstraint("id", name="pk_rule_hits"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_rule_hits_rule_at", "rule_hits", ["rule", "at"])


def _agent_mail() -> None:
    op.create_table(
        "claims",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agent", Text(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("octets_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=True),
        sa.Column("confirmed_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_claims_case_id"),
        sa.ForeignKeyConstraint(["octets_id"], ["octets.id"], name="fk_claims_octets_id"),
        sa.PrimaryKeyConstraint("id", name="pk_claims"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_claims_agent", "claims", ["agent"])
    op.create_index("ix_claims_case_id", "claims", ["case_id"])


def _sent_copies() -> None:
    op.create_table(
        "sent_copies",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("state", Text(), nullable=False),
        sa.Column("first_tried_at", UTCDateTime(), nullable=False),
        sa.Column("try_after", UTCDateTime(), nullable=False),
        sa.Column("error", Text(), nullable=True),
        sa.CheckConstraint("state IN ('due', 'there', 'appended')", name="ck_sent_copies_state"),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name="fk_sent_copies_letter_id"),
        sa.PrimaryKeyConstraint("letter_id", name="pk_sent_copies"),
    )


def _merges() -> None:
    op.create_table(
        "merges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", Text(), nullable=False),
        sa.Column("status", Text(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=True),
        sa.Column("category", Text(), nullable=False),
        sa.Column("into_category", Text(), nullable=False),
        sa.Column("brought", sa.JSON(), nullable=False),
        sa.Column("notices", sa.JSON(), nullable=False),
        sa.Column("targets", sa.Boolean(create_constraint=True, name="targets"), nullable=False),
        sa.Column("undone_at", UTCDateTime(), nullable=True),
        sa.Column("undone_by", Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_merges_case_id"),
        sa.ForeignKeyConstraint(["into_id"], ["cases.id"], name="fk_merges_into_id"),
        sa.PrimaryKeyConstraint("id", name="pk_merges"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_merges_case_id", "merges", ["case_id"])
