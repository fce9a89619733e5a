"""A git repository at a commit and the pages of a sitemap: kept as dated copies, never obeyed."""

from __future__ import annotations

import gzip
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from support_index import make_settings, run

from assistant import Assistant, DocumentError, UsageError
from assistant.sources import SourceKind
from assistant.sources.adding import Added, NamedSource, add_source
from assistant.sources.archives import UnpackingLimits
from assistant.sources.git import Git
from assistant.sources.keeping import KeptSources
from assistant.sources.repositories import RepositoryLimits, opened
from assistant.sources.sitemaps import VisitLimits, pages_of
from benchmarks.local_git import GitSite, blob_of, commit, git, repository, tree_of
from benchmarks.local_site import Site, open_door

LIMITS = UnpackingLimits(most_bytes=1_000_000, most_expansion=50)
PAGE = b"<html><head><title>Rules</title></head><body><p>The pool opens at %s.</p></body></html>"

needs_git = pytest.mark.skipif(not shutil.which("git"), reason="the program git is not installed")
needs_openssl = pytest.mark.skipif(
    not (shutil.which("git") and shutil.which("openssl")), reason="git or openssl is missing"
)


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


def added(place: Path, source: object, revision: str = "HEAD") -> Added:
    named = NamedSource(str(source), "repository", revision)
    return add_source(named, KeptSources(place), LIMITS)


def texts(place: Path, done: Added) -> dict[str, bytes]:
    folder = place / "sources" / done.kept[0].file
    return {
        str(each.relative_to(folder)): each.read_bytes()
        for each in folder.rglob("*")
        if each.is_file()
    }


# ---------------------------------------------------------------- repositories


@needs_git
def test_a_repository_is_kept_at_the_commit_that_is_named(tmp_path: Path) -> None:
    folder = repository(tmp_path / "handbook", {"docs/pool.md": b"The pool opens at nine."})
    first = git(folder, "rev-parse", "HEAD")
    git(folder, "tag", "v1")
    second = commit(folder, {"docs/pool.md": b"The pool opens at ten.", "b.txt": b"x"})
    (folder / "docs/pool.md").write_bytes(b"Not committed.")
    place = tmp_path / "index"
    newest = added(place, folder)
    assert texts(place, newest) == {"docs/pool.md": b"The pool opens at ten.", "b.txt": b"x"}
    assert newest.kept[0].source == f"{folder.resolve()}@{second}"
    assert newest.kept[0].file.startswith(f"handbook-{second[:12]}-20")
    for revision in ("v1", first, first[:8]):
        older = added(place, folder, revision)
        assert texts(place, older) == {"docs/pool.md": b"The pool opens at nine."}
    assert not added(place, folder, "v1").kept[0].is_new  # a commit is kept once
    assert len(list((place / "sources").iterdir())) == 3
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(folder), str(bare))
    assert added(tmp_path / "other", bare).kept[0].sha256 == newest.kept[0].sha256
    beside = tmp_path / "beside"
    git(folder, "worktree", "add", "--quiet", str(beside), "v1")
    assert texts(tmp_path / "third", added(tmp_path / "third", beside)) == texts(place, older)


@needs_git
def test_a_repository_answers_with_its_citations(tmp_path: Path) -> None:
    folder = repository(tmp_path / "handbook", {"pool.md": b"# Pool\n\nThe pool opens at nine."})
    (tmp_path / "documents").mkdir()
    settings = make_settings(tmp_path / "index", [tmp_path / "documents"])
    with Assistant(settings) as assistant:
        receipt = assistant.add(folder, kind="repository")
        assert receipt.count("indexed") == 1
        answer = assistant.ask("When does the pool open?")
        assert "nine" in answer.text
        assert answer.citations[0].document.endswith("/pool.md")
        wrong: SourceKind = "folder"  # type: ignore[assignment]
        with pytest.raises(UsageError, match="kind"):
            assistant.add(folder, kind=wrong)
        with pytest.raises(UsageError, match="no archive"):
            assistant.add(folder)  # a folder is no repository unless a person says so
    done = run(settings, "add", "--git", "--at", "nowhere", str(folder))
    assert done.returncode == 1
    assert "no commit, branch or tag" in done.stderr
    assert run(settings, "add", "--git", "--sitemap", str(folder)).returncode == 2


