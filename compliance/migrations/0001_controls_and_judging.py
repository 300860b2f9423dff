import django.db.models.deletion
import django.db.models.functions.comparison
import organizations.gate.expressions
import organizations.gate.fields
import organizations.gate.identifiers
from django.db import migrations, models

from organizations.gate.operations import GuardTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("organizations", "0002_members"),
    ]

    operations = [
        migrations.CreateModel(
            name="CheckInForce",
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
                ("check_id", models.TextField()),
                ("connection_id", models.UUIDField()),
                ("check_version", models.TextField()),
                ("parameters_version", models.TextField()),
                ("parameters", models.JSONField()),
                ("observed_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        fields=["organization_id", "connection_id", "check_id", "observed_at"],
                        name="compliance_checkinforce_line",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CheckParameters",
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
                ("check_id", models.TextField()),
                ("version", models.IntegerField()),
                ("values", models.JSONField()),
                ("effective_at", models.DateTimeField()),
                ("actor_id", models.UUIDField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization_id", "check_id", "version"), name="compliance_checkparameters_number"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Control",
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
                ("key", models.TextField()),
                ("origin", models.TextField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("organization_id", "key"), name="compliance_control_key")
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
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
                ("check_id", models.TextField()),
                ("check_version", models.TextField()),
                ("parameters_version", models.TextField()),
                ("scope_version", models.IntegerField()),
                ("control_versions", models.JSONField()),
                ("connection_id", models.UUIDField()),
                ("resource_kind", models.TextField()),
                ("resource_key", models.TextField()),
                ("occurred_at", models.DateTimeField()),
                ("revision", models.IntegerField()),
                ("outcome", models.TextField()),
                ("reason", models.TextField()),
                ("seal", models.BigIntegerField()),
                ("fact_id", models.UUIDField()),
                ("observed_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization_id", "check_id", "occurred_at"], name="compliance_event_time")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "organization_id",
                            "check_id",
                            "connection_id",
                            "resource_key",
                            "occurred_at",
                            "revision",
                        ),
                        name="compliance_event_one",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Flip",
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
                ("check_id", models.TextField()),
                ("check_version", models.TextField()),
                ("parameters_version", models.TextField()),
                ("scope_version", models.IntegerField()),
                ("control_versions", models.JSONField()),
                ("connection_id", models.UUIDField()),
                ("resource_kind", models.TextField()),
                ("resource_key", models.TextField()),
                ("before", models.TextField(blank=True)),
                ("outcome", models.TextField()),
                ("reason", models.TextField()),
                ("seal", models.BigIntegerField()),
                ("fact_id", models.UUIDField()),
                ("observed_at", models.DateTimeField()),
                ("failing_since", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        fields=["organization_id", "check_id", "connection_id", "resource_key", "observed_at"],
                        name="compliance_flip_line",
                    ),
                    models.Index(fields=["organization_id", "check_id", "observed_at"], name="compliance_flip_time"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ObservationWindow",
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
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("zone", models.TextField()),
                ("actor_id", models.UUIDField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization_id", "recorded_at"], name="compliance_window_line")],
            },
        ),
        migrations.CreateModel(
            name="Occurrence",
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
                ("control_version", models.IntegerField()),
                ("part_id", models.TextField()),
                ("opens_at", models.DateTimeField()),
                ("at_risk_at", models.DateTimeField()),
                ("due_on", models.DateField()),
                ("due_at", models.DateTimeField()),
                (
                    "control",
                    organizations.gate.fields.Reference(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="compliance.control",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Performance",
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
                ("performed_at", models.DateTimeField()),
                ("seal", models.BigIntegerField(null=True)),
                (
                    "member",
                    organizations.gate.fields.Reference(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="organizations.member",
                    ),
                ),
                (
                    "occurrence",
                    organizations.gate.fields.Reference(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="compliance.occurrence",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Register",
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
                ("name", models.TextField()),
                ("opened_at", models.DateTimeField()),
                ("actor_id", models.UUIDField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("organization_id", "name"), name="compliance_register_name")
                ],
            },
        ),
        migrations.CreateModel(
            name="Approval",
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
                ("subject", models.TextField()),
                ("reason", models.TextField()),
                ("approved_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(null=True)),
                (
                    "approved_by",
                    organizations.gate.fields.Reference(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="organizations.member",
                    ),
                ),
                (
                    "register",
                    organizations.gate.fields.Reference(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="compliance.register",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="ControlOwner",
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
                ("since", models.DateTimeField()),
                ("actor_id", models.UUIDField()),
                (
                    "control",
                    organizations.gate.fields.Reference(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="compliance.control",
                    ),
                ),
                (
                    "member",
                    organizations.gate.fields.Reference(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="organizations.member",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization_id", "control", "since"], name="compliance_controlowner_line")
                ],
            },
        ),
        migrations.CreateModel(
            name="ControlVersion",
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
                ("version", models.IntegerField()),
                ("effective_at", models.DateTimeField()),
                ("title", models.TextField()),
                ("statement", models.TextField()),
                ("criteria", models.JSONField()),
                ("lane", models.TextField()),
                ("duty", models.JSONField()),
                ("frequency", models.TextField()),
                ("typical_exception", models.TextField(blank=True)),
                ("checks", models.JSONField()),
                ("manual", models.JSONField()),
                ("actor_id", models.UUIDField()),
                (
                    "control",
                    organizations.gate.fields.Reference(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="compliance.control",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization_id", "control", "version"), name="compliance_controlversion_number"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CurrentOutcome",
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
                ("check_id", models.TextField()),
                ("connection_id", models.UUIDField()),
                ("resource_kind", models.TextField()),
                ("resource_key", models.TextField()),
                ("outcome", models.TextField()),
                ("reason", models.TextField()),
                ("seal", models.BigIntegerField()),
                ("fact_id", models.UUIDField()),
                ("since", models.DateTimeField()),
                ("failing_since", models.DateTimeField(null=True)),
                ("valid_until", models.DateTimeField(null=True)),
                (
                    "flip",
                    organizations.gate.fields.Reference(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="compliance.flip",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("valid_until__isnull", False)),
                        fields=["organization_id", "valid_until"],
                        name="compliance_outcome_valid",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization_id", "connection_id", "check_id", "resource_key"),
                        name="compliance_currentoutcome_one",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="occurrence",
            index=models.Index(fields=["organization_id", "due_at"], name="compliance_occurrence_due"),
        ),
        migrations.AddConstraint(
            model_name="occurrence",
            constraint=models.UniqueConstraint(
                fields=("organization_id", "control", "part_id", "due_on"), name="compliance_occurrence_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="performance",
            constraint=models.UniqueConstraint(
                fields=("organization_id", "occurrence"), name="compliance_performance_one"
            ),
        ),
        migrations.AddIndex(
            model_name="approval",
            index=models.Index(fields=["organization_id", "register", "approved_at"], name="compliance_approval_line"),
        ),
        GuardTable("Control", "ledger"),
        GuardTable("ControlVersion", "ledger"),
        GuardTable("ControlOwner", "ledger"),
        GuardTable("ObservationWindow", "ledger"),
        GuardTable("CheckParameters", "ledger"),
        GuardTable("CheckInForce", "ledger"),
        GuardTable("Flip", "ledger"),
        GuardTable("Event", "ledger"),
        GuardTable("Occurrence", "ledger"),
        GuardTable("Performance", "ledger"),
        GuardTable("Register", "ledger"),
        GuardTable("Approval", "ledger"),
        GuardTable("CurrentOutcome", "projection"),
    ]
