"""``liangxian database``: the warehouse on PostgreSQL, and who may read what of it."""

from enum import StrEnum
from typing import Annotated, cast

import typer

from pipelines.commands.options import Home
from pipelines.commands.printing import err, out
from pipelines.commands.recipients import known_recipient
from pipelines.commands.targets import DEFAULT_HOME
from pipelines.house.language import say
from warehouse.secret_values import DATABASE_URL, secret_value

database_app = typer.Typer(no_args_is_help=True, help="The warehouse on PostgreSQL (LIANGXIAN_DATABASE_URL).")


class LoginKind(StrEnum):
    """What a login is for."""

    EVALUATOR = "evaluator"
    DEPARTMENT = "department"
    TOWNSHIP = "township"
    LOADER = "loader"


RolePrefix = Annotated[str, typer.Option("--prefix", help="What the names of the group roles begin with.")]


@database_app.command("publish")
def database_publish(home: Home = DEFAULT_HOME) -> None:
    """Migrate the tables where that is due, and load the version that is published in the home."""
    from warehouse.lake import Lake
    from warehouse.postgres.loading import publish_to_postgres

    publication = publish_to_postgres(Lake(home), _database_url())
    replaced = len(publication.replaced)
    zh = f"第{publication.number}版，快照 {publication.snapshot}，替换{replaced}部分"
    out.print(say(zh, f"version {publication.number}, snapshot {publication.snapshot}, {replaced} parts replaced"))


@database_app.command("grant")
def database_grant(prefix: RolePrefix = "liangxian") -> None:
    """Make the group roles, give each its rights and set row security; as a superuser, again after each migration."""
    from warehouse.postgres.roles import (
        Roles,
        databases_open_to_all,
        evaluators_without_recipient,
        grant_roles,
    )
    from warehouse.postgres.schema import open_store

    store = open_store(_database_url())
    with store.begin() as connection:
        grant_roles(connection, Roles(prefix))
        others = ", ".join(databases_open_to_all(connection))
        waiting = ", ".join(evaluators_without_recipient(connection))
    store.dispose()
    out.print(say(f"组角色 {prefix}_… 的权限已设好", f"the roles {prefix}_… have their rights"), markup=False)
    if others:
        zh = f"读者还可以连接同一服务器上的数据库 {others}：请执行 REVOKE CONNECT ON DATABASE … FROM PUBLIC"
        en = f"readers can also connect to databases {others} of this server: REVOKE CONNECT ON DATABASE … FROM PUBLIC"
        err.print(say(zh, en))
    if waiting:
        zh = f"评估登录名 {waiting} 还没有接收方，读不到任何行：请执行 database admit … --recipient"
        en = f"evaluators {waiting} have no recipient and read nothing: database admit … --recipient"
        err.print(say(zh, en), markup=False)


@database_app.command("admit")
def database_admit(
    login: Annotated[str, typer.Argument(help="A login that the database's administrator has made.")],
    kind: Annotated[LoginKind, typer.Option("--kind", help="What the login is for.")],
    counties: Annotated[
        list[str] | None, typer.Option("--county", help="County code, once for each; * for all. Not for a loader.")
    ] = None,
    department: Annotated[str | None, typer.Option("--department", help="Of a department's login.")] = None,
    township: Annotated[str | None, typer.Option("--township", help="9-digit code, of a township's login.")] = None,
    recipient: Annotated[
        str | None,
        typer.Option("--recipient", help="Whose numbers and pseudonyms an evaluator reads."),
    ] = None,
    home: Home = DEFAULT_HOME,
    prefix: RolePrefix = "liangxian",
) -> None:
    """Let a login read what its kind may read (what it could read before is withdrawn), or run the night (loader)."""
    from warehouse.evaluation.pseudonyms import recipient_key
    from warehouse.lake import Lake
    from warehouse.loading.errors import NothingPublishedError
    from warehouse.loading.versions import published_version
    from warehouse.postgres.roles import Kind, Roles, admit_loader, admit_reader
    from warehouse.postgres.schema import open_store

    if (kind is LoginKind.LOADER) != (not counties):
        raise typer.BadParameter("a reader needs one at least, a loader none", param_hint="--county")
    if (kind is LoginKind.EVALUATOR) != (recipient is not None):
        raise typer.BadParameter("an evaluator needs one, others none", param_hint="--recipient")
    url, lake, key = _database_url(), Lake(home), None
    if recipient is not None:
        name = known_recipient(recipient)
        if published_version(lake) is None:
            raise NothingPublishedError()
        key = recipient_key(lake, name)
    store = open_store(url)
    with store.begin() as connection:
        if kind is LoginKind.LOADER:
            admit_loader(connection, Roles(prefix), login)
        else:
            admit_reader(
                connection,
                Roles(prefix),
                login,
                cast(Kind, kind.value),
                counties or (),
                department=department,
                township_code=township,
                key=key,
            )
    store.dispose()
    of = "、".join(counties or ())
    zh = f"{login} 现在可以执行每夜比对" if not of else f"{login} 现在可以读：{of}"
    en = f"{login} can run the night now" if not of else f"{login} can read now: {', '.join(counties or ())}"
    out.print(say(zh, en), markup=False)


@database_app.command("dismiss")
def database_dismiss(
    login: Annotated[str, typer.Argument(help="A login that was admitted.")], prefix: RolePrefix = "liangxian"
) -> None:
    """Take from a login all that it could read; the login itself stays."""
    from warehouse.postgres.roles import Roles, dismiss_reader
    from warehouse.postgres.schema import open_store

    store = open_store(_database_url())
    with store.begin() as connection:
        dismiss_reader(connection, Roles(prefix), login)
    store.dispose()
    out.print(say(f"{login} 现在什么也读不到", f"{login} can read nothing now"), markup=False)


def _database_url() -> str:
    url = secret_value(DATABASE_URL)
    if not url:
        raise typer.BadParameter("is not set: postgresql://user@host/database", param_hint=DATABASE_URL)
    return url
