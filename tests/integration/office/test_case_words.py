"""What a letter to an agent says of its case: fields under their titles, the customer, and by when to answer."""

from dataclasses import replace

from inboxd.desk.case import Case
from inboxd.desk.clocks.service_levels import Point
from inboxd.desk.decision import Draft
from inboxd.desk.desk import Desk
from inboxd.desk.routing.customer import Customer
from inboxd.office.letters.words import with_case_words
from inboxd.render.letters import LetterContext
from inboxd.render.samples import BARE
from tests.unit.desk.desks import HOUR, NOW, case, desk


def words_of(about: Case, known: Desk, language: str) -> LetterContext:
    draft = Draft(kind="agent", case_id=1, mailbox="kundeservice", template="agent_assigned", language=language, to=())
    return with_case_words(BARE, draft, about, known, NOW)


def test_fields_of_our_own_have_titles_and_a_referral_says_to_whom() -> None:
    facts = (("impact", "everybody"), ("urgency", "at_once"), ("referred", "oppvekst"), ("x", "y"))
    point = Point(
        name="oppvekst", title="Faggruppe oppvekst", person="", phone="", address=None, purposes=("referral",)
    )
    told = {code: words_of(case(fields=facts), desk(points=(point,)), code).fields for code in ("nb", "nn", "en")}
    assert told["nb"] == ("Virkning: everybody", "Hastegrad: at_once", "Henvist til: Faggruppe oppvekst", "x: y")
    assert told["nn"][:2] == ("Verknad: everybody", "Hastegrad: at_once")
    assert told["en"][:2] == ("Impact: everybody", "Urgency: at_once")
    assert words_of(case(fields=facts), desk(), "nb").fields[2] == "Henvist til: oppvekst"


def test_the_answer_time_is_told_until_somebody_has_answered() -> None:
    due = case(response_due=NOW + HOUR, responded_at=None, type="fault", customer="Molde")
    told = words_of(due, desk(customers=(Customer(name="Molde", title="Molde kommune"),)), "nb")
    assert (told.response_due, told.type_title) == ("mandag 9. mars kl. 11.00", "Feil")
    assert told.customer_title == "Molde kommune"
    assert words_of(replace(due, responded_at=NOW), desk(), "nb").response_due == ""
    assert words_of(due, desk(), "nb").customer_title == "Molde"
    assert words_of(case(), desk(), "nb").customer_title == ""
