"""web: what faces the public over HTTP, and the preview, which faces nobody else."""
