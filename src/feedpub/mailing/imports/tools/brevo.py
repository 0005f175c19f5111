"""Brevo, formerly Sendinblue: names in capitals; whoever left is blocklisted there by their own will."""

from feedpub.mailing.imports.tools.tool import Tool

TOOL = Tool(
    "Brevo",
    (("email", "addedtime"), ("email", "modifiedtime"), ("email", "contactid"), ("email", "emailblacklisted")),
    columns={"doubleoptin": None, "smsblacklisted": None},
)
