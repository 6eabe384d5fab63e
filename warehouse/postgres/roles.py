"""Who may do what on PostgreSQL: group roles with the least that each needs, and row-level security by login.

Readers never touch a table. The views belong to a role of their own, which alone may read tables, and of them only the
rows that the reader's entry in ``warehouse.reader`` admits: evaluators the masked views of their counties, departments
and townships their own findings.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import Connection, Table, inspect, select, text

from expectations.errors import NotYetError, RequestError, UnknownError, ValueRefusedError
from warehouse.books.append_only import LOGS
from warehouse.books.connection import BOOKS
from warehouse.books.schema import metadata as books_metadata
from warehouse.evaluation.pseudonyms import RecipientKey
from warehouse.evaluation.views import EVALUATION
from warehouse.postgres.tables import finding_text, publication, reader, recipient
from warehouse.postgres.views import OFFICE, VIEW_SCHEMAS, is_secured
from warehouse.sql import literal
from warehouse.tables import SCHEMA, TABLES
from warehouse.tables.runs import fact_finding, fact_load

Kind = Literal["evaluator", "department", "township"]

ALL_COUNTIES: Final = "*"
LIMITS: Final = {
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "60s",
    "lock_timeout": "5s",
    "default_transaction_read_only": "on",
    "temp_file_limit": "2GB",
}
"""What a reader's session begins with. A reader can lengthen the time-outs (PostgreSQL lets it), not the last one."""

_CONNECTIONS: Final = 8
_PATIENCE: Final = "10s"
_CLOSED_FUNCTIONS: Final = r"""SELECT oid::regprocedure::text FROM pg_proc
WHERE pronamespace = 'pg_catalog'::regnamespace AND (
  proname LIKE 'lo\_%' OR proname IN ('lowrite', 'loread') OR proname LIKE 'pg\_%advisory%lock%'
  OR proname IN ('pg_relation_size', 'pg_table_size', 'pg_indexes_size', 'pg_total_relation_size')
  OR proname ~ '^pg_stat_get_(xact_)?(numscans|lastscan|tuples|blocks|live_|dead_|mod_since|ins_since)'
  OR proname ~ '^pg_stat_get_(last_)?(auto)?(vacuum|analyze)'
) ORDER BY 1"""
"""Large objects, locks that a publisher takes, sizes of tables and what was counted of them."""


@dataclass(frozen=True)
class Roles:
    """The group roles, none of which can log in. ``prefix`` tells installations on one server apart."""

    prefix: str = "liangxian"

    def __post_init__(self) -> None:
        """Names go into statements as they are."""
        if not self.prefix.isidentifier() or not self.prefix.isascii():
            raise ValueRefusedError(f"{self.prefix!r} is no prefix of role names: letters, digits and _ only")

    @property
    def owner(self) -> str:
        """Owns schemas and tables; runs migrations."""
        return f"{self.prefix}_owner"

    @property
    def loader(self) -> str:
        """The night: books and loading."""
        return f"{self.prefix}_loader"

    @property
    def views(self) -> str:
        """Owns the views; nobody is a member."""
        return f"{self.prefix}_views"

    def reading(self, kind: Kind) -> str:
        """What a kind of reader is a member of."""
        return f"{self.prefix}_{kind}"

    @property
    def all(self) -> tuple[str, ...]:
        """Every role."""
        kinds: tuple[Kind, ...] = ("evaluator", "department", "township")
        return (self.owner, self.loader, self.views, *(self.reading(kind) for kind in kinds))


def grant_roles(connection: Connection, roles: Roles) -> None:
    """Make the roles and give each what it needs; again after each migration. Needs a superuser.

    Readers' sessions begin with their limits again, whatever they set for themselves. Raises UnavailableError where
    somebody's statement holds a table for longer than _PATIENCE: what waits for it would keep all readers waiting.
    """
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {literal(_PATIENCE)}")
    for statement in _statements(connection, roles):
        connection.exec_driver_sql(statement)
    for login, kind in connection.execute(select(reader.c.role, reader.c.kind).distinct().order_by(reader.c.role)):
        if _is_there(connection, login):
            _limit(connection, login, kind)


def databases_open_to_all(connection: Connection) -> list[str]:
    """Other databases of the server that every login may connect to: readers too, until PUBLIC loses the right."""
    asked = """SELECT datname FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) AS granted
WHERE datallowconn AND datname <> current_database() AND grantee = 0 AND privilege_type = 'CONNECT' ORDER BY 1"""
    return [name for (name,) in connection.execute(text(asked))]


