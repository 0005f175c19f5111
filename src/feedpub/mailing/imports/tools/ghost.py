"""Ghost: `subscribed_to_emails`; a member who is `free`, `paid` or `comped` is so as a payer."""

from feedpub.mailing.imports.tools.tool import Tool

TOOL = Tool("Ghost", (("email", "subscribedtoemails"),), columns={"status": None, "subscribed": "subscribed"})
