"""Whatever the voices say, the strongest that says anything settles each value, in whichever order they are heard."""

from hypothesis import given
from hypothesis import strategies as st

from inboxd.desk.routing.overrides import DEFAULT_PRIORITY, VALUES, VOICES, Level, Value, Voice, settle

LEVELS: tuple[Level, ...] = tuple(level for level, _ in VOICES)
SAID = st.dictionaries(st.sampled_from(VALUES), st.one_of(st.none(), st.sampled_from(("a", "b", "c"))))
HEARD = st.dictionaries(st.sampled_from(LEVELS), SAID).map(
    lambda said: [Voice(level=level, name=level, sets=sets) for level, sets in said.items()]
)
"""At most one voice of each level."""


def strongest(voices: list[Voice], value: Value) -> str | None:
    for level, may_set in VOICES:
        for voice in voices:
            if voice.level == level and value in may_set and voice.sets.get(value):
                return voice.sets[value]
    return DEFAULT_PRIORITY if value == "priority" else None


@given(HEARD, st.randoms(use_true_random=False))
def test_the_strongest_voice_settles_each_value_in_any_order(voices: list[Voice], random: object) -> None:
    mixed = list(voices)
    random.shuffle(mixed)  # type: ignore[attr-defined]  # a Random
    settled = settle(mixed)
    for value in VALUES:
        assert settled.value(value) == strongest(voices, value)
        offered = [offer.level for offer in settled.offers if offer.of == value]
        assert offered == sorted(offered, key=LEVELS.index)
