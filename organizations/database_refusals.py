"""What the database refuses in the middle of a request, as a sentence for people; pages and the API share it."""

from __future__ import annotations

from django.db import DatabaseError, DataError

from organizations.errors import AttestryError

# unique_violation, lock_not_available, deadlock_detected, serialization_failure: somebody else was at it.
_AT_ONCE = frozenset({"23505", "55P03", "40P01", "40001"})


class AtOnce(AttestryError):
    """Two requests wanted the same at the same moment; the other one got it. Nothing was changed by this one."""

    status = 409


def refusal_of(error: Exception) -> AttestryError | None:
    """The refusal that a database error means; None when it is a fault of ours and has to be seen as one.

    Services look before they write, so these two are left: a value that no column holds (22xxx), and a race.
    """
    if isinstance(error, DataError):
        return AttestryError(
            "A value in this request cannot be stored.", what_to_do="Go back, correct it and send it again."
        )
    if isinstance(error, DatabaseError) and getattr(error.__cause__, "sqlstate", "") in _AT_ONCE:
        return AtOnce("Somebody did the same at this moment.", what_to_do="Load the page again and look.")
    return None
