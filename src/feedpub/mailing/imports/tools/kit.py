"""Kit, formerly ConvertKit: `inactive` has not confirmed, `cold` has not opened for long."""

from feedpub.mailing.imports.tools.tool import Tool

TOOL = Tool(
    "Kit",
    (
        ("firstname", "email", "state", "createdat"),
        ("firstname", "emailaddress", "state"),
        ("firstname", "email", "status", "createdat"),
    ),
    words={"inactive": "pending", "cold": "active"},
)
