"""How a chapter of the story alters an account. Each function returns a pure change: Account in, Account out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from dev.sandbox.world import Account, Bucket, User

Alter = Callable[[Account], Account]
Named = TypeVar("Named", User, Bucket)


def add_user(user: User) -> Alter:
    """A user is created."""
    return lambda account: replace(account, users=(*account.users, user))


def remove_user(name: str) -> Alter:
    """A user is deleted; a name that does not exist is an error of the story."""

    def alter(account: Account) -> Account:
        _the(account.users, name)
        return replace(account, users=tuple(u for u in account.users if u.name != name))

    return alter


def set_user(name: str, **fields: Any) -> Alter:
    """Fields of one user change."""

    def alter(account: Account) -> Account:
        changed = replace(_the(account.users, name), **fields)
        return replace(account, users=tuple(changed if u.name == name else u for u in account.users))

    return alter


def add_bucket(bucket: Bucket) -> Alter:
    """A bucket is created."""
    return lambda account: replace(account, buckets=(*account.buckets, bucket))


def set_bucket(name: str, **fields: Any) -> Alter:
    """Fields of one bucket change."""

    def alter(account: Account) -> Account:
        changed = replace(_the(account.buckets, name), **fields)
        return replace(account, buckets=tuple(changed if b.name == name else b for b in account.buckets))

    return alter


def set_root(**fields: Any) -> Alter:
    """Fields of the root user change."""
    return lambda account: replace(account, root=replace(account.root, **fields))


def set_account(**fields: Any) -> Alter:
    """Fields of the account itself change, for example whether the audit role is trusted."""
    return lambda account: replace(account, **fields)


def _the(items: tuple[Named, ...], name: str) -> Named:
    for item in items:
        if item.name == name:
            return item
    raise LookupError(f"the story names {name}, which does not exist at that moment")
