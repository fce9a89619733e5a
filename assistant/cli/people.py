"""``assistant people``: who may use the server, with which rights and collections."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli.base import CONTEXT, cli, print_json, say, tell, with_settings

if TYPE_CHECKING:
    from assistant.settings import Settings


@cli.group(context_settings=CONTEXT)
def people() -> None:
    """Give people tokens of their own, with rights and collections, and take them back.

    They stand in the file that server.people names; a running server follows it. Rights are ask
    (ask and read), add (upload files) and administer (sync folders, see the metrics, and the other
    two). A token is shown once, when it is made; the file holds its hash only.

    \b
      assistant people add ada --rights ask --collection handbook
      assistant people list
    """


def _file_of(settings: Settings) -> Path:
    from assistant.errors import SettingsError

    if not settings.server.people:
        raise SettingsError(
            "Setting server.people is empty: there is no file of people",
            hint="set it in config.yaml, for example server: {people: people.json}",
        )
    return Path(settings.server.people)


@people.command("add", context_settings=CONTEXT)
@click.argument("name")
@click.option("--rights", default="ask", show_default=True, metavar="RIGHT[,RIGHT]",
              help="What they may do: ask, add, administer.")  # fmt: skip
@click.option("--collection", "collections", default="", metavar="NAME[,NAME]",
              help="Which collections they may use. Default: default; all: every one.")  # fmt: skip
@with_settings
def people_add(settings: Settings, name: str, rights: str, collections: str) -> int:
    """Add a person, and print their token, which is kept nowhere.

    \b
      assistant people add ada --rights ask,add --collection handbook,default
    """
    from assistant.service.people import checked_person
    from assistant.service.people_file import add_person
    from assistant.settings.collections import ALL, DEFAULT, no_collection

    chosen = _parts(collections) or [DEFAULT]
    for each in chosen:
        if each not in (*settings.collection_names(), ALL):
            raise no_collection(each, (*settings.collection_names(), ALL))
    token = add_person(_file_of(settings), checked_person(name, _parts(rights), chosen))
    _told(name, token)
    return 0


@people.command("renew", context_settings=CONTEXT)
@click.argument("name")
@with_settings
def people_renew(settings: Settings, name: str) -> int:
    """Give a person another token, and print it. The one before and its sessions end at once."""
    from assistant.service.people import checked_person
    from assistant.service.people_file import add_person

    token = add_person(_file_of(settings), checked_person(name, ["ask"], ["default"]), renews=True)
    _told(name, token)
    return 0


@people.command("remove", context_settings=CONTEXT)
@click.argument("name")
@with_settings
def people_remove(settings: Settings, name: str) -> int:
    """Take a person out. Their token and sessions end at once; their conversations stay stored."""
    from assistant.service.people_file import remove_person

    remove_person(_file_of(settings), name)
    say(f"{name} is let in no more.")
    return 0


@people.command("list", context_settings=CONTEXT)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@with_settings
def people_list(settings: Settings, as_json: bool) -> int:
    """List the people with their rights and collections."""
    from assistant.service.people import RIGHTS
    from assistant.service.people_file import known_people

    rows = [
        {
            "name": each.name,
            "rights": [right for right in RIGHTS if right in each.rights],
            "collections": list(each.collections),
            "made": each.made,
        }
        for each in known_people(_file_of(settings))
    ]
    if as_json:
        print_json(rows)
        return 0
    for row in rows:
        rights, collections = ", ".join(row["rights"]), ", ".join(row["collections"])
        tell(f"{row['name']}: {rights}; collections {collections}; token of {row['made']}")
    return 0


def _parts(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


def _told(name: str, token: str) -> None:
    """The token on standard output alone, so that a program can take it."""
    tell(token)
    say(f"This is the token of {name}. It is shown this once: pass it on, and keep no copy.")
