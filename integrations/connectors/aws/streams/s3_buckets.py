"""aws.s3.buckets: every bucket with public access block, policy status, ACL, encryption and versioning.

Whole when the terminal cursor was reached, a second listing names the same buckets, and every setting of every
bucket was answered. ``NoSuch…`` answers are results. AccessDenied on one setting leaves that field unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from integrations.connectors.aws.answers import document, last_of_each_call, of
from integrations.connectors.aws.refusals import ACCESS
from integrations.connectors.aws.streams import bucket_settings as settings
from integrations.connectors.aws.walk import Walk, walk
from integrations.connectors.contract import Answer, Found, Need, Normalised, SealedAnswer, Session, Stream
from integrations.errors import Garbage

KEY = "aws.s3.buckets"
_LIST = "s3.ListBuckets"
_LISTINGS = ("first listing", "second listing", "third listing")


def fetch(session: Session) -> Iterator[object]:
    """Listing, settings, listing again; buckets that are new in it are read too and confirmed by a third listing."""
    named: list[str] = []
    yield from _listing(session, _LISTINGS[0], named)
    for bucket in named:
        yield from _settings(session, bucket)
    again: list[str] = []
    yield from _listing(session, _LISTINGS[1], again)
    if set(again) == set(named):
        return
    for bucket in sorted(set(again) - set(named)):
        yield from _settings(session, bucket)
    yield from _listing(session, _LISTINGS[2], [])


def _listing(session: Session, part: str, named: list[str]) -> Iterator[object]:
    # The later walks are cut at other places than the first, so a service that drops what does not fit is found out.
    size = session.page_size if part == _LISTINGS[0] else session.page_size * 10
    for answer in walk(
        session,
        "s3",
        "ListBuckets",
        size="MaxBuckets",
        cursor="ContinuationToken",
        part=part,
        more=None,
        page_size=size,
    ):
        named.extend(bucket_names(answer))
        yield None


def _settings(session: Session, bucket: str) -> Iterator[object]:
    for setting in settings.SETTINGS:
        session.call("s3", setting.operation, expected=setting.absent | ACCESS | settings.BUCKET_GONE, Bucket=bucket)
    yield None


def bucket_names(answer: Answer) -> list[str]:
    """The names in one page of a listing. Raises Garbage when the page has no list or a bucket no name."""
    listed = document(answer).find("Buckets")
    names = [] if listed is None else [(b.findtext("Name") or "").strip() for b in listed.findall("Bucket")]
    if listed is None or "" in names:
        raise Garbage(
            "The listing of buckets is not in the form that AWS documents.",
            what_to_do="Pull again; if it stays, check what answers at the endpoint. The answer is sealed as it came.",
        )
    return names


def normalise(answers: Sequence[SealedAnswer], account: str) -> Normalised:
    """One fact a bucket of the last listing, each field from its own answer."""
    final = last_of_each_call(tuple(answers))
    walks = {part: of(final, _LIST, part) for part in _LISTINGS}
    walks = {part: pages for part, pages in walks.items() if pages}
    named = {
        part: [n for p in pages if p.answer.status < 300 for n in bucket_names(p.answer)]
        for part, pages in walks.items()
    }
    latest = list(named.values())[-1] if named else []
    by_bucket: dict[str, dict[str, SealedAnswer]] = {}
    for sealed in final:
        bucket = sealed.answer.request["parameters"].get("Bucket")
        if bucket:
            by_bucket.setdefault(str(bucket), {})[sealed.answer.operation] = sealed
    facts, unread, unanswered = [], 0, 0
    for name in sorted(set(latest)):
        given = by_bucket.get(name, {})
        payload, seal = settings.read(name, given)
        unanswered += any(s.key not in given for s in settings.SETTINGS)
        unread += any(isinstance(v, dict) and "unknown" in v for v in payload.values())
        if seal is not None:
            facts.append(Found(kind="aws_s3_bucket", key=f"{account}/{name}", payload=payload, seal=seal))
    reason = _gap(walks, named, unanswered)
    note = f"{unread} of {len(facts)} buckets could not be read in full." if unread else ""
    second = len(list(named.values())[-1]) if len(named) > 1 else None
    return Normalised(
        facts=tuple(facts), items=len(set(latest)), complete=not reason, reason=reason or note, second_count=second
    )


def _gap(walks: dict[str, list[SealedAnswer]], named: dict[str, list[str]], unanswered: int) -> str:
    """Why the pull is not whole, or an empty text."""
    if len(walks) < 2:
        return "The buckets were not listed twice."
    for pages in walks.values():
        seen = Walk(pages, cursor="ContinuationToken", more=None)
        if seen.refused or seen.broken:
            return f"The walk was not whole: {seen.broken or seen.refused}."
    if any(len(set(names)) != len(names) for names in named.values()):
        return "A page of buckets came twice."
    last_two = list(named.values())[-2:]
    if set(last_two[0]) != set(last_two[1]):
        return "The listings of buckets differ."
    return f"{unanswered} buckets have settings that were not answered." if unanswered else ""


STREAM = Stream(
    key=KEY,
    name="Buckets and their settings",
    kind="population",
    fact_kind="aws_s3_bucket",
    pull_every_hours=24,
    stale_after_hours=48,
    completeness="Terminal cursor reached, then double read of list_buckets; every bucket has all settings answered",
    needs=(
        Need(action="s3:ListAllMyBuckets", operation=_LIST, loses="No bucket is observed at all."),
        *(Need(action=s.action, operation=s.key, loses=s.loses) for s in settings.SETTINGS),
    ),
    fetch=fetch,
    normalise=normalise,
)
