"""Kinds of facts: what each is, and how two versions of it are compared. Pure."""
