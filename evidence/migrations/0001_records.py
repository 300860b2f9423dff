from __future__ import annotations

import django.db.models.deletion
import django.db.models.functions.comparison
import organizations.gate.expressions
import organizations.gate.fields
import organizations.gate.identifiers
from django.db import migrations, models

from organizations.gate.operations import GuardTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [("organizations", "0002_members")]

    operations = [
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=organizations.gate.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "organization_id",
                    models.UUIDField(db_default=organizations.gate.expressions.Tenant(), editable=False),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=organizations.gate.expressions.ClockTimestamp(), editable=False),
                ),
                (
                    "simulated_at",
                    models.DateTimeField(
                        db_default=organizations.gate.expressions.SimulatedNow(), editable=False, null=True
                    ),
                ),
                (
                    "known_at",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Coalesce("simulated_at", "recorded_at"),
                        output_field=models.DateTimeField(),
                    ),
                ),
                ("origin", models.TextField()),
                ("size", models.BigIntegerField()),
                ("root", models.BinaryField()),
                ("at", models.DateTimeField()),
                ("key_type", models.SmallIntegerField()),
                ("note", models.TextField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization_id", "size", "at"], name="evidence_checkpoint_size")],
            },
        ),
        migrations.CreateModel(
            name="KeyChain",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=organizations.gate.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "organization_id",
                    models.UUIDField(db_default=organizations.gate.expressions.Tenant(), editable=False),
                ),
                ("stream", models.TextField()),
                ("week", models.TextField()),
                ("provider", models.TextField()),
                ("wrapped_key", models.BinaryField()),
                ("destroyed_at", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("destroyed_at__isnull", True)),
                        fields=("organization_id", "stream", "week"),
                        name="evidence_keychain_one_live",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Record",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=organizations.gate.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "organization_id",
                    models.UUIDField(db_default=organizations.gate.expressions.Tenant(), editable=False),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=organizations.gate.expressions.ClockTimestamp(), editable=False),
                ),
                (
                    "simulated_at",
                    models.DateTimeField(
                        db_default=organizations.gate.expressions.SimulatedNow(), editable=False, null=True
                    ),
                ),
                (
                    "known_at",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Coalesce("simulated_at", "recorded_at"),
                        output_field=models.DateTimeField(),
                    ),
                ),
                ("seq", models.BigIntegerField()),
                ("stream", models.TextField()),
                ("connection_id", models.UUIDField(null=True)),
                ("page", models.IntegerField()),
                ("object_id", models.UUIDField()),
                ("ct_sha256", models.BinaryField()),
                ("ct_len", models.BigIntegerField()),
                ("body_size", models.BigIntegerField()),
                ("codec", models.SmallIntegerField()),
                ("observed_at", models.DateTimeField()),
                ("sealed_at", models.DateTimeField()),
                ("simulated", models.BooleanField()),
                (
                    "chain",
                    organizations.gate.fields.Reference(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="evidence.keychain",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization_id", "stream", "-seq"], name="evidence_record_stream"),
                    models.Index(
                        fields=["organization_id", "chain", "codec", "page", "-seq"], name="evidence_record_bases"
                    ),
                    models.Index(fields=["organization_id", "known_at"], name="evidence_record_known"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization_id", "seq"), name="evidence_record_one_per_leaf"),
                    models.UniqueConstraint(
                        fields=("organization_id", "object_id"), name="evidence_record_one_per_object"
                    ),
                ],
            },
        ),
        GuardTable("KeyChain", "queue", updates=("wrapped_key", "destroyed_at")),
        GuardTable("Record", "ledger"),
        GuardTable(
            "Checkpoint",
            "ledger",
            signer_inserts=(
                "organization_id",
                "id",
                "simulated_at",
                "origin",
                "size",
                "root",
                "at",
                "key_type",
                "note",
            ),
        ),
        # The signer alone writes checkpoints. Repeat this after a later GuardTable("Checkpoint", ...).
        migrations.RunSQL(
            sql="revoke insert on app.evidence_checkpoint from app_rt",
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