def admit_reader(
    connection: Connection,
    roles: Roles,
    login: str,
    kind: Kind,
    counties: Sequence[str],
    *,
    department: str | None = None,
    township_code: str | None = None,
    key: RecipientKey | None = None,
) -> None:
    """Let a login, made by the database's administrator, read what its kind may read of ``counties`` (``*``: all).

    An evaluator reads under ``key``, and so do all logins of that recipient from then on. What the login could read
    before is withdrawn. Raises RequestError where a department, township or key is missing or too much, UnknownError
    where nobody made the login.
    """
    needed = {"department": department, "township": township_code, "evaluator": key}
    if any((kind == of) != (given is not None) for of, given in needed.items()):
        raise RequestError(f"a {kind} is admitted with {_NEEDS[kind]}")
    dismiss_reader(connection, roles, login)
    name = _quoted(connection, login)
    connection.exec_driver_sql(f"GRANT {roles.reading(kind)} TO {name}")
    _limit(connection, login, kind)
    own = {"role": login, "kind": kind, "department": department, "township_code": township_code}
    own["recipient"] = key.recipient if key is not None else None
    connection.execute(reader.insert(), [{**own, "county": county} for county in counties])
    if key is not None:
        inner, outer = key.pads
        row = {"key_id": key.key_id, "inner_pad": inner, "outer_pad": outer, "seed": key.seed}
        connection.execute(recipient.delete().where(recipient.c.recipient == key.recipient))
        connection.execute(recipient.insert(), {"recipient": key.recipient, **row})


def evaluators_without_recipient(connection: Connection) -> list[str]:
    """Logins that an earlier release admitted: they read nothing until they are admitted for a recipient."""
    asked = select(reader.c.role).distinct().where(reader.c.kind == "evaluator", reader.c.recipient.is_(None))
    return list(connection.scalars(asked.order_by(reader.c.role)))


def admit_loader(connection: Connection, roles: Roles, login: str) -> None:
    """Let a login run the night. It passes by row security, for COPY cannot load a table otherwise; its rights stay.

    Raises UnknownError where nobody made the login.
    """
    name = _known(connection, roles, login)
    connection.exec_driver_sql(f"GRANT {roles.loader} TO {name}")
    connection.exec_driver_sql(f"ALTER ROLE {name} BYPASSRLS")


def dismiss_reader(connection: Connection, roles: Roles, login: str) -> None:
    """Take from a login all that it could read; the login itself stays. Raises UnknownError."""
    name = _known(connection, roles, login)
    for kind in _NEEDS:
        connection.exec_driver_sql(f"REVOKE {roles.reading(kind)} FROM {name}")
    connection.execute(reader.delete().where(reader.c.role == login))
    in_use = select(reader.c.recipient).where(reader.c.recipient.is_not(None))
    connection.execute(recipient.delete().where(recipient.c.recipient.not_in(in_use)))


def _limit(connection: Connection, login: str, kind: str) -> None:
    """What a reader's sessions begin with; what else the reader had set for them is gone."""
    name = _quoted(connection, login)
    schema = EVALUATION if kind == "evaluator" else OFFICE
    connection.exec_driver_sql(f"ALTER ROLE {name} RESET ALL")
    connection.exec_driver_sql(f"ALTER ROLE {name} IN DATABASE {_database(connection)} RESET ALL")
    for setting, value in LIMITS.items():
        connection.exec_driver_sql(f"ALTER ROLE {name} SET {setting} = {literal(value)}")
    connection.exec_driver_sql(f"ALTER ROLE {name} SET search_path = {schema}")
    connection.exec_driver_sql(f"ALTER ROLE {name} CONNECTION LIMIT {_CONNECTIONS}")


_NEEDS: Final[dict[Kind, str]] = {
    "evaluator": "a recipient, whose numbers it reads",
    "department": "a department",
    "township": "a township code",
}


def _known(connection: Connection, roles: Roles, login: str) -> str:
    """The quoted name of a login that the database's administrator has made.

    Raises UnknownError, and NotYetError before the group roles were made.
    """
    if not all(_is_there(connection, role) for role in roles.all):
        raise NotYetError(
            f"the roles {roles.prefix}_… are not there", advice="as a superuser: liangxian database grant"
        )
    if not _is_there(connection, login):
        raise UnknownError("login", login)
    return _quoted(connection, login)


def _is_there(connection: Connection, role: str) -> bool:
    return bool(connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}).scalar())


def _database(connection: Connection) -> str:
    return _quoted(connection, str(connection.engine.url.database))


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote_identifier(name)


def _statements(connection: Connection, roles: Roles) -> Iterator[str]:
    for role in roles.all:
        if not _is_there(connection, role):
            yield f"CREATE ROLE {role} NOLOGIN"
    yield from _closed_to_all(connection, roles)
    yield from _ownership(connection, roles)
    yield from _loading(connection, roles)
    for table in (*TABLES, finding_text):
        yield from _row_security(table, roles)
    for table in (reader, recipient):
        yield f"GRANT SELECT ON {table.fullname} TO {roles.views}"
    for schema, kinds in ((EVALUATION, ("evaluator",)), (OFFICE, ("department", "township"))):
        for kind in kinds:
            yield f"GRANT USAGE ON SCHEMA {schema} TO {roles.prefix}_{kind}"
            yield f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {roles.prefix}_{kind}"


