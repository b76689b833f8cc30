"""Every limit that somebody may meet, as `about` states it; tests/integration/office/test_limits.py meets each."""

from inboxd.config.settings import Settings
from inboxd.desk.backoff import GIVE_UP_AFTER
from inboxd.desk.letters.enclosed import EACH, TOGETHER
from inboxd.desk.letters.gate import MAX_RECEIVED
from inboxd.mail.address_list import MAX_ADDRESSES
from inboxd.mail.html.reading import MAX_HTML
from inboxd.mail.leaf_text import MAX_TEXT
from inboxd.mail.parse import MAX_REFERENCES
from inboxd.mail.structure.limits import MAX_DEPTH, MAX_HEADER_BLOCK, MAX_HEADERS, MAX_PART_HEADER, MAX_PARTS
from inboxd.mail.subject import RECEIPT_LENGTH
from inboxd.office.documents import Document
from inboxd.office.files import LONGEST_NAME
from inboxd.office.health import LATE_AFTER
from inboxd.office.intake import TRIES_AT_PARSING
from inboxd.office.letters.freezing import QUOTE_LENGTH, SUBJECT_LENGTH
from inboxd.store.search import MAX_WORDS


def limits(settings: Settings, caps: Document) -> Document:
    """Return every limit by its name, mostly with its unit as the last word; caps as in config.toml, null for off.

    `caps` are the desk's receipts as `config.report.describe` writes them.
    """
    desk = settings.desk
    return {
        "message_octets": desk.max_message_size,
        "header_block_octets": MAX_HEADER_BLOCK,
        "header_fields": MAX_HEADERS,
        "mime_depth": MAX_DEPTH,
        "mime_parts": MAX_PARTS,
        "part_header_octets": MAX_PART_HEADER,
        "text_characters": MAX_TEXT,
        "html_characters": MAX_HTML,
        "field_addresses": MAX_ADDRESSES,
        "references": MAX_REFERENCES,
        "servers_passed": MAX_RECEIVED - 1,
        "reading_attempts": TRIES_AT_PARSING,
        "receipts_per_address": caps["per_address"],
        "receipts_unknown_senders": caps["unknown_senders"],
        "receipts_desk": caps["desk"],
        "receipt_subject_characters": RECEIPT_LENGTH,
        "letter_subject_characters": SUBJECT_LENGTH,
        "quoted_characters": QUOTE_LENGTH,
        "attached_octets": EACH,
        "attached_together_octets": TOGETHER,
        "undo_seconds": int(desk.send_delay.total_seconds()),
        "delivery_days": GIVE_UP_AFTER.days,
        "mailbox_late_seconds": int(LATE_AFTER.total_seconds()),
        "saved_name_octets": LONGEST_NAME,
        "search_words": MAX_WORDS,
    }
