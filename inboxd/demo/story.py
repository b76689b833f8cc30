"""The story: a desk from its first mail to closed cases, each step checked from outside.

Checked are the letters at the SMTP server, the flags at the IMAP server and the command line's JSON; never the log.
"""

from typing import Any

from inboxd.demo.desk import DRIFT, KARI, KUNDESERVICE, LIV, OLA, PER, DemoDesk
from inboxd.demo.people import UserMail, write
from inboxd.demo.servers import Delivered, MailWorld
from inboxd.demo.teller import StepFailed, Teller, body

AT_REST = {"solved", "closed"}
SECRET_WORDS = "Jeg glemte det nye i ferien"


class Story:
    """The steps in order; each leaves behind what the next one needs."""

    def __init__(self, world: MailWorld, desk: DemoDesk, teller: Teller) -> None:
        self.world = world
        self.desk = desk
        self.teller = teller
        self.reference = ""
        self.answer_id = ""
        self.cases: list[str] = []

    def tell(self) -> None:
        """Tell it from beginning to end. Raises StepFailed or CommandFailed where it goes otherwise."""
        self._open_the_desk()
        self._a_mail_becomes_a_case()
        self._an_agent_answers()
        self._answers_find_their_case()
        self._an_absence_changes_nothing()
        self._a_call_becomes_a_case()
        self._a_rule_routes_another_mailbox()
        self._the_daemon_is_killed()
        self._a_notice_stands_in_the_receipts()
        self._an_urgent_case_is_escalated()
        self._the_leads_see_how_it_stands()
        self._cases_are_closed()
        self._nothing_is_left_over()

    def _open_the_desk(self) -> None:
        tell = self.teller
        tell.step("A desk with two mailboxes, two agents and two rules opens")
        tell.say(f"IMAP on port {self.world.imap_port} (pymap), SMTP on {self.world.smtp_port} (aiosmtpd), SQLite")
        self.desk.inboxd("check")
        tell.check("inboxd check: config.toml is in order", True)
        old = write(OLA, "Ola Nordmann", KUNDESERVICE, subject="Fra i fjor", text="Dette er for lengst ordnet.")
        self.world.put(KUNDESERVICE, old.octets)
        self.desk.inboxd("run", "--once")
        tell.check("the mail that was there before makes no case", self.desk.document("queue") == [])
        tell.check("and is left as it was", "Seen" not in (self.world.flags(KUNDESERVICE, old.message_id) or "Seen"))
        self.desk.start()
        tell.say("inboxd run: the daemon is at work")

    def _a_mail_becomes_a_case(self) -> None:
        tell = self.teller
        tell.step("An end user's mail becomes a case with a number, a category and an agent")
        mail = write(
            OLA, "Ola Nordmann", KUNDESERVICE, subject="Får ikke logget inn",
            text=f"Hei!\n\nPC-en godtar ikke passordet mitt. {SECRET_WORDS}.\n\nOla\n",
        )  # fmt: skip
        self._send(mail)
        case = self._only_case_of(OLA)
        self.reference = case["reference"]
        self.cases.append(self.reference)
        routed = (case["category"], case["assignee"], case["priority"])
        tell.check(
            f"it is {self.reference}: IT help, assigned to kari, priority normal",
            routed == ("it", "kari", "normal"),
            routed,
        )
        receipt = self._letter(OLA, 0, "Ola has the receipt")
        self._check_receipt(receipt, mail)
        tell.show_letter(receipt)
        notice = self._letter(KARI, 0, "Kari has word of the new case")
        tell.check("and finds its number in it", self.reference in str(notice.message["Subject"]))

    def _check_receipt(self, receipt: Delivered, mail: UserMail) -> None:
        message = receipt.message
        marks = (receipt.mail_from, message["Auto-Submitted"], message["In-Reply-To"])
        self.teller.check(
            "it comes from nobody (MAIL FROM:<>), says that it is automatic, and answers his mail",
            marks == ("", "auto-replied", mail.message_id),
            marks,
        )
        self.teller.check(
            "it has the number and quotes nothing",
            self.reference in body(receipt) and SECRET_WORDS not in body(receipt),
        )

    def _an_agent_answers(self) -> None:
        tell = self.teller
        tell.step("The agent reads the queue and answers from the command line")
        tell.say("$ inboxd queue --as kari")
        tell.show(self.desk.inboxd("queue", "--as", "kari"))
        tell.say(f"$ inboxd reply {self.reference} -m ... --as kari")
        text = "Hei Ola!\n\nPassordet er nullstilt. Prøv igjen, og si fra hvis det ikke går."
        sent = self.desk.document("reply", self.reference, "-m", text, "--as", "kari")
        self.answer_id = sent["letter"]["message_id"]
        answer = self._letter(OLA, 1, "Ola has the answer")
        sender = str(answer.message["From"])
        tell.check(
            f"it comes from {KUNDESERVICE}, not from Kari's own address",
            KUNDESERVICE in sender and KARI not in sender,
            sender,
        )
        tell.check(
            "it is a person's letter, under the promised Message-ID",
            answer.message["Auto-Submitted"] is None and answer.message["Message-ID"] == self.answer_id,
        )
        tell.show_letter(answer)

    def _answers_find_their_case(self) -> None:
        tell = self.teller
        tell.step("The user's answers find the case")
        typed = self.reference.lower().replace("-", " ")
        by_number = write(OLA, "Ola Nordmann", KUNDESERVICE, subject=f"SV: {typed} går ikke", text="Den sier nei ennå.")
        self._send(by_number)
        tell.check(f'a new mail with only the number, typed "{typed}"', self._mails_in() == 2)  # noqa: PLR2004
        by_header = write(
            OLA, "Ola Nordmann", KUNDESERVICE, subject="Nå gikk det", text="Takk!", answers=self.answer_id
        )
        self._send(by_header)
        tell.check("an answer with only In-Reply-To, and another subject", self._mails_in() == 3)  # noqa: PLR2004
        tell.check("there is still one case", len(self.desk.document("queue")) == 1)
        tell.wait("Kari has word of both", lambda: len(self.world.letters_to(KARI)) == 3)  # noqa: PLR2004

    def _an_absence_changes_nothing(self) -> None:
        tell = self.teller
        tell.step("An out-of-office mail changes nothing and gets nothing")
        before = self._state()
        self._send(
            write(
                OLA, "Ola Nordmann", KUNDESERVICE, subject="Fraværsmelding", text="Jeg er tilbake på mandag.",
                answers=self.answer_id, automatic=True,
            )
        )  # fmt: skip
        self._send(
            write(LIV, "Liv Berg", KUNDESERVICE, subject="Automatisk svar", text="Jeg har ferie.", automatic=True)
        )
        outcomes = [mail["outcome"] for mail in self.desk.document("incoming", "list", "--ignored")]
        tell.check("the one without a case is listed as ignored", "ignored" in outcomes, outcomes)
        tell.check("status, agent and number of cases are as before", self._state() == before, (before, self._state()))
        waiting = [letter for letter in self.desk.document("outbox", "list") if letter["state"] != "sent"]
        tell.check("and no letter is on its way", not waiting, waiting)

    def _a_call_becomes_a_case(self) -> None:
        tell = self.teller
        tell.step("A caller gets a case, too")
        words = ("--channel", "phone", "--name", "Liv Berg", "--phone", "71 11 11 70", "--subject", "Telefonen er stum")
        tell.say('$ inboxd new --channel phone --name "Liv Berg" --phone "71 11 11 70" ...')
        opened = self.desk.document("new", *words, "-m", "Ringer ikke inn.", "--as", "kari")
        self.cases.append(opened["reference"])
        case = self._case(opened["reference"])
        seen = (case["channel"], case["requester"]["name"], case["requester"]["address"])
        tell.check(
            f"{opened['reference']}: by phone, from Liv Berg, without an address",
            seen[:2] == ("phone", "Liv Berg") and not seen[2],
            seen,
        )

    def _a_rule_routes_another_mailbox(self) -> None:
        tell = self.teller
        tell.step('Mail to the second mailbox goes to another category by the rule "printers"')
        mail = write(LIV, "Liv Berg", DRIFT, subject="Skriveren i 2. etasje", text="Den er tom for toner.")
        self._send(mail)
        case = self._only_case_of(LIV)
        self.cases.append(case["reference"])
        routed = (case["mailbox"], case["category"], case["priority"], case["assignee"])
        tell.check(
            f"{case['reference']}: printing, priority low, assigned to per",
            routed == ("drift", "print", "low", "per"),
            routed,
        )
        receipt = self._letter(LIV, 0, "Liv has her receipt")
        tell.check(f"and it comes from {DRIFT}", DRIFT in str(receipt.message["From"]), receipt.message["From"])

    def _the_daemon_is_killed(self) -> None:
        tell = self.teller
        tell.step("The daemon is killed, and mail comes all the same")
        self.desk.kill()
        tell.say("kill -9")
        more = write(OLA, "Ola Nordmann", KUNDESERVICE, subject="En ting til", text="Takk!", answers=self.answer_id)
        self.world.submit(OLA, KUNDESERVICE, more.octets)
        self.desk.start()
        tell.wait(
            "the next start takes it in and marks it on the server",
            lambda: "Seen" in (self.world.flags(KUNDESERVICE, more.message_id) or ""),
        )
        tell.check("once, and Ola gets no second receipt", self._mails_in() == 4 and self._letters_of_ola() == 2)  # noqa: PLR2004

    def _a_notice_stands_in_the_receipts(self) -> None:
        tell = self.teller
        tell.step("The network is down: a notice tells who writes, and answers all of them when it is over")
        tell.say('$ inboxd notice new --unplanned --from now --affects it -m "Nettet er nede ..."')
        words = ("--unplanned", "--from", "now", "--affects", "it", "-m", "Nettet er nede. Vi jobber med det.")
        notice = str(self.desk.document("notice", "new", *words, "--as", "kari")["id"])
        self._send(write(LIV, "Liv Berg", KUNDESERVICE, subject="Får ikke åpnet noe", text="Alt står stille."))
        receipt = self._letter(LIV, 1, "Liv has her receipt")
        tell.check("and the notice stands in it", "Nettet er nede. Vi jobber med det." in body(receipt))
        case = next(case for case in self.desk.document("queue") if case["subject"] == "Får ikke åpnet noe")
        self.cases.append(case["reference"])
        self.desk.inboxd("notice", "link", notice, case["reference"], "--as", "kari")
        self.desk.inboxd("notice", "close", notice, "-m", "Nettet virker igjen.", "--as", "kari")
        last = self._letter(LIV, 2, "when it is over she has one letter that says so")
        tell.check("and her case is solved", self._case(case["reference"])["status"] == "solved")
        tell.show_letter(last)

    def _an_urgent_case_is_escalated(self) -> None:
        tell = self.teller
        tell.step('The rule "urgent" makes a case critical, and the clock tells the manager')
        self._send(write(OLA, "Ola Nordmann", KUNDESERVICE, subject="Haster: skjermen er svart", text="Møte kl. 10."))
        case = next(case for case in self.desk.document("queue") if case["priority"] == "critical")
        self.cases.append(case["reference"])
        warning = self._letter(PER, 1, f"per, who manages IT help, has word of {case['reference']} and its target")
        tell.check("by the case's own number", case["reference"] in str(warning.message["Subject"]))
        tell.show_letter(warning)

    def _the_leads_see_how_it_stands(self) -> None:
        tell = self.teller
        tell.step("How the desk stands at this moment")
        now = self.desk.document("report", "now")
        tell.check(
            "the report counts what the queue lists", now["all"]["open"] == len(self.desk.document("queue")), now
        )
        tell.say("$ inboxd report now")
        tell.show(self.desk.inboxd("report", "now"))

    def _letters_of_ola(self) -> int:
        return len(self.world.letters_to(OLA))

    def _cases_are_closed(self) -> None:
        tell = self.teller
        tell.step("The cases are closed; the first answer waits behind the red button")
        first, call, printer, _, urgent = self.cases
        tell.say("$ inboxd outbox hold")
        self.desk.inboxd("outbox", "hold", "--as", "kari")
        answer = self.desk.document("reply", first, "-m", "Fint! Da lukker vi saken.", "--close", "--as", "kari")
        waiting = self.desk.document("outbox", "list", "--state", "queued")
        tell.check(
            "all sending is stopped: the answer waits",
            [one["id"] for one in waiting] == [answer["letter"]["id"]],
            waiting,
        )
        self.desk.inboxd("outbox", "release", "--all", "--as", "kari")
        for case in (call, urgent):
            self.desk.inboxd("close", case, "--silent", "--as", "kari")
        self.desk.inboxd("close", printer, "-m", "Toneren er byttet.", "--as", "per")
        closing = self._letter(OLA, 3, "Ola has one letter that answers and closes")
        tell.check("and it says what to do if it is not over", "Svar på denne e-posten" in body(closing))
        self._letter(LIV, 3, "Liv has her closing letter; for the call nothing was sent")
        tell.check("the queue is empty", self.desk.document("queue") == [])
        rest = {case["reference"]: case["status"] for case in self.desk.document("queue", "--all")}
        tell.check("all five are at rest", set(rest) == set(self.cases) and set(rest.values()) <= AT_REST, rest)
        tell.say("$ inboxd queue --all")
        tell.show(self.desk.inboxd("queue", "--all"))

    def _nothing_is_left_over(self) -> None:
        tell = self.teller
        tell.step("Nothing is lost, nothing is doubled")
        reconciled = self.desk.document("incoming", "reconcile")
        tell.check("every mail on the server is accounted for", reconciled["ok"] is True, reconciled)
        states = {letter["state"] for letter in self.desk.document("outbox", "list")}
        tell.check("every letter was sent", states == {"sent"}, states)
        got = {name: len(self.world.letters_to(name)) for name in (OLA, LIV, PER)}
        tell.check("Ola got four letters, Liv four, Per word of two cases", got == {OLA: 4, LIV: 4, PER: 2}, got)
        health = self.desk.document("health")
        tell.check("inboxd health: ok", health["status"] == "ok", health)
        tell.check("and the daemon still runs", self.desk.runs())

    def _send(self, mail: UserMail) -> None:
        """Send a mail, and wait until the daemon has marked it as seen on the server: that comes last."""
        self.teller.say(f'{mail.sender} writes to {mail.to}: "{mail.subject}"')
        self.world.submit(mail.sender, mail.to, mail.octets)
        self.teller.wait(
            "it was taken in and marked on the server",
            lambda: "Seen" in (self.world.flags(mail.to, mail.message_id) or ""),
            lambda: self.world.flags(mail.to, mail.message_id),
        )

    def _letter(self, address: str, at: int, claim: str) -> Delivered:
        """Wait for somebody's letter, counted from 0, and return it."""
        self.teller.wait(claim, lambda: len(self.world.letters_to(address)) > at)
        return self.world.letters_to(address)[at]

    def _only_case_of(self, address: str) -> Any:
        cases = [case for case in self.desk.document("queue") if case["requester"]["address"] == address]
        if len(cases) != 1:
            raise StepFailed(f"one case of {address} was expected, there are {len(cases)}")
        return cases[0]

    def _case(self, reference: str) -> Any:
        return self.desk.document("show", reference)

    def _mails_in(self) -> int:
        return sum(entry["kind"] == "mail_in" for entry in self._case(self.reference)["journal"])

    def _state(self) -> tuple[object, ...]:
        """What an out-of-office mail must leave alone, letters to users included."""
        queue = [(case["reference"], case["status"], case["assignee"]) for case in self.desk.document("queue")]
        return queue, len(self.world.letters_to(OLA)), len(self.world.letters_to(LIV)), len(self.world.letters_to(KARI))
