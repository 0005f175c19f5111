"""Tools whose exports are known by their columns. What each calls things in its own way stands in its file."""

from collections.abc import Iterable

from feedpub.mailing.imports.columns import bare
from feedpub.mailing.imports.tools import beehiiv, brevo, buttondown, ghost, kit, listmonk, mailchimp, mailerlite, substack
from feedpub.mailing.imports.tools.tool import Tool

_TOOLS = (
    mailchimp.TOOL, substack.TOOL, ghost.TOOL, listmonk.TOOL, mailerlite.TOOL, brevo.TOOL, beehiiv.TOOL, buttondown.TOOL,
    kit.TOOL,
)  # fmt: skip
UNKNOWN = Tool("", ())


def tool_of(header: Iterable[str]) -> Tool:
    """The tool that writes such a header; one without a name if none is known to."""
    names = {bare(cell) for cell in header}
    return next((tool for tool in _TOOLS if any(marks <= names for marks in map(set, tool.marks))), UNKNOWN)


__all__ = ["UNKNOWN", "Tool", "tool_of"]
