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
            name="Coverage",
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
                ("connection_id", models.UUIDField()),
                ("stream", models.TextField()),
                ("pull_id", models.UUIDField()),
                ("outcome", models.TextField()),
                ("reason", models.TextField(blank=True)),
                ("started_at", models.DateTimeField()),
                ("observed_at", models.DateTimeField()),
                ("fresh_until", models.DateTimeField()),
                ("pages", models.IntegerField()),
                ("items", models.IntegerField()),
                ("population", models.IntegerField()),
                ("calls", models.IntegerField()),
                ("bytes_sealed", models.BigIntegerField()),
                ("completeness_rule", models.TextField(blank=True)),
                ("second_count", models.IntegerField(null=True)),
                ("collector_version", models.TextField()),
                ("credential_identity", models.TextField()),
                ("account", models.TextField()),
                ("seals", models.JSONField(default=list)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        fields=["organization_id", "stream", "connection_id", "observed_at"],
                        name="inventory_coverage_source",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization_id", "pull_id", "stream"), name="inventory_coverage_pull"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactVersion",
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
                ("connection_id", models.UUIDField()),
                ("stream", models.TextField()),
                ("kind", models.TextField()),
                ("key", models.TextField()),
                ("present", models.BooleanField()),
                ("payload", models.JSONField()),
                ("digest", models.TextField()),
                ("seal", models.BigIntegerField()),
                ("observed_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        fields=["organization_id", "kind", "key", "observed_at"], name="inventory_factversion_line"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CurrentFact",
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
                ("connection_id", models.UUIDField()),
                ("stream", models.TextField()),
                ("kind", models.TextField()),
                ("key", models.TextField()),
                ("digest", models.TextField()),
                (
                    "version",
                    organizations.gate.fields.Reference(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="inventory.factversion",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization_id", "connection_id", "stream", "kind", "key"),
                        name="inventory_currentfact_one",
                    )
                ],
            },
        ),
        GuardTable("Coverage", "ledger"),
        GuardTable("FactVersion", "ledger"),
        GuardTable("CurrentFact", "projection"),
    ]
