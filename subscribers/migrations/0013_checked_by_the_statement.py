"""What an import paid for each row is paid once a statement, or not at all. PostgreSQL only.

Foreign keys of subscriptions and consent events to people and newsletters look at one row after
the other, which cost as much as all the rest. Triggers for whole statements hold the same: no row
without its person and its newsletter, whoever writes it, and neither goes while there is one. They
lock what they find as a foreign key does (FOR KEY SHARE), but for people of their own transaction,
whom nobody else can see yet. Unlike Django's foreign keys they do not wait for the end of the
transaction; `subscribers.integrity` is for whoever has to.

One index of addresses does the work of two: the one by bytes answers `=`, too, and holds them
unique. SQLite, whose foreign keys cost little and whose one index is by bytes anyway, stays as it
is.
"""

from django.db import migrations

NO_ORPHANS = """
CREATE OR REPLACE FUNCTION subscribers_no_orphans() RETURNS trigger LANGUAGE plpgsql
-- A plan is kept: one made for a chunk must not read a million people for a single row.
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE complete boolean; others boolean;
BEGIN
    IF current_setting('passalong.loading', true) = 'on' THEN
        RETURN NULL;
    END IF;
    PERFORM FROM subscribers_newsletter
        WHERE id IN (SELECT newsletter_id FROM fresh) FOR KEY SHARE;
    SELECT bool_and(person.id IS NOT NULL), bool_or(person.xmin <> pg_current_xact_id()::xid)
        INTO complete, others
        FROM fresh LEFT JOIN subscribers_subscriber person ON person.id = subscriber_id;
    IF complete AND others THEN
        PERFORM FROM subscribers_subscriber
            WHERE id IN (SELECT subscriber_id FROM fresh) FOR KEY SHARE;
        -- Again, for who was deleted while we waited for the lock.
        complete := NOT EXISTS (SELECT FROM fresh WHERE NOT EXISTS
            (SELECT FROM subscribers_subscriber WHERE id = subscriber_id));
    END IF;
    IF NOT complete OR EXISTS (SELECT FROM (SELECT DISTINCT newsletter_id FROM fresh) one
        WHERE NOT EXISTS (SELECT FROM subscribers_newsletter WHERE id = newsletter_id)) THEN
        RAISE foreign_key_violation USING TABLE = TG_TABLE_NAME, MESSAGE =
            format('a row of %s has no person or no newsletter', TG_TABLE_NAME);
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION subscribers_no_orphans_left() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE left_behind boolean;
BEGIN
    IF TG_ARGV[0] = 'subscriber' THEN
        left_behind := EXISTS (SELECT FROM gone JOIN subscribers_subscription
                ON subscriber_id = gone.id)
            OR EXISTS (SELECT FROM gone JOIN subscribers_consentevent
                ON subscriber_id = gone.id);
    ELSE
        left_behind := EXISTS (SELECT FROM gone JOIN subscribers_subscription
                ON newsletter_id = gone.id)
            OR EXISTS (SELECT FROM gone JOIN subscribers_consentevent
                ON newsletter_id = gone.id);
    END IF;
    IF left_behind THEN
        RAISE foreign_key_violation USING TABLE = TG_TABLE_NAME, MESSAGE =
            format('a row of %s is still referred to', TG_TABLE_NAME);
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION subscribers_no_orphan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM subscribers_subscriber WHERE id = NEW.subscriber_id FOR KEY SHARE;
    IF FOUND THEN
        PERFORM FROM subscribers_newsletter WHERE id = NEW.newsletter_id FOR KEY SHARE;
    END IF;
    IF NOT FOUND THEN
        RAISE foreign_key_violation USING TABLE = TG_TABLE_NAME, MESSAGE =
            format('a row of %s has no person or no newsletter', TG_TABLE_NAME);
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION subscribers_keeps_its_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE foreign_key_violation USING TABLE = TG_TABLE_NAME, MESSAGE =
        format('a row of %s keeps its number', TG_TABLE_NAME);
END $$;
"""
TAKE_BACK_FUNCTIONS = """
DROP FUNCTION subscribers_no_orphans();
DROP FUNCTION subscribers_no_orphans_left();
DROP FUNCTION subscribers_no_orphan();
DROP FUNCTION subscribers_keeps_its_number();
"""
# As Django named them.
FOREIGN_KEYS = {
    "subscribers_subscription": {
        "subscriber": "subscribers_subscrip_subscriber_id_cb6308c8_fk_subscribe",
        "newsletter": "subscribers_subscrip_newsletter_id_28a35964_fk_subscribe",
    },
    "subscribers_consentevent": {
        "subscriber": "subscribers_consente_subscriber_id_01b228fe_fk_subscribe",
        "newsletter": "subscribers_consente_newsletter_id_6b058553_fk_subscribe",
    },
}
WATCHED_CHILD = """
CREATE OR REPLACE TRIGGER no_orphans AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION subscribers_no_orphans();
CREATE OR REPLACE TRIGGER no_orphan AFTER UPDATE OF subscriber_id, newsletter_id ON {table}
    FOR EACH ROW WHEN (OLD.subscriber_id <> NEW.subscriber_id
        OR OLD.newsletter_id <> NEW.newsletter_id)
    EXECUTE FUNCTION subscribers_no_orphan();
ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {subscriber}, DROP CONSTRAINT IF EXISTS {newsletter};
"""
UNWATCHED_CHILD = """
DROP TRIGGER no_orphans ON {table};
DROP TRIGGER no_orphan ON {table};
ALTER TABLE {table}
    ADD CONSTRAINT {subscriber} FOREIGN KEY (subscriber_id)
        REFERENCES subscribers_subscriber (id) DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT {newsletter} FOREIGN KEY (newsletter_id)
        REFERENCES subscribers_newsletter (id) DEFERRABLE INITIALLY DEFERRED;
"""
WATCHED_PARENT = """
CREATE OR REPLACE TRIGGER no_orphans_left AFTER DELETE ON subscribers_{name} REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION subscribers_no_orphans_left('{name}');
CREATE OR REPLACE TRIGGER keeps_its_number AFTER UPDATE OF id ON subscribers_{name}
    FOR EACH ROW WHEN (OLD.id <> NEW.id) EXECUTE FUNCTION subscribers_keeps_its_number();
"""
UNWATCHED_PARENT = """
DROP TRIGGER no_orphans_left ON subscribers_{name};
DROP TRIGGER keeps_its_number ON subscribers_{name};
"""
# By bytes, as Django makes it beside the constraint for whoever asks with LIKE.
BY_BYTES = "subscribers_subscriber_address_bd1a9bad_like"
ONE_INDEX = [
    # An attempt that was broken off leaves one that is not valid.
    "DROP INDEX CONCURRENTLY IF EXISTS one_person_an_address",
    "CREATE UNIQUE INDEX CONCURRENTLY one_person_an_address"
    " ON subscribers_subscriber (address varchar_pattern_ops)",
    "ALTER TABLE subscribers_subscriber"
    " DROP CONSTRAINT IF EXISTS subscribers_subscriber_address_key",
    f"DROP INDEX CONCURRENTLY IF EXISTS {BY_BYTES}",
]
TWO_INDEXES = [
    f"CREATE INDEX CONCURRENTLY {BY_BYTES} ON subscribers_subscriber (address varchar_pattern_ops)",
    "ALTER TABLE subscribers_subscriber"
    " ADD CONSTRAINT subscribers_subscriber_address_key UNIQUE (address)",
    "DROP INDEX CONCURRENTLY one_person_an_address",
]


class OnPostgreSQL(migrations.RunSQL):
    """SQL that another database has no use for."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)


class Migration(migrations.Migration):
    # An index that is made beside who writes. Each step holds by itself, the triggers of a table
    # being there before its foreign keys go, and can be done again where it was broken off.
    atomic = False

    dependencies = [("subscribers", "0012_embedding_sites")]

    operations = [
        OnPostgreSQL(NO_ORPHANS, TAKE_BACK_FUNCTIONS),
        *(
            OnPostgreSQL(WATCHED_PARENT.format(name=name), UNWATCHED_PARENT.format(name=name))
            for name in ("subscriber", "newsletter")
        ),
        *(
            OnPostgreSQL(
                WATCHED_CHILD.format(table=table, **names),
                UNWATCHED_CHILD.format(table=table, **names),
            )
            for table, names in FOREIGN_KEYS.items()
        ),
        OnPostgreSQL(ONE_INDEX, TWO_INDEXES),
    ]
