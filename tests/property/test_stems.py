"""Of a stem no more is taken, it is the beginning of its word, and an ending changes no stem."""

from hypothesis import given
from hypothesis import strategies as st

from inboxd.desk.notices.stems import AS_THEY_STAND, ENDINGS, LEAST, stem

words = st.text(alphabet="abdegklmnorstæøå", min_size=1, max_size=14)


@given(word=words)
def test_a_stem_is_the_beginning_of_its_word_and_its_own_stem(word: str) -> None:
    found = stem(word)
    assert word.startswith(found)
    assert stem(found) == found
    assert found == word or len(found) >= LEAST


@given(root=words.filter(lambda root: len(root) >= LEAST and root[-1] in "bdgkl"), ending=st.sampled_from(ENDINGS))
def test_an_ending_changes_no_stem(root: str, ending: str) -> None:
    assert root in AS_THEY_STAND or stem(root + ending) == stem(root) == root