@needs_git
def test_links_submodules_large_files_and_lfs_pointers_are_left_out(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", {"ok.txt": b"x"})
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"
    (folder / "link.txt").symlink_to("/etc/passwd")
    commit(folder, {"big.txt": b"0" * 1_500_000, "film.md": pointer, ".env": b"SECRET=1"})
    blob = blob_of(folder, b"x")
    head = git(folder, "rev-parse", "HEAD")
    odd = tree_of(
        folder,
        [("160000", "commit", head, "inner"), ("100644", "blob", blob, "a\\b.txt"),
         ("100644", "blob", blob, "fine.txt"), ("120000", "blob", blob, "l")],
    )  # fmt: skip
    place = tmp_path / "index"
    done = added(place, folder)
    assert texts(place, done) == {"ok.txt": b"x"}
    told = dict(done.left_out)
    assert "link" in told["link.txt"]
    assert "MB" in told["big.txt"]
    assert "LFS" in told["film.md"]
    assert "hidden" in told[".env"]
    rest = added(place, folder, odd)
    assert texts(place, rest) == {"fine.txt": b"x"}
    assert {"inner", "a\\b.txt", "l"} == {name for name, _ in rest.left_out}
    assert not any(each.is_symlink() for each in place.rglob("*"))


@needs_git
@pytest.mark.parametrize(
    "revision",
    ["", "-x", "--upload-pack=touch x", "a..b", "HEAD^", "HEAD~1", "@{1}", ":/x", "a b", "x.lock",
     "HEAD:ok.txt", "x" * 300, "$(touch x)", "ä"],
)  # fmt: skip
def test_what_is_no_revision_never_reaches_git(tmp_path: Path, revision: str) -> None:
    folder = repository(tmp_path / "r", {"ok.txt": b"x"})
    with pytest.raises(UsageError, match="no commit, branch or tag"):
        added(tmp_path / "index", folder, revision)


@needs_git
def test_settings_hooks_and_replacements_of_a_repository_are_not_obeyed(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", {"ok.txt": b"true words", ".gitattributes": b"* filter=f"})
    commit(folder, {})
    mark = tmp_path / "ran"
    script = tmp_path / "run.sh"
    script.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    for key in ("core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "filter.f.smudge",
                "filter.f.clean", "filter.f.process", "diff.external", "alias.ls-tree",
                "core.askPass", "credential.helper", "uploadpack.packObjectsHook"):  # fmt: skip
        git(folder, "config", key, str(script))
    (folder / ".git" / "hooks").mkdir(exist_ok=True)
    for hook in ("post-checkout", "reference-transaction", "pre-commit", "post-index-change"):
        shutil.copy(script, folder / ".git" / "hooks" / hook)
    lie = blob_of(folder, b"false words")
    truth = git(folder, "rev-parse", "HEAD:ok.txt")
    git(folder, "replace", truth, lie)
    mark.unlink(missing_ok=True)  # git obeys them for whoever made this repository
    place = tmp_path / "index"
    assert texts(place, added(place, folder)) == {"ok.txt": b"true words"}
    assert not mark.exists()


@needs_git
def test_what_is_missing_is_told_and_never_fetched(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", {"ok.txt": b"words"})
    mark = tmp_path / "ran"
    git(folder, "config", "extensions.partialClone", "origin")
    git(folder, "config", "core.repositoryFormatVersion", "1")
    git(folder, "config", "remote.origin.promisor", "true")
    git(folder, "config", "remote.origin.url", f"ext::sh -c 'touch {mark}'")
    git(folder, "config", "protocol.ext.allow", "always")
    blob = git(folder, "rev-parse", "HEAD:ok.txt")
    os.remove(folder / ".git" / "objects" / blob[:2] / blob[2:])
    with pytest.raises(DocumentError):
        added(tmp_path / "index", folder)
    assert not mark.exists()
    assert not list((tmp_path / "index").rglob("*.txt"))


@needs_git
def test_a_tree_that_unfolds_without_end_is_refused(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", {"ok.txt": b"x"})
    blob = blob_of(folder, b"x")
    tree = git(folder, "mktree", stdin=f"100644 blob {blob}\tf.txt\n".encode())
    for _ in range(10):
        lines = "".join(f"040000 tree {tree}\td{at}\n" for at in range(10))
        tree = git(folder, "mktree", stdin=lines.encode())
    git(folder, "update-ref", "refs/heads/bomb", git(folder, "commit-tree", tree, "-m", "Bomb"))
    with pytest.raises(DocumentError, match="more than"):
        added(tmp_path / "index", folder, "bomb")
    assert not list((tmp_path / "index").rglob("*.txt"))


@needs_git
@pytest.mark.parametrize("before", ["", "exec >&-; "])
def test_a_command_of_git_that_is_slow_ends(tmp_path: Path, before: str) -> None:
    sleeper = tmp_path / "git"
    sleeper.write_text(f"#!/bin/sh\n{before}sleep 20\n")
    sleeper.chmod(0o700)
    with pytest.raises(DocumentError, match="did not end"):
        Git(str(sleeper), tmp_path, 1_000_000, 0.5).run("version")


@needs_git
@pytest.mark.parametrize(
    "source",
    ["--upload-pack=touch x", "ext::sh -c 'touch x'", "file:///etc", "ssh://git.example/x",
     "git@git.example:x.git", "http://git.example/x", "/etc", "nothing", "git://git.example/x",
     "https://git.example/x?service=y", "https://user:secret@git.example/x",
     "https://127.0.0.1/x", "https://[::1]/x", "https://2130706433/x", "https://0x7f.1/x"],
)  # fmt: skip
def test_what_is_no_public_repository_is_refused(tmp_path: Path, source: str) -> None:
    with pytest.raises(UsageError) as told:
        added(tmp_path / "index", source)
    assert "secret" not in str(told.value)
    assert not (tmp_path / "index").exists()


@needs_openssl
def test_a_repository_is_fetched_from_the_address_that_was_checked(tmp_path: Path) -> None:
    work = repository(tmp_path / "work", {"docs/pool.md": b"The pool opens at nine."})
    served = tmp_path / "served"
    served.mkdir()
    git(tmp_path, "clone", "--quiet", "--bare", str(work), str(served / "handbook.git"))
    at = git(work, "rev-parse", "HEAD")
    site = GitSite(served)
    (tmp_path / "other").mkdir()
    other = GitSite(
        tmp_path / "other", redirect=site.url("handbook.git/info/refs?service=git-upload-pack")
    )
    try:
        place = tmp_path / "index"
        for revision in ("HEAD", "main", at):
            named = NamedSource(site.url("handbook.git"), "repository", revision)
            done = add_source(named, KeptSources(place), LIMITS, site.door())
            assert texts(place, done) == {"docs/pool.md": b"The pool opens at nine."}
            assert done.kept[0].source.endswith(f"@{at}")
        for named, door in (
            (NamedSource(site.url("none.git"), "repository"), site.door()),
            (NamedSource(site.url("handbook.git"), "repository", "nowhere"), site.door()),
            (NamedSource(other.url("handbook.git"), "repository"), other.door()),  # it redirects
        ):
            with pytest.raises(DocumentError, match="git fetch failed"):
                add_source(named, KeptSources(place), LIMITS, door)
        small = RepositoryLimits(1_000_000, fetched_bytes=50)
        with (
            pytest.raises(DocumentError, match="git"),
            opened(site.url("handbook.git"), "HEAD", small, site.door()),
        ):
            pass
        asked = len(site.asked)
        with pytest.raises(UsageError, match="private network"):
            added(place, f"https://127.0.0.1:{site.port}/handbook.git")
        assert len(site.asked) == asked
    finally:
        site.close()
        other.close()


# ---------------------------------------------------------------- sitemaps


def listed(*addresses: str, kind: str = "urlset") -> bytes:
    inner = "url" if kind == "urlset" else "sitemap"
    places = "".join(f"<{inner}><loc>{each}</loc></{inner}>" for each in addresses)
    return (
        f'<?xml version="1.0"?><{kind} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"{places}</{kind}>"
    ).encode()


def visited(place: Path, address: str, most_pages: int = 100) -> Added:
    named = NamedSource(address, "sitemap", most_pages=most_pages)
    return add_source(named, KeptSources(place), LIMITS, open_door())


def test_the_pages_of_a_sitemap_are_kept_and_its_robots_are_asked_once(
    site: Site, tmp_path: Path
) -> None:
    site.put("/robots.txt", b"User-agent: *\nDisallow: /private\n")
    pages = [site.url("/a"), site.url("/b"), site.url("/private/c"), site.url("/gone")]
    site.put("/sitemap.xml", listed(*pages, site.url("/a"), site.url("/x", "other.example")))
    site.put("/a", PAGE % b"nine")
    site.put("/b", PAGE % b"ten")
    done = visited(tmp_path, site.url("/sitemap.xml"))
    assert [each.source for each in done.kept] == [site.url("/a"), site.url("/b")]
    assert [(tmp_path / "sources" / each.file).read_bytes() for each in done.kept] == [
        PAGE % b"nine", PAGE % b"ten",
    ]  # fmt: skip
    told = dict(done.left_out)
    assert "robots.txt" in told[site.url("/private/c")]
    assert "404" in told[site.url("/gone")]
    assert "another host" in told[site.url("/x", "other.example")]
    assert site.asked.count("/robots.txt") == 1
    assert "/private/c" not in site.asked
    assert set(site.hosts) == {f"pool.example:{site.port}"}


def test_a_list_of_sitemaps_a_compressed_one_and_one_of_lines_are_read(
    site: Site, tmp_path: Path
) -> None:
    inner = [site.url("/one.xml.gz"), site.url("/two.txt"), site.url("/three.xml"),
             site.url("/z.xml", "other.example")]  # fmt: skip
    site.put("/index.xml", listed(*inner, kind="sitemapindex"))
    site.put("/one.xml.gz", gzip.compress(listed(site.url("/a"))))
    site.put("/two.txt", site.url("/b").encode() + b"\n", Content_Type="text/plain")
    site.put("/three.xml", listed(site.url("/index.xml"), kind="sitemapindex"))
    site.put("/a", PAGE % b"nine")
    site.put("/b", PAGE % b"ten")
    done = visited(tmp_path, site.url("/index.xml"))
    assert [each.source for each in done.kept] == [site.url("/a"), site.url("/b")]
    assert len(done.left_out) == 2
    assert site.asked.count("/index.xml") == 1


def test_a_sitemap_ends_at_its_limit_and_what_is_left_out_is_told(
    site: Site, tmp_path: Path
) -> None:
    site.put("/s.xml", listed(*(site.url(f"/p{at}") for at in range(30))))
    site.default = (200, {"Content-Type": "text/html"}, PAGE % b"nine")
    done = visited(tmp_path, site.url("/s.xml"), most_pages=3)
    assert len(done.kept) == 3
    assert "more than 3 pages" in done.left_out[0][1]
    assert sum(path.startswith("/p") for path in site.asked) == 3
    site.put("/far.xml", listed(*(f"http://away{at}.example/" for at in range(5_000))))
    far = visited(tmp_path, site.url("/far.xml"))
    assert len(far.left_out) == 101
    assert far.left_out[-1][1] == "4,900 more were left out"


def test_a_sitemap_of_countless_addresses_is_cut_and_its_time_holds(site: Site) -> None:
    many = b"\n".join(b"http://away.example/%x" % at for at in range(60_000))
    site.put("/s.txt", many, Content_Type="text/plain")
    address, door = site.url("/s.txt"), open_door()
    told = [each.problem for each in pages_of(address, VisitLimits(10, 1_000), door)]
    assert len(told) == 50_001
    assert told[-1] == "it names more than 50,000 pages"
    soon = list(pages_of(address, VisitLimits(10, 1_000, seconds=-1.0), door))
    assert [each.problem for each in soon] == [
        "time or size for one visit is used up; the rest is left out"
    ]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'<!DOCTYPE l [<!ENTITY a "b">]><urlset>&a;</urlset>', "document type"),
        (b"<html><body>No list</body></html>", "no sitemap"),
        (gzip.compress(b"<urlset>" + b" " * 20_000_000, mtime=0), "unfolds"),
        (gzip.compress(b"<urlset/>", mtime=0)[:-4], "cut off"),
        (b"\x1f\x8bnothing", "damaged"),
        (b"<urlset", "cannot be read"),
    ],
    ids=["entity", "page", "bomb", "short", "damaged", "open"],
)
def test_what_is_no_sitemap_is_refused(site: Site, tmp_path: Path, body: bytes, told: str) -> None:
    site.put("/s.xml", body)
    with pytest.raises(DocumentError, match=told):
        visited(tmp_path, site.url("/s.xml"))


def test_a_page_that_leads_to_another_host_is_left_out(site: Site, tmp_path: Path) -> None:
    site.put("/s.xml", listed(site.url("/a"), site.url("/b"), "file:///etc/passwd", "/c"))
    site.put("/other-port", listed("http://pool.example:9/a"))
    assert "another host" in visited(tmp_path, site.url("/other-port")).left_out[0][1]
    site.put("/a", status=302, Location=site.url("/secret", "other.example"))
    site.put("/b", status=302, Location=f"http://127.0.0.1:{site.port}/secret")
    site.put("/secret", PAGE % b"nine")
    done = visited(tmp_path, site.url("/s.xml"))
    assert done.kept == ()
    assert len(done.left_out) == 4
    assert "/secret" not in site.asked


def test_a_page_that_is_a_sitemap_is_one_page_unless_a_person_says_so(
    site: Site, tmp_path: Path
) -> None:
    site.put("/s.xml", listed(site.url("/a")), Content_Type="application/xml")
    site.put("/a", PAGE % b"nine")
    done = add_source(NamedSource(site.url("/s.xml")), KeptSources(tmp_path), LIMITS, open_door())
    assert len(done.kept) == 1
    assert "/a" not in site.asked
    for most_pages in (0, 2_001, -1, True, 1.5):
        with pytest.raises(UsageError, match="most_pages"):
            visited(tmp_path, site.url("/s.xml"), most_pages)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="no address of a sitemap"):
        visited(tmp_path, "sitemap.xml")
