"""Attacks that want to read A's rows, or learn of them, while bound to B."""

from __future__ import annotations

import psycopg

from tests.isolation.ground import Ground, rows, value
from tests.isolation.vectors.registry import vector

RECORDS = "select stream from app.evidence_record where organization_id = %s"


@vector("R01", threat="2.2")
def read_foreign(at: Ground):
    """Read A's rows by naming A's organization_id."""
    return rows(at.mallory(), RECORDS, (at.a.id,))


@vector("R02", threat="3.51")
def read_by_id(at: Ground):
    """Read one row of A by its known primary key."""
    return rows(at.mallory(), "select * from app.evidence_record where id = %s", (at.a.rows["evidence_record"][0],))


@vector("R03", threat="2.34")
def copy_out(at: Ground):
    """Stream a whole table out with COPY TO and look for A's marker."""
    with at.mallory().cursor().copy("copy app.evidence_record to stdout") as stream:
        return at.a.marker.encode() in b"".join(bytes(part) for part in stream)


@vector("R04", threat="2.12")
def divide_by_zero(at: Ground):
    """Let an error tell whether a row of A exists (1/0 only on A's rows)."""
    query = "select count(*) from app.evidence_record where 1 / (case when organization_id = %s then 0 else 1 end) > 0"
    try:
        rows(at.mallory(), query, (at.a.id,))
    except psycopg.errors.DivisionByZero:
        return True
    return False


@vector("R05", threat="2.11")
def cast_error_message(at: Ground):
    """Let the message of a failing cast carry A's text."""
    try:
        rows(
            at.mallory(), "select 1 from app.evidence_record where organization_id = %s and stream::int > 0", (at.a.id,)
        )
    except psycopg.errors.InvalidTextRepresentation as error:
        return at.a.marker in str(error)
    return False


@vector("R06", threat="2.13")
def explain_analyze(at: Ground):
    """Count A's rows by the actual rows of EXPLAIN ANALYZE."""
    plan = value(
        at.mallory(),
        "explain (analyze, format json) select 1 from app.evidence_record where organization_id = %s",
        (at.a.id,),
    )
    return plan[0]["Plan"]["Actual Rows"] > 0


@vector("R07", threat="2.2")
def read_by_position(at: Ground):
    """Walk the first pages of the table by physical row address."""
    query = "select stream from app.evidence_record where ctid = any (array(select format('(%s,%s)', p, i)::tid from generate_series(0, 3) p, generate_series(1, 60) i))"
    return [row for row in rows(at.mallory(), query) if at.a.marker in row[0]]


@vector("R08", refusal="42501", threat="2.14")
def row_versions(at: Ground):
    """Ask currtid2 about row versions, which looks past row-level security."""
    return value(at.mallory(), "select currtid2('app.evidence_record', '(0,1)'::tid)::text") is not None


@vector("R09", threat="2.2")
def sample(at: Ground):
    """Read through TABLESAMPLE, another scan than the usual."""
    return [
        row
        for row in rows(at.mallory(), "select stream from app.evidence_record tablesample system (100)")
        if at.a.marker in row[0]
    ]


@vector("R10", threat="2.2")
def anonymous_code(at: Ground):
    """Read inside an anonymous code block and carry the row out in its error."""
    query = f"""do $$ declare t text; begin
        execute 'select stream from app.evidence_record where organization_id = ''{at.a.id}'' limit 1' into t;
        if t is not null then raise exception using message = t, errcode = 'P0099'; end if; end $$"""
    try:
        at.mallory().execute(query)
    except psycopg.DatabaseError as error:
        return at.a.marker in str(error)
    return False


@vector("R11", threat="2.11")
def query_inside_a_function(at: Ground):
    """Have a text-search function run the query from within the server."""
    query = "select word from ts_stat('select to_tsvector(''simple'', stream) from app.evidence_record')"
    return [row for row in rows(at.mallory(), query) if at.a.marker.split("-")[1] in row[0]]


@vector("R12", threat="2.14")
def planner_samples(at: Ground):
    """Read A's values among the planner's samples of a column."""
    samples = rows(
        at.mallory(),
        "select most_common_vals::text, histogram_bounds::text from pg_stats where schemaname = 'app' and tablename = 'evidence_record'",
    )
    return [row for row in samples if at.a.marker in str(row) or str(at.a.id) in str(row)]


@vector("R13", refusal="42501", threat="2.15")
def raw_statistics(at: Ground):
    """Read the catalog table below the planner's samples."""
    return rows(at.mallory(), "select stavalues1 from pg_statistic where starelid = 'app.evidence_record'::regclass")


@vector("R14", refusal="42501", threat="2.19")
def statements_of_others(at: Ground):
    """Read the SQL text that another connection of the same role is running."""
    at.bound(at.a, "olga").execute("select 'a secret of A'")
    return rows(at.mallory(), "select query from pg_stat_activity where query like '%secret of A%'")


@vector("R15", refusal="42501", threat="2.19")
def statements_by_function(at: Ground):
    """Ask the function below the activity view for another backend's statement."""
    return rows(at.mallory(), "select pg_stat_get_backend_activity(i) from pg_stat_get_backend_idset() i")


@vector("R16", refusal="42501", threat="2.19")
def activity_by_function(at: Ground):
    """Ask the set-returning function that the activity view is made of."""
    return rows(at.mallory(), "select query from pg_stat_get_activity(null)")


@vector("R17", threat="2.16")
def cached_plan(at: Ground):
    """Prepare and cache a plan while bound to A, execute it while bound to B."""
    connection = at.bound(at.a, "olga")
    connection.execute("prepare leak as select stream from app.evidence_record")
    connection.execute("set plan_cache_mode = force_generic_plan")
    for _ in range(6):
        connection.execute("execute leak")
    connection.commit()
    connection.execute("select sec.bind(%s, %s)", (at.b.tokens["mallory"], at.b.id))
    return [row for row in rows(connection, "execute leak") if at.a.marker in row[0]]


