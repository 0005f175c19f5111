"""web: what faces the public over HTTP."""
