"""beehiiv: `inactive` has left; whoever is being validated has not been written to yet."""

from feedpub.mailing.imports.tools.tool import Tool

TOOL = Tool(
    "beehiiv",
    (
        ("email", "status", "subscriptiontier"),
        ("email", "status", "utmsource"),
        ("email", "status", "tier"),
    ),
    columns={"tier": None, "subscriptiontier": None},
    words={"needsattention": "pending", "validating": "pending"},
)