@vector("R18", refusal="42501", threat="2.34")
def row_security_off(at: Ground):
    """Switch row security off for the session, as pg_dump does."""
    connection = at.mallory()
    connection.execute("set row_security = off")
    return rows(connection, RECORDS, (at.a.id,))


@vector("R19", refusal="42501", threat="2.5")
def own_view(at: Ground):
    """Create a view in schema app and read through it."""
    connection = at.mallory()
    connection.execute("create view app.all_records as select * from app.evidence_record")
    return rows(connection, "select stream from app.all_records where organization_id = %s", (at.a.id,))


@vector("R20", refusal="42501", threat="2.7")
def materialized_view(at: Ground):
    """Create a materialized view, which cannot carry policies, and read it while bound to B."""
    connection = at.bound(at.a, "olga")
    connection.execute("create materialized view app.kept as select * from app.evidence_record")
    return rows(connection, "select 1 from app.kept")


@vector("R21", refusal="42501", threat="2.36")
def large_object(at: Ground):
    """Store something of A as a large object and read it while bound to B."""
    connection = at.bound(at.a, "olga")
    number = value(connection, "select lo_from_bytea(0, 'of A'::bytea)")
    return value(connection, "select lo_get(%s)", (number,))


@vector("R22", refusal="42501", threat="2.26")
def temporary_table(at: Ground):
    """Keep A's rows in a temporary table for the next user of the connection."""
    connection = at.bound(at.a, "olga")
    connection.execute("create temporary table kept as select * from app.evidence_record")
    connection.commit()
    return rows(connection, "select stream from kept")


@vector("R23", refusal="42501", threat="2.35")
def notify_payload(at: Ground):
    """Send A's data to every listener with pg_notify."""
    listener = at.connect(autocommit=True)
    listener.execute("listen leak")
    sender = at.bound(at.a, "olga")
    sender.execute("select pg_notify('leak', %s)", (at.a.marker,))
    sender.commit()
    return [note.payload for note in listener.notifies(timeout=1, stop_after=1)]


@vector("R24", refusal="42501", threat="2.33")
def sequence_gaps(at: Ground):
    """Read how far a sequence has counted."""
    return value(at.mallory(), "select last_value from app.django_migrations_id_seq") > 0


@vector("R25", refusal="42501", threat="4.2")
def password_hashes(at: Ground):
    """Read password hashes from the sign-in schema as the runtime role."""
    return rows(at.mallory(), "select count(password) from signin.accounts_user")


@vector("R26", refusal="42501", threat="4.2")
def second_factors(at: Ground):
    """Read second-factor secrets from the sign-in schema as the auditor's role."""
    return rows(at.bound(at.a, "vera", "app_audit"), "select count(*) from signin.mfa_authenticator")


@vector("R27", refusal="42501", threat="4.2")
def sessions(at: Ground):
    """Read the session table."""
    return rows(at.mallory(), "select th, user_id from sec.session")


@vector("R28", refusal="42501", threat="4.2")
def customers(at: Ground):
    """Read the list of all organizations."""
    return rows(at.mallory(), "select slug, name from sec.organization where id <> %s", (at.b.id,))


@vector("R29", refusal="42501", threat="4.2")
def everybody(at: Ground):
    """Read who belongs to which organization."""
    return rows(
        at.mallory(), "select user_id, organization_id from sec.membership where organization_id <> %s", (at.b.id,)
    )


@vector("R30", refusal="42501", threat="4.2")
def events_of_all(at: Ground):
    """Read the gate's own events of every organization from their table."""
    return rows(at.mallory(), "select item from sec.event where organization_id = %s", (at.a.id,))


@vector("R31", threat="4.2")
def events_by_function(at: Ground):
    """Read the gate's events through the function, from the first one on."""
    return [
        row
        for row in rows(at.mallory(), "select item::text from sec.events(0)")
        if at.a.slug in row[0] or str(at.a.id) in row[0]
    ]


@vector("R32", threat="4.2")
def members_by_function(at: Ground):
    """Find a member of A among the members that the gate lists."""
    return [row for row in rows(at.mallory(), "select member_id from sec.members()") if row[0] == at.a.members["olga"]]


@vector("R33", threat="4.2")
def foreign_name(at: Ground):
    """Find A's name in what the gate says about the bound organization."""
    return [row for row in rows(at.mallory(), "select name from sec.organization_here()") if at.a.marker in row[0]]


@vector("R34", threat="4.2")
def invitations_by_function(at: Ground):
    """List open invitations and find A's."""
    connection = at.mallory()
    digest = value(connection, "select sha256(%s)", (at.a.invitations["open"],))
    return [row for row in rows(connection, "select th from sec.invitations()") if row[0] == digest]


@vector("R35", threat="2.31")
def organizations_of_a_token(at: Ground):
    """Find A among the organizations that the gate lists for Mallory's session."""
    found = rows(at.connect(), "select id from sec.my_organizations(%s)", (at.b.tokens["mallory"],))
    return [row for row in found if row[0] == at.a.id]


@vector("R36", refusal="42501", threat="2.40")
def applied_migrations(at: Ground):
    """Read which release is installed from the list of migrations."""
    return rows(at.mallory(), "select name from app.django_migrations")


@vector("R37", threat="2.2")
def lock_foreign_rows(at: Ground):
    """Lock A's rows with SELECT FOR UPDATE."""
    return rows(
        at.mallory(), "select id from app.compliance_currentoutcome where organization_id = %s for update", (at.a.id,)
    )
