"""Mailchimp: three files in a zip, subscribed, unsubscribed and cleaned."""

from feedpub.mailing.imports.tools.tool import Tool

TOOL = Tool(
    "Mailchimp",
    (("emailaddress", "leid"), ("emailaddress", "euid"), ("emailaddress", "memberrating"), ("emailaddress", "optintime")),
    columns={"unsubreason": "left", "unsubcampaigntitle": None, "lastchanged": None},
)
