"""listmonk: `status` of a person (enabled, disabled, blocklisted)."""

from feedpub.mailing.imports.tools.tool import Tool

TOOL = Tool("listmonk", (("uuid", "email", "attributes"), ("uuid", "email", "attribs"), ("email", "attributes", "status")))
