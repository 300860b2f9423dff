"""The kinds of facts that the inventory knows. Adding one: a line here (docs/how-to/add-a-fact.md). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceKind:
    """``title``: singular, as people read it. ``passing``: fields that move with every reading and say nothing about the
    resource; they are kept but never make a new version."""

    kind: str
    title: str
    passing: frozenset[str] = frozenset()


KINDS: Mapping[str, ResourceKind] = {
    resource.kind: resource
    for resource in (
        ResourceKind(kind="aws_account", title="AWS account"),
        ResourceKind(
            kind="aws_credential_row", title="AWS user in the credential report", passing=frozenset({"generated_at"})
        ),
        ResourceKind(kind="aws_iam_user", title="AWS IAM user"),
        ResourceKind(kind="aws_s3_bucket", title="S3 bucket"),
    )
}
