"""People signing in: who they are, their factors, their sessions. See README.md."""
