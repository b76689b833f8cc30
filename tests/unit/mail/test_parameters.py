import pytest
from hypothesis import given
from hypothesis import strategies as st

from inboxd.mail.parameters import parameter


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("attachment; filename=a.pdf", "a.pdf"),
        ("attachment; FileName = a.pdf ; size=3", "a.pdf"),
        ('attachment; filename="a;b=c.pdf"; size=3', "a;b=c.pdf"),
        ('attachment; filename="C:\\Users\\a.pdf"', "C:\\Users\\a.pdf"),
        ('attachment; filename="en \\"to\\" \\\\tre"', 'en "to" \\tre'),
        ("attachment; filename=to ord.pdf", "to ord.pdf"),
        ('attachment filename="a.pdf"', "a.pdf"),
        ('attachment; filename="a.pdf" size=3', "a.pdf"),
        ('attachment; filename="åpen.pdf; size=3', "åpen.pdf"),
        ('attachment; filename="lang\r\n\tog brettet.pdf"', "lang og brettet.pdf"),
        ('attachment; filename="a.pdf"; filename="b.pdf"', "a.pdf"),
        ("attachment; filename=\"_.pdf\"; filename*=utf-8''%C3%A5.pdf", "å.pdf"),
        ("attachment; filename*=iso-8859-1'nb'%E5.pdf", "å.pdf"),
        ("attachment; filename*=%C3%A5.pdf", "å.pdf"),
        ("attachment; filename*=''%C3%A5.pdf", "å.pdf"),
        ("attachment; filename*=utf-8''100%.pdf", "100%.pdf"),
        ("attachment; filename*1*=%A5.pdf; filename*0*=utf-8''%C3", "å.pdf"),
        ("attachment; filename*0=en; filename*1=to.pdf", "ento.pdf"),
        ("attachment; filename*0*=utf-8''%C3%A5; filename*1=%20.pdf", "å%20.pdf"),
        ('attachment; filename*0="=?utf-8?Q?=C3"; filename*1="=A5?=.pdf"', "å.pdf"),
        ('attachment; filename*="=?utf-8?B?w6UucGRm?="', "å.pdf"),
        ("=?utf-8?Q?attachment;_filename=3D=C3=A5.pdf?=", "å.pdf"),
        ("attachment; filename*x=a; filename=b.pdf", "b.pdf"),
        ("attachment; =a; filename=", None),
        ("attachment", None),
        ("", None),
    ],
)
def test_a_parameter_is_read_however_it_was_written(value: str, found: str | None) -> None:
    assert parameter(value, "filename") == found


@given(st.text(alphabet="ab\"\\;=*'% \r\n0?é\udcf8", max_size=80))
def test_no_value_raises(value: str) -> None:
    found = parameter("x; filename=" + value, "filename")
    assert found is None or ("\n" not in found and found == found.strip())
