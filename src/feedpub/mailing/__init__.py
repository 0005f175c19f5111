"""mailing: the use cases of mail, from an issue to what comes back of it."""
