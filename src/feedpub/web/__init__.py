"""web: the shell that answers over HTTP (Starlette)."""
