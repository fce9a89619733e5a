"""Repositories, their addresses and revisions that would like git to do more than read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from assistant.sources.adding import NamedSource, add_source
from assistant.sources.keeping import KeptSources
from benchmarks.harm import RAN, HostileCase
from benchmarks.hostile_addresses import HOSTS, LIMITS, hostile_door
from benchmarks.local_git import blob_of, commit, git, repository, tree_of

SOURCES = (
    "--upload-pack=touch {place}/ran", "-c", "--git-dir=/etc", "--exec=touch {place}/ran",
    "-oProxyCommand=touch {place}/ran", "ext::sh -c 'touch {place}/ran'", "ext::touch% {place}/ran",
    "fd::17", "file://{place}/outside", "file:///etc", "ssh://-oProxyCommand=touch%20ran/x",
    "ssh://git.example/x", "git@git.example:x", "git://127.0.0.1/x", "ftp://127.0.0.1/x",
    "http://127.0.0.1/x", "rsync://127.0.0.1/x", "testgit::x", "transport::address", "bundle.pack",
    "https://pool.example@127.0.0.1/x", "https://user:secret@pool.example/x", "/dev/null", "/proc",
    "https://127.0.0.1/$(touch {place}/ran)", "https://[::1]/`touch ran`", "\\\\host\\share", "",
    "https://", "https:///etc", "https://127.0.0.1:99999/x", "/etc/passwd", "{place}/outside",
    "https://inside.example/x?service=git-receive-pack", "https://169.254.169.254/latest",
)  # fmt: skip
REVISIONS = (
    "--output={place}/outside/secret.txt", "-h", "--exec=touch ran", "HEAD:../x", "HEAD^{tree}",
    ":(top)x", "@{u}", "HEAD@{1}", "a..b", "a...b", ":/x", "$(touch ran)", "`touch ran`",
    ";touch ran",
    "x\ny", "x\0y", "../../etc/passwd", "refs/../../x", "x" * 5_000, "", "HEAD.lock", "^HEAD",
)  # fmt: skip
KEYS = (
    "core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "core.askPass",
    "core.hooksPath", "core.gitProxy", "core.alternateRefsCommand", "filter.f.smudge",
    "filter.f.clean", "filter.f.process", "diff.external", "diff.f.textconv", "diff.f.command",
    "merge.f.driver", "alias.ls-tree", "alias.cat-file", "credential.helper", "gpg.program",
    "uploadpack.packObjectsHook", "pager.ls-tree", "sequence.editor", "interactive.diffFilter",
    "remote.origin.uploadpack", "remote.origin.vcs", "submodule.s.update", "trailer.t.command",
)  # fmt: skip


def repositories() -> Iterator[HostileCase]:
    """Every case that needs the program git and no server."""
    for source in SOURCES:
        yield _case(f"source {source[:40]!r}", partial(_add, source))
    for host in HOSTS:
        yield _case(f"https host {host}", partial(_add, f"https://{host}/x.git"))
    for revision in REVISIONS:
        yield _case(f"revision {revision[:30]!r}", partial(_add_own, revision), _plain)
    for key in KEYS:
        yield _case(f"setting {key}", partial(_add_own, "HEAD"), partial(_with_setting, key))
    for name, prepare, revision in (
        ("hooks of every kind", _with_hooks, "HEAD"),
        ("a promisor that is a program", _with_promisor, "HEAD"),
        ("another repository's objects", _with_alternates, "HEAD"),
        ("a file .git that leads away", _with_gitfile, "HEAD"),
        ("settings that include a file", partial(_with_setting, "include.path"), "HEAD"),
        ("links in the tree", _with_links, "HEAD"),
        ("names that lead out", _with_names, "odd"),
        ("a tree without end", _with_bomb, "bomb"),
        ("a content without end", _with_zeros, "HEAD"),
        ("a submodule with an option for its address", _with_submodule, "HEAD"),
        ("attributes that filter and fill in", _with_attributes, "HEAD"),
        ("a replaced object", _with_replacement, "HEAD"),
        ("damaged objects", _damaged, "HEAD"),
        ("a commit that is none", _with_noise, "HEAD"),
    ):  # fmt: skip
        yield _case(name, partial(_add_own, revision), prepare)


def _case(
    name: str, run: Callable[[Path], object], prepare: Callable[[Path], object] = lambda _: None
) -> HostileCase:
    return HostileCase(f"repository: {name}", run, prepare=prepare)


def _add(source: str, place: Path) -> object:
    named = NamedSource(source.replace("{place}", str(place)), "repository")
    return add_source(named, KeptSources(place / "index"), LIMITS, hostile_door()).left_out


def _add_own(revision: str, place: Path) -> object:
    named = NamedSource(str(place / "own"), "repository", revision.replace("{place}", str(place)))
    return add_source(named, KeptSources(place / "index"), LIMITS).left_out


def _plain(place: Path) -> Path:
    return repository(place / "own", {"ok.txt": b"x"})


def _script(place: Path) -> Path:
    script = place / "run.sh"
    script.write_text(f"#!/bin/sh\ntouch {place / RAN}\ncat {place}/outside/secret.txt\n")
    script.chmod(0o700)
    return script


def _with_setting(key: str, place: Path) -> None:
    own = repository(
        place / "own",
        {"ok.txt": b"x", ".gitattributes": b"* filter=f diff=f merge=f", ".gitmodules": b""},
    )
    with (own / ".git" / "config").open("a") as file:
        section, _, name = key.rpartition(".")
        part, _, inner = section.partition(".")
        head = f'{part} "{inner}"' if inner else part
        file.write(f"[{head}]\n\t{name} = {_script(place)}\n")


def _with_hooks(place: Path) -> None:
    hooks = _plain(place) / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("post-checkout", "post-merge", "reference-transaction", "post-index-change",
                 "pre-auto-gc", "fsmonitor-watchman", "post-rewrite", "pre-commit"):  # fmt: skip
        shutil.copy(_script(place), hooks / hook)


def _with_promisor(place: Path) -> None:
    own = _plain(place)
    blob = git(own, "rev-parse", "HEAD:ok.txt")
    (own / ".git/objects" / blob[:2] / blob[2:]).unlink()
    with (own / ".git" / "config").open("a") as file:
        file.write('[core]\n\trepositoryFormatVersion = 1\n[extensions]\n\tpartialClone = origin\n'
                   f'[remote "origin"]\n\tpromisor = true\n\turl = "ext::{_script(place)}"\n'
                   '[protocol "ext"]\n\tallow = always\n')  # fmt: skip


def _with_alternates(place: Path) -> None:
    (_plain(place) / ".git/objects/info").mkdir(exist_ok=True)
    (place / "own/.git/objects/info/alternates").write_text("/proc/self\n/etc\n../../../outside\n")


def _with_gitfile(place: Path) -> None:
    (place / "own").mkdir()
    (place / "own/.git").write_text(f"gitdir: {place}/outside\n")


def _with_links(place: Path) -> None:
    own = _plain(place)
    (own / "l.txt").symlink_to("/etc/passwd")
    (own / "s.txt").symlink_to("../outside/secret.txt")
    (own / "d").symlink_to("../outside")
    commit(own, {})


def _with_names(place: Path) -> None:
    own = _plain(place)
    blob = blob_of(own, b"x")
    names = ("a\\..\\b.txt", "C:x.txt", ".ssh", ".added.jsonl", "x\ny.txt", "\u202etxt.exe", "-rf")
    tree_of(own, [("100755", "blob", blob, name) for name in names])


def _with_bomb(place: Path) -> None:
    own = _plain(place)
    tree = git(own, "mktree", stdin=f"100644 blob {blob_of(own, b'x')}\tf.txt\n".encode())
    for _ in range(12):
        lines = "".join(f"040000 tree {tree}\td{at}\n" for at in range(10))
        tree = git(own, "mktree", stdin=lines.encode())
    git(own, "update-ref", "refs/heads/bomb", git(own, "commit-tree", tree, "-m", "Bomb"))


def _with_zeros(place: Path) -> None:
    own = _plain(place)
    commit(own, {f"{at}.txt": b"0" * 999_000 for at in range(3)} | {"big.txt": b"0" * 40_000_000})


def _with_submodule(place: Path) -> None:
    own = _plain(place)
    said = f'[submodule "s"]\n\tpath = s\n\turl = "-u./run.sh {_script(place)}"\n'
    head = commit(own, {".gitmodules": said.encode(), "run.sh": b"#!/bin/sh\ntouch ran\n"})
    git(own, "update-index", "--add", "--cacheinfo", f"160000,{head},s")
    git(own, "commit", "--quiet", "-m", "Inner")


def _with_attributes(place: Path) -> None:
    own = _plain(place)
    said = b"* filter=f export-subst ident\n"
    commit(own, {".gitattributes": said, "v.txt": b"$Format:%H$ $Id$"})
    (own / ".git/info").mkdir(exist_ok=True)
    (own / ".git/info/attributes").write_text("* filter=f\n")
    with (own / ".git/config").open("a") as file:
        file.write(f'[filter "f"]\n\tsmudge = {_script(place)}\n\trequired = true\n')


def _with_replacement(place: Path) -> None:
    own = _plain(place)
    lie = blob_of(own, (place / "outside/secret.txt").read_bytes())
    git(own, "replace", git(own, "rev-parse", "HEAD:ok.txt"), lie)


def _damaged(place: Path) -> None:
    for folder, _, files in os.walk(_plain(place) / ".git/objects"):
        for name in files:
            path = Path(folder, name)
            path.chmod(0o600)
            path.write_bytes(path.read_bytes()[:-3] + b"xyz")


def _with_noise(place: Path) -> None:
    own = _plain(place)
    (own / ".git/refs/heads/main").write_bytes(b"\xff" * 100_000)
