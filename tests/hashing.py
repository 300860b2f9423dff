"""The product's password hashing at the smallest cost: a suite that signs in a hundred times is about other things."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2PasswordHasher(Argon2PasswordHasher):
    """argon2 with one pass over 8 KiB per lane instead of 100 MiB; `tests/accounts` asserts the real parameters."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
