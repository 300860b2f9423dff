"""Schema `sec` and the log: the gate itself, before any organization table."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "gate" / "sql"


def _file(name: str) -> str:
    return (SQL / name).read_text(encoding="utf-8")


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.RunSQL(
            "".join(
                _file(name)
                for name in (
                    "010_tables.sql",
                    "020_context.sql",
                    "030_people.sql",
                    "040_machines.sql",
                    "045_opening.sql",
                    "050_log.sql",
                )
            ),
            _file("900_drop.sql"),
        ),
    ]
