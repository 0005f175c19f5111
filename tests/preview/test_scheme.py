"""Light and dark, answered in the style sheets of an e-mail."""

import pytest

from feedpub.preview.scheme import beside, in_scheme, with_images, without_images

ALWAYS, NEVER = "(min-width: 0)", "(max-width: -1px)"


@pytest.mark.parametrize(
    ("css", "dark", "light"),
    [
        ("@media (prefers-color-scheme: dark) {a{b:c}}", f"@media {ALWAYS} {{a{{b:c}}}}", f"@media {NEVER} {{a{{b:c}}}}"),
        ("@media (prefers-color-scheme:LIGHT) {}", f"@media {NEVER} {{}}", f"@media {ALWAYS} {{}}"),
        ("@media print, (Prefers-Color-Scheme/**/: dark) {}", f"@media print, {ALWAYS} {{}}", f"@media print, {NEVER} {{}}"),
        ("@media not (prefers-color-scheme: dark) {}", f"@media not {ALWAYS} {{}}", f"@media not {NEVER} {{}}"),
        ("@supports (a:b) {@media (prefers-color-scheme: dark) {}}", f"@supports (a:b) {{@media {ALWAYS} {{}}}}",
         f"@supports (a:b) {{@media {NEVER} {{}}}}"),
        ("@media (max-width: 599px) {}", "@media (max-width: 599px) {}", "@media (max-width: 599px) {}"),
        ('a{content:"(prefers-color-scheme: dark)"}',) * 3,
    ],
)  # fmt: skip
def test_the_question_is_answered_wherever_it_is_asked(css: str, dark: str, light: str) -> None:
    for scheme, answered in (("dark", dark), ("light", light)):
        shown = in_scheme(f"<head><style>{css}</style></head>", scheme)  # type: ignore[arg-type]
        assert shown.startswith(f"<head><style>{answered}</style>")
        assert shown.endswith(f"<style>:root {{ color-scheme: {scheme} !important; }}</style></head>")


def test_attributes_that_ask_are_answered_too() -> None:
    shown = in_scheme('<source media="(prefers-color-scheme: dark)" srcset="a"><p title="x">', "dark")
    assert f'<source media="{ALWAYS}" srcset="a"><p title="x">' in shown


def test_images_are_replaced_and_all_else_is_left() -> None:
    html = '<p>src="a"<img alt="x" src="https://a.example/?a=1&amp;b=2"><IMG src=\'b\'></p>'
    seen: list[str] = []
    assert with_images(html, lambda url: seen.append(url) or 'c"<') == (  # type: ignore[func-returns-value]
        '<p>src="a"<img alt="x" src="c&quot;&lt;"><IMG src=\'c&quot;&lt;\'></p>'
    )
    assert seen == ["https://a.example/?a=1&b=2", "b"]
    assert without_images(html).count("data:,") == 2
    assert beside("no head") == '<base target="_blank">no head'
