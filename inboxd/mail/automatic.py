"""Telling machine mail from people: one ordered table of named rules (RFC 3834, 3464, 8098, 5965, 2369, 2919, 6047).

To add a rule: write a test that returns the detail it saw, give it a line in RULES, a fixture, and a row in the tests.
"""

from dataclasses import dataclass

from inboxd.mail.bounce.mail_servers import is_daemon
from inboxd.mail.machine import announcements, answers, delivery, disclaimers, fields, invitations, reports, senders
from inboxd.mail.machine.fields import Test, cut, field_named, first_of, mailer_named, precedence
from inboxd.mail.message import MailKind, ParsedMessage, Sign


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A named sign of a machine. `kind` is None where the sign bars a receipt but does not make the mail automatic.

    `test` returns what it saw, or None. `looks_at` says in plain words what it wants to see, `example` shows it; both
    stand in docs/mail.md.
    """

    name: str
    kind: MailKind | None
    test: Test
    looks_at: str = ""
    example: str = ""


def _nobody_reads(message: ParsedMessage) -> str | None:
    author = message.author
    if author is not None and is_daemon(author.address):
        return cut(f"From: {author.address}")
    return senders.no_reply_sender(message)


def _encrypted(message: ParsedMessage) -> str | None:
    return message.encryption


def _unreadable(message: ParsedMessage) -> str | None:
    return next((cut(d) for d in message.defects if d.startswith(("unreadable:", "limit:"))), None)


def _headers_only(message: ParsedMessage) -> str | None:
    return "only the header was fetched" if message.headers_only else None


RULES: tuple[Rule, ...] = (
    Rule(name="abuse-report", kind=MailKind.ABUSE_REPORT, test=delivery.abuse_report,
         looks_at="a report of abuse (RFC 5965), by its type or its second part",
         example="report-type=feedback-report"),
    Rule(name="complaint", kind=MailKind.ABUSE_REPORT, test=reports.complaint,
         looks_at="a complaint as Microsoft's feedback loop sends it",
         example="Subject: complaint about message from 192.0.2.7"),
    Rule(name="delivery-failed", kind=MailKind.BOUNCE, test=delivery.reported("failed"),
         looks_at="a delivery report with a recipient that failed (RFC 3464)", example="Action: failed"),
    Rule(name="delivery-report-unreadable", kind=MailKind.BOUNCE, test=delivery.unreadable_report,
         looks_at="a delivery report of which no recipient can be read", example="report-type=delivery-status"),
    Rule(name="returned-mail", kind=MailKind.BOUNCE, test=delivery.returned_subject,
         looks_at="a mail server's address and a subject about mail that came back",
         example="Undelivered Mail Returned to Sender"),
    Rule(name="failed-recipients", kind=MailKind.BOUNCE, test=delivery.failed_recipients,
         looks_at="X-Failed-Recipients from a mail server or the null path",
         example="X-Failed-Recipients: borte@kommune.example"),
    Rule(name="mail-server", kind=MailKind.BOUNCE, test=delivery.daemon_without_path,
         looks_at="a mail server's own address and the null path, and nothing else known",
         example="From: MAILER-DAEMON@mx.example"),
    Rule(name="delivery-delayed", kind=MailKind.DELAY, test=delivery.reported("delayed"),
         looks_at="a delivery report with a recipient that waits", example="Action: delayed"),
    Rule(name="delayed-mail", kind=MailKind.DELAY, test=delivery.delayed_subject,
         looks_at="a mail server's address and a subject about mail that waits",
         example="Delayed Mail (still being retried)"),
    Rule(name="disposition-notification", kind=MailKind.READ_RECEIPT, test=delivery.read_receipt,
         looks_at="a report that a mail was displayed or deleted (RFC 8098)",
         example="report-type=disposition-notification"),
    Rule(name="delivery-succeeded", kind=MailKind.READ_RECEIPT, test=delivery.reported_success,
         looks_at="a delivery report in which no recipient failed or waits", example="Action: delivered"),
    Rule(name="read-in-words", kind=MailKind.READ_RECEIPT, test=answers.read_in_words,
         looks_at="a subject like “Lest:” and no text but a line that says when: at most 25 words, no question",
         example="Lest: Skriveren"),
    Rule(name="delivered-in-words", kind=MailKind.READ_RECEIPT, test=delivery.delivered_in_words,
         looks_at="a mail server's letter in words that a mail has arrived", example="Delivered: Skriveren"),
    Rule(name="auto-submitted", kind=MailKind.AUTO_REPLY, test=fields.auto_replied,
         looks_at="Auto-Submitted with a word that speaks of an answer (RFC 3834)",
         example="Auto-Submitted: auto-replied (vacation)"),
    Rule(name="autoreply-field", kind=MailKind.AUTO_REPLY, test=field_named(fields.AUTOREPLY),
         looks_at="a field of an answering program, other than no", example="X-Autoreply: yes"),
    Rule(name="precedence-auto-reply", kind=MailKind.AUTO_REPLY,
         test=precedence("auto_reply", "auto-reply", "autoreply"),
         looks_at="Precedence or X-Precedence: auto_reply", example="Precedence: auto_reply"),
    Rule(name="responder-field", kind=MailKind.AUTO_REPLY, test=fields.said_by_responder,
         looks_at="an older field of an answering program with the value that says so, or Exchange's field of a "
                  "rule of a mailbox beside one that asks for no answers",
         example="X-Apple-Action: VACATION"),
    Rule(name="autoresponder", kind=MailKind.AUTO_REPLY, test=fields.delivered_to_autoresponder,
         looks_at="Delivered-To: autoresponder", example="Delivered-To: autoresponder"),
    Rule(name="responder-program", kind=MailKind.AUTO_REPLY, test=mailer_named(fields.RESPONDERS),
         looks_at="X-Mailer or User-Agent naming an answering program", example="X-Mailer: vacation 1.2"),
    Rule(name="out-of-office", kind=MailKind.AUTO_REPLY, test=answers.out_of_office,
         looks_at="a subject that begins as an absence, and a second sign: a field of machines, the null "
                  "path, or words of absence with thanks, a later answer, whom to ask or until when",
         example="Ute av kontoret: Skriveren"),
    Rule(name="absence-from-nobody", kind=MailKind.AUTO_REPLY, test=answers.absence_from_nobody,
         looks_at="words of absence under any subject, from the null path, or with Precedence: bulk or junk in answer "
                  "to a mail",
         example="Return-Path: <>, Jeg er på ferie"),
    Rule(name="automatic-reply-subject", kind=MailKind.AUTO_REPLY, test=answers.automatic_subject_in_a_thread,
         looks_at="a subject that begins as an automatic reply (not behind Re: or SV:), in answer to a mail",
         example="Automatisk svar: Skriveren"),
    Rule(name="says-automatic-reply", kind=MailKind.AUTO_REPLY, test=answers.says_answer,
         looks_at="a sentence of its own that calls the mail an automatic reply, and an answer, an absence or "
                  "an acknowledgement",
         example="Dette er et automatisk svar."),
    Rule(name="acknowledgement", kind=MailKind.AUTO_REPLY, test=answers.acknowledgement,
         looks_at="words that your mail has come in, no question and nobody who tells what he did; and a sign of "
                  "a machine: a field, a sender that nobody reads; or a subject that says so or a desk system, and a "
                  "promise",
         example="Vi har mottatt din henvendelse"),
    Rule(name="challenge", kind=MailKind.AUTO_REPLY, test=answers.challenge,
         looks_at="a filter that wants the writer to prove that he is one, by subject or words, in answer to a mail or "
                  "from a sender that nobody reads",
         example="Please confirm your message"),
    Rule(name="list-field", kind=MailKind.LIST, test=field_named(fields.LIST),
         looks_at="a field of a mailing list or a newsletter (RFC 2369, RFC 2919)",
         example="List-Id: <ansatte.kommune.example>"),
    Rule(name="precedence-list", kind=MailKind.LIST, test=precedence("list"),
         looks_at="Precedence: list", example="Precedence: list"),
    Rule(name="auto-generated", kind=MailKind.NOTIFICATION, test=reports.auto_generated,
         looks_at="Auto-Submitted with any other word than no (not for invitations)",
         example="Auto-Submitted: auto-generated"),
    Rule(name="precedence-bulk", kind=MailKind.NOTIFICATION, test=precedence("bulk", "junk"),
         looks_at="Precedence: bulk or junk", example="Precedence: bulk"),
    Rule(name="no-reply-sender", kind=MailKind.NOTIFICATION, test=_nobody_reads,
         looks_at="a sender whose address or name says that nobody reads it, in eleven languages",
         example="From: ikke-svar@kommune.example"),
    Rule(name="robot-sender", kind=MailKind.NOTIFICATION, test=senders.robot_sender,
         looks_at="a sender that is a program or a device, or a web server's Return-Path",
         example="From: nagios@overvak.example"),
    Rule(name="machine-generated", kind=MailKind.NOTIFICATION,
         test=first_of(field_named(fields.PROGRAM), mailer_named(fields.MONITORS),
                       fields.amazon_notification, fields.voice_or_fax),
         looks_at="a field that a program leaves in its own mail", example="X-Jira-Fingerprint: 7f3"),
    Rule(name="script", kind=MailKind.NOTIFICATION, test=fields.written_by_script,
         looks_at="a script of a web server or a form mailer (not webmail)",
         example="X-PHP-Originating-Script: 33:kontakt.php"),
    Rule(name="device", kind=MailKind.NOTIFICATION, test=mailer_named(fields.DEVICES),
         looks_at="X-Mailer naming a scanner or a copying machine", example="X-Mailer: KONICA MINOLTA bizhub C364e"),
    Rule(name="alarm", kind=MailKind.NOTIFICATION, test=reports.alarm,
         looks_at="a subject as alarms, jobs, scans and voice mail have it, and such lines in the text",
         example="** PROBLEM Service Alert: web1/HTTP is CRITICAL **"),
    Rule(name="announcement", kind=MailKind.NOTIFICATION, test=announcements.announcement,
         looks_at="a subject that announces a quarantine, a fax, voice mail, a call, a scan, a backup, a full "
                  "mailbox or a code, and a text that says it again with a number or a device; nobody says I or asks",
         example="Ny faks mottatt: 2 sider fra 22 00 00 00"),
    Rule(name="labelled-lines", kind=MailKind.NOTIFICATION, test=announcements.labelled_lines,
         looks_at="a text of nothing but lines with labels, at least three of them a monitor's; nobody asks",
         example="Device: sw12, Severity: critical, Rule: Down"),
    Rule(name="mail-statistics", kind=MailKind.NOTIFICATION, test=reports.mail_statistics,
         looks_at="a report of DMARC or TLS, or a report of a kind that is new",
         example="Report Domain: desk.example Submitter: …"),
    Rule(name="mass-mail", kind=MailKind.NOTIFICATION, test=senders.mass_mail,
         looks_at="a field of a service that sends to many, and a Return-Path made for one mailing",
         example="X-MC-User: 7f3"),
    Rule(name="says-automatic", kind=MailKind.NOTIFICATION, test=reports.says_message,
         looks_at="a sentence of its own, first or last, that calls the mail automatic; or asks for no answer, or "
                  "tells who did not ask for the mail to ignore it, and is followed by nobody who says I",
         example="Vennligst ikke svar på denne e-posten."),
    Rule(name="calendar", kind=MailKind.CALENDAR, test=invitations.calendar,
         looks_at="an invitation or the answer to one (RFC 6047), not a calendar file that a person attached",
         example="METHOD:REQUEST"),
    Rule(name="encrypted", kind=MailKind.ENCRYPTED, test=_encrypted,
         looks_at="content that only a key opens", example="Content-Type: multipart/encrypted"),
    Rule(name="unreadable", kind=MailKind.MALFORMED, test=_unreadable,
         looks_at="no text or no sender that can be read, or a limit that is passed", example="more than 500 parts"),
    Rule(name="headers-only", kind=MailKind.MALFORMED, test=_headers_only,
         looks_at="a mail larger than max_message_size, of which only the header was fetched", example="40 MB"),
    Rule(name="auto-response-suppress", kind=None, test=fields.suppresses_answers,
         looks_at="X-Auto-Response-Suppress with All, OOF or AutoReply (DR, RN and NRN say nothing about receipts)",
         example="X-Auto-Response-Suppress: All"),
    Rule(name="loop-field", kind=None, test=field_named(fields.LOOP),
         looks_at="a field against loops (not Outlook's, of a rule that passed a mail on)",
         example="X-Loop: drift@liste.example"),
    Rule(name="generated-by-rule", kind=None, test=field_named(fields.GENERATED_BY_RULE),
         looks_at="Exchange saying that a rule of a mailbox wrote the mail",
         example="X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent"),
    Rule(name="bulk-sender", kind=None, test=fields.bulk_sender,
         looks_at="a field of a service that sends to many (not what a provider of mailboxes adds to people's mail)",
         example="Feedback-ID: 7:kampanje"),
    Rule(name="bulk-path", kind=None, test=senders.bulk_path,
         looks_at="a Return-Path made for one mailing (not that of a forwarding server)",
         example="Return-Path: <bounce+7@post.example>"),
    Rule(name="desk-system", kind=None,
         test=first_of(field_named(fields.DESK_SYSTEM), mailer_named(fields.DESK_MAILERS)),
         looks_at="another service desk's system, whatever it sends", example="X-Mailer: Zammad Mail Service"),
    Rule(name="reply-above-line", kind=None, test=disclaimers.wants_answers_above,
         looks_at="a first line that asks for answers above it, as other desks' systems write",
         example="## Svar over denne linjen ##"),
    Rule(name="unsubscribe-in-words", kind=None, test=disclaimers.offers_to_unsubscribe,
         looks_at="a last line with a link by which one leaves a newsletter; nobody asks or says I",
         example="Meld deg av: https://post.example/av"),
    Rule(name="sends-to-a-page", kind=None, test=disclaimers.sends_to_a_page,
         looks_at="words that send the reader to a page: to sign in and read there, or by a link that is his alone, or "
                  "to act if it was not he; nobody says I or we, or asks",
         example="Du har fått et brev. Logg inn for å lese det."),
    Rule(name="unread-reply-to", kind=None, test=senders.unread_reply_to,
         looks_at="a Reply-To or Sender that nobody reads", example="Reply-To: no-reply@firma.example"),
    Rule(name="via-name", kind=None, test=senders.via_name,
         looks_at="a service that writes in a person's name", example="From: Kari via Signering"),
    Rule(name="sms-gateway", kind=None,
         test=first_of(field_named(fields.SMS_GATEWAY), senders.sms_gateway),
         looks_at="a text message that came through a gateway", example="From: 4791234567@sms.example"),
    Rule(name="spam-flag", kind=None, test=fields.spam_flag,
         looks_at="a filter's verdict that the mail is spam", example="X-Spam-Flag: YES"),
    Rule(name="automatic-subject", kind=None, test=answers.automatic_subject,
         looks_at="a subject that calls the mail an automatic reply, and nothing beside it",
         example="Automatisk svar: Skriveren"),
    Rule(name="absence-in-words", kind=None, test=answers.absence_in_words,
         looks_at="words of absence with two of these: thanks, a later answer, whom to ask, until when; or absence "
                  "from an office with one of them under such a subject",
         example="Takk for e-posten. Jeg er på ferie; ved hast …"),
    Rule(name="challenge-in-words", kind=None, test=answers.challenge_in_words,
         looks_at="words of a filter that wants the writer to prove that he is no robot, and nothing beside them",
         example="Please verify that you are a real human being"),
    Rule(name="template-in-answer", kind=None, test=answers.template_in_answer,
         looks_at="an answer by header under a subject of its own, without Re:, that thanks for a mail, says when an "
                  "answer comes, whom to ask or what was received; nobody asks, wants or did anything",
         example="På kurs: Takk for e-posten, jeg svarer på mandag"),
    Rule(name="failure-in-words", kind=None, test=answers.failure_in_words,
         looks_at="a first sentence that your mail was not delivered, and no question",
         example="Your message could not be delivered to …"),
    Rule(name="acknowledgement-in-words", kind=None, test=answers.acknowledgement_in_words,
         looks_at="words that your mail has come in, with a number, a time or a link to press, or in subject and text, "
                  "and nothing beside them",
         example="Vi har mottatt din henvendelse, saksnummer 12"),
)  # fmt: skip
"""Every sign of a machine, in the order of the kinds. The first kind that hits is the mail's (see `desk.classify`)."""


def signs_of(message: ParsedMessage) -> tuple[Sign, ...]:
    """Return what every rule that hits saw, in the rules' order."""
    hits = [(rule, detail) for rule in RULES if (detail := rule.test(message)) is not None]
    return tuple([Sign(rule=rule.name, kind=rule.kind, detail=detail) for rule, detail in hits])
