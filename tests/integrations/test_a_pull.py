"""One pull, from the due row to its ledger row."""

from __future__ import annotations

from integrations import selectors, services
from organizations import scope


def _run(desk):
    for job in desk.claim():
        pulled = services.read_stream(job)
        with scope.job(job.ticket, task=job.task, connection_id=job.connection_id):
            services.hold_fence(job, pulled.run)
            services.finish(job, pulled)
        yield pulled


def test_every_stream_of_a_connected_account_is_read_completely_and_sealed(desk):
    desk.make_due()
    pulled = list(_run(desk))
    assert {(p.reading.stream, p.reading.outcome, p.reading.reason) for p in pulled} == {
        ("aws.iam.summary", "complete", ""),
        ("aws.iam.credential_report", "complete", ""),
        ("aws.iam.authorization_details", "complete", ""),
        ("aws.s3.buckets", "complete", ""),
    }
    print(
        [(p.reading.stream, p.milliseconds, p.reading.pages, p.reading.calls, p.reading.bytes_sealed) for p in pulled]
    )
    with desk.cast.alice.bound():
        assert selectors.unfinished([desk.connection_id]) == 0
        view = selectors.connection(desk.connection_id)
        assert view.condition == "working"
