"""Buttondown: `type` tells the standing, among kinds of payers."""

from feedpub.mailing.imports.tools.tool import Tool

TOOL = Tool(
    "Buttondown",
    (("emailaddress", "creationdate"), ("email", "subscribertype"), ("email", "creationdate", "type")),
    columns={"type": "status", "subscribertype": "status", "unsubscriptionreason": None},
    words={
        **dict.fromkeys(("regular", "premium", "gifted", "trialed", "pastdue", "churning", "churned", "unpaid"), "active"),
        "upcoming": "pending",
    },
)
