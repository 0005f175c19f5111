"""What a template in the settings can do, and that it can do nothing else. No time is asserted: pytest-timeout ends a test."""

import resource
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from feedpub.sandbox import fill

LEAD = SimpleNamespace(
    title="A <b>", tags=["x", "y"], published=datetime(2025, 11, 11, tzinfo=UTC), markdown="word " * 400_000, extra={"a": ["b"]}
)
CONTEXT = {"lead": LEAD, "others": [1, 2, 3], "stories": [LEAD, LEAD]}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ lead.title }}, and {{ others | length }} more", "A <b>, and 3 more"),
        ("{{ lead.published.strftime('%V') }}/{{ lead.published.year }}", "46/2025"),
        ("{% for s in stories %}{{ loop.index }}{{ s.tags[0] }}{{ '' if loop.last else ', ' }}{% endfor %}", "1x, 2x"),
        ("{{ stories | map(attribute='title') | unique | join(' & ') }}", "A <b>"),
        ("{{ '%s: %02d' | format(lead.title, 3) }} {{ '%d%%' % 5 }}", "A <b>: 03 5%"),
        ("{{ lead.markdown | truncate(12) }}", "word..."),
        ("{% set all = lead.tags | join %}{{ all ~ 5 }}{{ '-' * 3 }}", "xy5---"),
        ("{% macro m(a) %}({{ a }}){% endmacro %}{{ m(3) }}{% filter upper %}a{% endfilter %}", "(3)A"),
        ("{% set n = namespace(sum=0) %}{% for x in others %}{% set n.sum = n.sum + x %}{% endfor %}{{ n.sum }}", "6"),
        ("{{ lead.extra.none | default('-') }}{% for k, v in lead.extra.items() %}{{ k }}{{ v[0] }}{% endfor %}", "-ab"),
        ("{{ ', '.join(lead.tags).replace('x', 'z') }} {{ others[:2] | sum }}", "z, y 3"),
    ],
)
def test_it_chooses_and_arranges_what_it_is_given(source: str, expected: str) -> None:
    assert fill(source, CONTEXT) == expected


def test_what_it_shows_in_markup_is_escaped() -> None:
    assert fill("<i>{{ lead.title }}</i>", CONTEXT, markup=True) == "<i>A &lt;b&gt;</i>"


@pytest.mark.parametrize(
    "source",
    [
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}", "{{ lipsum.__globals__ }}", "{{ self.__init__.__globals__ }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}", "{{ lead.__init__.__globals__ }}", "{{ lead['__class__'] }}",
        "{{ lead.tags | map(attribute='__class__') | join }}", "{{ stories | sort(attribute='__dict__') | length }}",
        "{{ '{0.__class__}'.format(lead) }}", "{{ lead | attr('__class__') }}", "{{ lead.tags.append(1) }}",
        "{{ lead.published.now() }}", "{{ [1, 2] | random }}", "{{ namespace.__init__.__globals__ }}",
        "{% include 'x' %}", "{% extends 'x' %}", "{% import 'x' as y %}", "{% block a %}{% endblock %}",
    ],
)  # fmt: skip
def test_it_reaches_nothing_else(source: str) -> None:
    with pytest.raises(Exception, match=r"unsafe|undefined|can't be called|No filter named|other templates"):
        fill(source, CONTEXT)


GROWS = "{{% set n = namespace(x={}) %}}{{% for i in range(200) %}}{{% set n.x = {} %}}{{% endfor %}}{{{{ n.x }}}}"


@pytest.mark.parametrize(
    "source",
    [
        "{{ 'a' * 1000000000 }}", "{{ 10 ** 10 ** 9 }}", "{{ 'a' | center(1000000000) }}", "{{ 'a'.center(1000000000) }}",
        "{{ '%1000000000d' % 1 }}", "{{ '%*d' | format(1000000000, 1) }}", "{{ '{:1000000000}'.format(1) }}",
        "{{ range(1000000000) | list | length }}", "{{ 1 | round(1000000000) }}", "{{ 5 .to_bytes(1000000000) }}",
        "{{ '\t'.expandtabs(1000000000) }}", "{{ lead.markdown }}", "{{ lead.markdown | upper }}",
        "{{ lead.markdown | join(lead.markdown) }}", "{{ ('a' * 2000).replace('', 'a' * 2000) }}",
        "{% autoescape 'a' | center(1000000000) %}{% endautoescape %}",
        GROWS.format("'a'", "n.x ~ n.x"), GROWS.format("'a'", "n.x + n.x"), GROWS.format("7", "n.x * n.x"),
        GROWS.format("'aaa'", "n.x | replace('a', 'aa')"), GROWS.format("[1]", "[n.x, n.x]"),
        GROWS.format("[1]", "n.x + n.x"), GROWS.format("1", "namespace(a=n.x, b=n.x)"),
        "{% for a in range(2000) %}" * 4 + "x" + "{% endfor %}" * 4,
        "{% for a in range(2000) %}" * 2 + "{% if lead.markdown is none %}x{% endif %}" + "{% endfor %}" * 2,
        "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(90) }}",
        "{% for x in others recursive %}{{ loop(others) }}{% endfor %}",
        "{% set a = 'aaaa' %}" + "{% set a %}{{ a }}{{ a }}{{ a }}{% endset %}" * 100 + "{{ a }}",
        "{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}", "{{ " + "not " * 4_000 + "1 }}", "{{ 1" + " + 1" * 4_000 + " }}",
        "{% if 1 %}" * 500 + "{% endif %}" * 500, "x" * 1_000_000,
    ],
    ids=lambda source: source[:40],
)  # fmt: skip
def test_it_uses_up_little_whatever_it_asks_for(source: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Exception, match=r"too|more than|are the most|may|possible|called|filter|no \*\*|lists|text|nested"):
        fill(source, CONTEXT)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < before + 50_000  # kB
