"""The quick look at an address says what the library says."""

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from feedpub.store import read_address

LOCAL = st.text("abz09-_.+AZ", max_size=8)
LABEL = st.sampled_from(("a", "example", "xn--a", "ab--c", "-a", "a-", "a-b", "1", ""))
LAST = st.sampled_from(("org", "test", "local", "c", "co", "x1", "1x", "arpa", "onion", "localhost", "invalid"))


@settings(max_examples=400)
@given(LOCAL, st.lists(LABEL, max_size=3), LAST)
def test_an_address_is_read_as_the_library_reads_it(local: str, labels: list[str], last: str) -> None:
    text = f"{local}@{'.'.join([*labels, last])}"
    try:
        expected = validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        with pytest.raises(ValueError):  # noqa: PT011
            read_address(text)
    else:
        assert read_address(text) == expected
