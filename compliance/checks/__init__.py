"""Checks: pure judgements of one fact. No Django, no vendor SDK, no clock except the one passed in."""
