"""Every model is one of the three table classes, or stands on a list with its reason."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.models import Model

from config.router import SIGN_IN_APPS
from organizations.gate.fields import Reference
from organizations.gate.models import LedgerModel, OrganizationModel, ProjectionModel, QueueModel

# Models that are not organization tables of ours, each with its reason. A stale entry fails below.
ELSEWHERE: dict[str, str] = {}


def ours() -> list[type[Model]]:
    return [model for model in apps.get_models() if model._meta.app_label not in SIGN_IN_APPS]


def guarded() -> list[type[Model]]:
    return [model for model in ours() if model._meta.label not in ELSEWHERE]


def test_the_list_of_exceptions_has_no_stale_entry() -> None:
    assert set(ELSEWHERE) <= {model._meta.label for model in ours()}


@pytest.mark.parametrize("model", guarded(), ids=lambda model: model._meta.label)
def test_a_model_declares_its_class_and_the_database_has_it(model: type[Model]) -> None:
    assert issubclass(model, LedgerModel | ProjectionModel | QueueModel)
    with connection.cursor() as cursor:
        cursor.execute("select obj_description(%s::regclass)", (f"app.{model._meta.db_table}",))
        assert cursor.fetchone() == (model.table_class,), "GuardTable is missing in the migration"


@pytest.mark.parametrize("model", guarded(), ids=lambda model: model._meta.label)
def test_keys_and_indexes_lead_with_the_organization(model: type[Model]) -> None:
    for index in model._meta.indexes:
        assert index.fields_orders[0][0] == "organization_id", index.name
    for constraint in model._meta.constraints:
        fields = getattr(constraint, "fields", None)
        if fields:
            assert fields[0] == "organization_id", constraint.name


@pytest.mark.parametrize("model", guarded(), ids=lambda model: model._meta.label)
def test_relations_are_references_between_organization_tables(model: type[Model]) -> None:
    for field in model._meta.get_fields():
        if field.is_relation and getattr(field, "concrete", False):
            assert isinstance(field, Reference), field
            assert issubclass(field.related_model, OrganizationModel)


def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
