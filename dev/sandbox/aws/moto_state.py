"""Makes moto's in-memory state equal to one `Account` of the story, times included.

moto's clock cannot be set, so the objects are placed in its backends and their times are overwritten.
Ids are derived from names: an unchanged account answers with unchanged bytes.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from moto.backends import get_backend
from moto.iam.models import AccessKey as MotoKey
from moto.iam.models import VirtualMfaDevice
from moto.s3.models import PublicAccessBlock, get_canned_acl

from dev.sandbox.world import Account, Bucket, Root, User

REGION = "us-east-1"


def install(account: Account) -> None:
    """Replace everything that moto holds for this account by `account`. Call under the server's lock."""
    iam = get_backend("iam")[account.account_id]["aws"]
    s3 = get_backend("s3")[account.account_id]["aws"]
    _clear(iam, s3)
    for name in account.groups:
        group = iam.create_group(name)
        group.id, group.create_date = _id("AGPA", account, name), _naive(account.root.created_at)
    for name in account.policies:
        policy = iam.create_policy("", "/", _document("ecs:UpdateService"), name, [])
        policy.id = _id("ANPA", account, name)
        policy.create_date = policy.update_date = _naive(account.root.created_at)
        for version in policy.versions:
            version.create_date = _naive(account.root.created_at)
    for user in account.users:
        _install_user(iam, account, user)
    _install_audit_role(iam, account)
    _install_root(iam, account, account.root)
    for bucket in account.buckets:
        _install_bucket(s3, bucket)


def _clear(iam: Any, s3: Any) -> None:
    for store in (iam.users, iam.groups, iam.roles, iam.virtual_mfa_devices, iam.managed_policies):
        store.clear()
    iam.access_keys.clear()
    for name in list(s3.buckets):
        del s3.buckets[name]
    _forget_bucket_owners(s3.account_id)


def _forget_bucket_owners(account_id: str) -> None:
    owners = get_backend("s3").bucket_accounts
    for name in [name for name, (_, owner) in owners.items() if owner == account_id]:
        del owners[name]


def _install_user(iam: Any, account: Account, user: User) -> None:
    made = iam.create_user(REGION, user.name)
    made.id, made.create_date = _id("AIDA", account, user.name), _naive(user.created_at)
    made.password = "set" if user.console_since else None
    made.password_last_used = user.signed_in_at and _naive(user.signed_in_at)
    for key in user.keys:
        kept = MotoKey(user.name, "AKIA", account.account_id, "Active" if key.active else "Inactive")
        kept.access_key_id, kept.create_date = key.key_id, _naive(key.created_at)
        made.access_keys.append(kept)
    for name in user.groups:
        iam.add_user_to_group(name, user.name)
    for name in user.inline_policies:
        made.policies[name] = _document("cloudwatch:PutMetricData")
    for name in user.attached_policies:
        iam.attach_user_policy(f"arn:aws:iam::{account.account_id}:policy/{name}", user.name)
    if user.mfa_since:
        serial = _device(iam, account, f"/{user.name}", user.mfa_since, {"UserName": user.name, "Arn": made.arn,
                         "UserId": made.id, "Path": "/", "CreateDate": made.create_date})  # fmt: skip
        made.enable_mfa_device(serial, "000000", "000000")
        made.mfa_devices[serial].enable_date = _naive(user.mfa_since)


def _install_root(iam: Any, account: Account, root: Root) -> None:
    # moto says that it knows no way to switch root MFA on; its summary reads this attribute
    iam.account_summary._account_mfa_enabled = int(root.mfa_since is not None)  # noqa: SLF001
    iam.account_summary._account_access_keys_present = int(any(k.active for k in root.keys))  # noqa: SLF001
    if root.mfa_since:
        arn = f"arn:aws:iam::{account.account_id}:root"
        owner = {"Arn": arn, "UserId": account.account_id, "Path": "/",
                 "CreateDate": _naive(root.created_at)}  # fmt: skip
        _device(iam, account, "/root-account-mfa-device", root.mfa_since, owner)


def _device(iam: Any, account: Account, path: str, since: datetime, owner: dict[str, Any]) -> str:
    device = VirtualMfaDevice(account.account_id, REGION, path)
    device.enable_date = _naive(since)
    device.user = device.user_attribute = owner
    device.base32_string_seed = device.qr_code_png = None  # AWS never lists them
    iam.virtual_mfa_devices[device.serial_number] = device
    return str(device.serial_number)


def _install_audit_role(iam: Any, account: Account) -> None:
    trust = json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::310000000999:root"}, "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": "set by the connection"}}}]})  # fmt: skip
    role = iam.create_role("AttestryAudit", trust, "/", None, "read only, for Attestry", [], "3600")
    role.id, role.create_date = _id("AROA", account, role.name), _naive(account.root.created_at)


def _install_bucket(s3: Any, bucket: Bucket) -> None:
    made = s3.create_bucket(bucket.name, REGION)
    made.creation_date = bucket.created_at
    made.versioning_status = None if bucket.versioning == "Off" else bucket.versioning
    rule: dict[str, Any] = {"SSEAlgorithm": bucket.encryption}
    # AWS has encrypted every new bucket by default since 2023; moto shows none
    made.encryption = {"Rule": {"ApplyServerSideEncryptionByDefault": rule, "BucketKeyEnabled": "false"}}
    if bucket.block_public is not None:
        flag = str(bucket.block_public).lower()
        made.public_access_block = PublicAccessBlock(flag, flag, flag, flag)
    if bucket.public_policy:
        made.policy = _public_read(bucket.name).encode()
    made.set_acl(get_canned_acl("public-read" if bucket.public_acl else "private"))


def _document(action: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})


def _public_read(bucket: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{
        "Sid": "Demo", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*"}]})  # fmt: skip


def _id(prefix: str, account: Account, name: str) -> str:
    digest = hashlib.sha256(f"{prefix}/{account.account_id}/{name}".encode()).hexdigest().upper()
    return prefix + digest[:17]


def _naive(at: datetime) -> datetime:
    """moto keeps naive UTC times."""
    return at.replace(tzinfo=None)
