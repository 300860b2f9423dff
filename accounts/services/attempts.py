"""Counting attempts at things that others could be bothered with.

The counts of the sign-in pages are allauth's; this is the same machinery for
acts of people who are signed in.
"""

from __future__ import annotations

from allauth.core import ratelimit
from django.http import HttpRequest
from redis.exceptions import RedisError


def attempt_is_allowed(request: HttpRequest, *, action: str, key: str) -> bool:
    """Count one attempt and say whether it is within the limit of `settings.ACCOUNT_RATE_LIMITS[action]`.

    `key` names who is counted (an organization's id, never a person's address).
    Without Redis nothing can be counted and the answer is no.
    """
    try:
        return bool(ratelimit.consume(request, action=action, key=key))
    except RedisError:
        return False
