"""Substack: `active_subscription` says who pays, `email_disabled` who gets no mail."""

from feedpub.mailing.imports.tools.tool import Tool

TOOL = Tool(
    "Substack",
    (("email", "emaildisabled"), ("email", "activesubscription"), ("email", "stripeplan")),
    columns={"activesubscription": None, "expiry": None, "type": None, "emailsdisabled": "left"},
)
