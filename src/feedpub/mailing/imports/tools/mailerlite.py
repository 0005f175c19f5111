"""MailerLite: the address is under `Subscriber`, and `Subscribed` is a time."""

from feedpub.mailing.imports.tools.tool import Tool

TOOL = Tool(
    "MailerLite",
    (("subscriber", "sent"), ("subscriber", "subscribed"), ("subscriber", "opens"), ("email", "optinip", "optintime")),
    columns={"subscribed": "joined", "location": None},
)