def _closed_to_all(connection: Connection, roles: Roles) -> Iterator[str]:
    """What PostgreSQL gives to everybody: connecting, temporary tables, the public schema, large objects, counters.

    Counters and sizes of tables whose rows nobody may see say how many there are, and what others ask.
    """
    database = _database(connection)
    yield f"REVOKE ALL ON DATABASE {database} FROM PUBLIC"
    yield f"GRANT CONNECT ON DATABASE {database} TO {', '.join(roles.all)}"
    yield "REVOKE ALL ON SCHEMA public FROM PUBLIC"
    for (function,) in connection.execute(text(_CLOSED_FUNCTIONS)).all():
        yield f"REVOKE EXECUTE ON FUNCTION pg_catalog.{function} FROM PUBLIC"
        if function.startswith("pg_stat"):
            yield f"GRANT EXECUTE ON FUNCTION pg_catalog.{function} TO pg_monitor"
        if "advisory" in function:
            yield f"GRANT EXECUTE ON FUNCTION pg_catalog.{function} TO {roles.loader}, {roles.owner}"


def _ownership(connection: Connection, roles: Roles) -> Iterator[str]:
    """Tables belong to the owner, views to a role that may read tables within row-level security."""
    yield f"ALTER SCHEMA {SCHEMA} OWNER TO {roles.owner}"
    names = inspect(connection).get_table_names(schema=SCHEMA)
    yield from (f"ALTER TABLE {SCHEMA}.{name} OWNER TO {roles.owner}" for name in sorted(names))
    for schema in VIEW_SCHEMAS:
        yield f"ALTER SCHEMA {schema} OWNER TO {roles.owner}"
        yield f"GRANT USAGE, CREATE ON SCHEMA {schema} TO {roles.views}"
        for view in sorted(inspect(connection).get_view_names(schema=schema)):
            yield f"ALTER VIEW {schema}.{view} OWNER TO {roles.views}"
        yield f"REVOKE CREATE ON SCHEMA {schema} FROM {roles.views}"
    yield f"GRANT USAGE ON SCHEMA {SCHEMA} TO {roles.views}"


def _loading(connection: Connection, roles: Roles) -> Iterator[str]:
    """The loader replaces rows and moves the pointer; it cannot say who may read, or change what was logged."""
    yield f"GRANT USAGE ON SCHEMA {SCHEMA} TO {roles.loader}"
    for table in (*TABLES, publication, finding_text):
        yield f"GRANT SELECT, INSERT, DELETE ON {table.fullname} TO {roles.loader}"
    yield f"GRANT SELECT ON {SCHEMA}.alembic_version TO {roles.loader}"
    there = set(inspect(connection).get_table_names(schema=BOOKS))
    if not there:
        return
    yield f"GRANT USAGE ON SCHEMA {BOOKS} TO {roles.loader}"
    yield f"GRANT SELECT ON ALL TABLES IN SCHEMA {BOOKS} TO {roles.loader}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {BOOKS} TO {roles.loader}"
    for name in sorted(there & set(books_metadata.tables)):
        rights = "INSERT" if name in LOGS else "INSERT, UPDATE, DELETE"
        yield f"GRANT {rights} ON {BOOKS}.{name} TO {roles.loader}"


def _row_security(table: Table, roles: Roles) -> Iterator[str]:
    """The views see the rows of whoever asks. Tables without a county hold nobody's data."""
    name = table.fullname
    yield f"GRANT SELECT ON {name} TO {roles.views}"
    if not is_secured(table):
        return
    yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
    yield f"DROP POLICY IF EXISTS reading ON {name}"
    admitted = [_admitted("evaluator") if table is fact_load else _OF_LOADED]
    if table is fact_finding:
        admitted += [_admitted("department", "owner", "department"), _admitted("township", "township_code")]
    yield f"CREATE POLICY reading ON {name} FOR SELECT TO {roles.views} USING ({' OR '.join(admitted)})"


_OF_LOADED: Final = f"county = ANY (ARRAY(SELECT DISTINCT l.county FROM {fact_load.fullname} l))"
"""The counties whose loads an evaluator may see: one list a statement, by which an index on the county can be used."""


def _admitted(kind: Kind, column: str = "", entry: str = "") -> str:
    """Whether the row is one of the counties (and the department or township) of the login that asks."""
    own = f"(SELECT r.county{', r.' + (entry or column) if column else ''} FROM {reader.fullname} r"
    own += f" WHERE r.role = current_user::text AND r.kind = {literal(kind)}"
    own += " AND NOT r.recipient IS NULL)" if kind == "evaluator" else ")"
    if not column:
        return f"county IN {own} OR {literal(ALL_COUNTIES)} IN {own}"
    return f"(county, {column}) IN {own} OR ({literal(ALL_COUNTIES)}, {column}) IN {own}"
