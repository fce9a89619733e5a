"""Pages and archives that a person adds: kept as dated copies, and harmless if they are hostile."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import socket
import tarfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support_index import make_settings, run

from assistant import Assistant, DocumentError, UsageError
from assistant.sources.adding import NamedSource, add_source
from assistant.sources.archives import MOST_MEMBERS, UnpackingLimits, members_of, safe_path
from assistant.sources.fetching import WebDoor, addresses_of, fetch, is_public
from assistant.sources.keeping import LOG, KeptSources, safe_name
from benchmarks.local_site import Site, open_door

LIMITS = UnpackingLimits(most_bytes=1_000_000, most_expansion=50)
PAGE = b"<html><head><title>Rules</title></head><body><p>The pool opens at nine.</p></body></html>"


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


# ---------------------------------------------------------------- addresses

CLOSED = [
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "::1",
    "::", "fe80::1", "fc00::1", "fd12::5", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::1", "2001:db8::1",
    "fe80::1%eth0", "::127.0.0.1", "nothing", "", "1.2.3", "fec0::1", "2001:0:7f00:1::",
]  # fmt: skip


@pytest.mark.parametrize("address", CLOSED)
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses_are_permitted(address: str) -> None:
    assert is_public(address)


LOCAL = {"localhost": ["127.0.0.1"], "localhost.": ["127.0.0.1"]}
SPELLINGS = [
    "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://2130706433/", "http://0/",
    "http://0x7f000001/", "http://127.1/", "http://0177.0.0.1/", "http://[::ffff:127.0.0.1]/",
    "http://169.254.169.254/latest/meta-data/", "http://localhost.:80/", "http://10.0.0.1:8080/x",
    "https://192.168.0.1/", "http://[fe80::1]/", "http://[::]/",
]  # fmt: skip


@pytest.mark.parametrize("address", SPELLINGS)
def test_every_spelling_of_this_machine_is_refused(address: str) -> None:
    with pytest.raises((UsageError, DocumentError)) as told:
        fetch(
            address,
            1000,
            door=WebDoor(lambda host, port: LOCAL.get(host) or addresses_of(host, port)),
        )
    told_by = ("private network", "names no host", "is none")
    assert any(words in told.value.what for words in told_by)


NO_PAGES = [
    "file:///etc/passwd", "ftp://pool.example/", "gopher://pool.example/", "javascript:alert(1)",
    "http:///x", "http://", "//pool.example/", "https://user:secret@pool.example/", "http://a b/",
    "http://pool.example/\r\nHost: x", "http://pool.example:99999/", "http://" + "a" * 3000, "x",
    "data:text/html,hello", "http://pool.example/\u202e",
]  # fmt: skip


@pytest.mark.parametrize("address", NO_PAGES)
def test_what_is_no_address_of_a_page_is_refused(address: str, site: Site) -> None:
    with pytest.raises(UsageError) as told:
        fetch(address, 1000, door=open_door())
    assert "secret" not in str(told.value)
    assert site.asked == []


def test_the_door_is_closed_by_default(site: Site) -> None:
    site.put("/", PAGE)
    with pytest.raises(UsageError, match="private network"):
        fetch(f"http://127.0.0.1:{site.port}/", 1000)
    assert site.asked == []


# ---------------------------------------------------------------- pages


def test_a_page_is_fetched_after_its_robots_were_asked(site: Site) -> None:
    site.put("/rules", PAGE)
    found = fetch(site.url("/rules#top"), 10_000, door=open_door())
    assert (found.data, found.content_type) == (PAGE, "text/html")
    assert site.asked == ["/robots.txt", "/rules"]
    assert set(site.hosts) == {f"pool.example:{site.port}"}


def test_robots_are_respected_also_after_a_redirect(site: Site) -> None:
    site.put("/robots.txt", b"User-agent: *\nDisallow: /private\n")
    site.put("/private/a", PAGE)
    site.put("/open", status=302, Location="/private/a")
    for path in ("/private/a", "/open"):
        with pytest.raises(DocumentError, match=r"robots\.txt says so"):
            fetch(site.url(path), 10_000, door=open_door())
    assert "/private/a" not in site.asked


@pytest.mark.parametrize(("status", "is_read"), [(404, True), (403, True), (500, False)])
def test_robots_that_are_missing_allow_and_that_fail_forbid(
    site: Site, status: int, is_read: bool
) -> None:
    site.put("/robots.txt", status=status)
    site.put("/", PAGE)
    if is_read:
        assert fetch(site.url("/"), 10_000, door=open_door()).data == PAGE
        return
    with pytest.raises(DocumentError, match="may not be read by programs"):
        fetch(site.url("/"), 10_000, door=open_door())


def test_redirects_are_followed_and_their_addresses_are_checked_anew(site: Site) -> None:
    site.put("/a", status=301, Location="/b")
    site.put("/b", status=307, Location=site.url("/c", "other.example"))
    site.put("/c", PAGE)
    found = fetch(site.url("/a"), 10_000, door=open_door())
    assert found.address == site.url("/c", "other.example")


INWARDS = [
    "http://127.0.0.1:{port}/secret", "http://localhost:{port}/secret", "http://[::1]:{port}/secret",
    "http://inside.example/", "http://meta.example/latest", "http://self.example/", "file:///etc/passwd",
    "ftp://pool.example/x", "http://0.0.0.0:{port}/secret", "//127.0.0.1:{port}/secret",
    "http://user:pw@pool.example:{port}/x", "http://2130706433:{port}/secret",
]  # fmt: skip


@pytest.mark.parametrize("target", INWARDS)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_inwards_is_refused(site: Site, target: str, status: int) -> None:
    site.put("/a", status=status, Location=target.format(port=site.port))
    site.put("/secret", b"SECRET")
    site.put("/x", b"SECRET")
    with pytest.raises((UsageError, DocumentError)):
        fetch(site.url("/a"), 10_000, door=open_door())
    assert not {"/secret", "/x"} & set(site.asked)


def test_robots_that_redirect_inwards_are_refused(site: Site) -> None:
    site.put("/robots.txt", status=302, Location=f"http://127.0.0.1:{site.port}/secret")
    with pytest.raises(UsageError, match="private network"):
        fetch(site.url("/"), 10_000, door=open_door())
    assert site.asked == ["/robots.txt"]


def test_a_name_that_means_something_else_a_moment_later_changes_nothing(site: Site) -> None:
    site.put("/", PAGE)
    answers: Iterator[list[str]] = iter([["127.0.0.1"], ["127.0.0.1"], ["10.0.0.8"]])
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    door = WebDoor(rebinding, lambda address: address == "127.0.0.1")
    assert fetch(site.url("/"), 10_000, door=door).data == PAGE
    assert len(asked) == 2  # once for robots.txt and once for the page; each call goes there


def test_one_private_address_among_several_refuses_all(site: Site) -> None:
    door = WebDoor(lambda host, port: ["93.184.216.34", "10.0.0.8"])
    with pytest.raises(UsageError, match=r"10\.0\.0\.8"):
        fetch(site.url("/"), 10_000, door=door)


def test_endless_redirects_large_slow_and_compressed_replies_end(site: Site) -> None:
    site.put("/loop", status=302, Location="/loop")
    site.put("/large", b"x" * 50_000)
    site.put("/bomb", gzip.compress(b"0" * 10_000_000), Content_Encoding="gzip")
    site.put("/gone", status=410)
    for path, told in (("/loop", "redirects more than"), ("/large", "larger than"),
                       ("/bomb", "compressed"), ("/gone", "status 410")):  # fmt: skip
        with pytest.raises(DocumentError, match=told):
            fetch(site.url(path), 20_000, door=open_door())
    site.slow = 0.1
    begun = time.monotonic()
    with pytest.raises(DocumentError, match="in time"):
        fetch(site.url("/large"), 1_000_000, door=open_door(), seconds=1)
    assert time.monotonic() - begun < 4


def test_headers_that_drip_and_names_that_hang_end_too(site: Site) -> None:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    ended = threading.Event()

    def drip() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(1000)
            while not ended.wait(0.1):
                try:
                    connection.send(b"H")
                except OSError:
                    return

    threading.Thread(target=drip, daemon=True).start()
    address = f"http://pool.example:{listening.getsockname()[1]}/"
    hanging = WebDoor(lambda host, port: [str(time.sleep(20))])
    try:
        for door in (open_door(), hanging):
            begun = time.monotonic()
            with pytest.raises(DocumentError):
                fetch(address, 1000, door=door, seconds=1)
            assert time.monotonic() - begun < 5
    finally:
        ended.set()
        listening.close()


# ---------------------------------------------------------------- copies


def test_a_page_is_kept_once_with_its_date_and_hash_and_anew_when_it_changed(
    site: Site, tmp_path: Path
) -> None:
    site.put("/rules/pool", PAGE)
    sources = KeptSources(tmp_path)
    [first] = add_source(NamedSource(site.url("/rules/pool")), sources, LIMITS, open_door()).kept
    assert first.is_new
    assert first.file.startswith("pool-example/rules-pool-20")
    assert (sources.folder / first.file).read_bytes() == PAGE
    [again] = add_source(NamedSource(site.url("/rules/pool")), sources, LIMITS, open_door()).kept
    assert (again.is_new, again.file) == (False, first.file)
    site.put("/rules/pool", PAGE.replace(b"nine", b"ten"))
    [newer] = add_source(NamedSource(site.url("/rules/pool")), sources, LIMITS, open_door()).kept
    assert newer.is_new
    assert newer.file != first.file
    assert (sources.folder / first.file).read_bytes() == PAGE
    log = [json.loads(line) for line in (sources.folder / LOG).read_text().splitlines()]
    assert [each["sha256"] for each in log] == [first.sha256, newer.sha256]
    assert (sources.folder / first.file).stat().st_mode & 0o077 == 0


def test_names_of_copies_never_lead_anywhere(site: Site, tmp_path: Path) -> None:
    for path in ("/../../etc/x", "/%2e%2e/%2e%2e/y", "/.hidden", "/a%00b", "/" + "n" * 900):
        site.default = (200, {"Content-Type": "text/html"}, PAGE)
        [kept] = add_source(
            NamedSource(site.url(path)), KeptSources(tmp_path), LIMITS, open_door()
        ).kept
        place = (tmp_path / "sources" / kept.file).resolve()
        assert place.is_relative_to(tmp_path / "sources")
        assert not place.name.startswith(".")
    assert safe_name("../..") == "page"


def test_a_page_of_a_kind_that_nobody_reads_is_refused(site: Site, tmp_path: Path) -> None:
    site.put("/film", b"\0\1", Content_Type="video/mp4")
    with pytest.raises(DocumentError, match="cannot be read"):
        add_source(NamedSource(site.url("/film")), KeptSources(tmp_path), LIMITS, open_door())
    assert not (tmp_path / "sources").exists()


# ---------------------------------------------------------------- archives


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            package.writestr(name, data)
    return path


def tarred(path: Path, files: dict[str, bytes], links: dict[str, str] | None = None) -> Path:
    with tarfile.open(path, "w:gz") as package:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            package.addfile(entry, io.BytesIO(data))
        for name, target in (links or {}).items():
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = tarfile.SYMTYPE, target
            package.addfile(entry)
    return path


HOSTILE_NAMES = [
    "../out.txt", "a/../../out.txt", "/etc/out.txt", "C:\\out.txt", "..\\out.txt", "a\\..\\b.txt",
    ".hidden", "a/.git/config", "C:/x.txt", "a/../b.txt", "\u202etxt.exe", "d/" * 40 + "x.txt",
    "x" * 300 + ".txt", "nul\x01.txt",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE_NAMES)
@pytest.mark.parametrize("make", [zipped, tarred])
def test_a_name_that_leads_out_is_left_out(
    tmp_path: Path, name: str, make: Callable[[Path, dict[str, bytes]], Path]
) -> None:
    place = tmp_path / "deep" / "index"
    place.mkdir(parents=True)
    path = make(tmp_path / ("a.zip" if make is zipped else "a.tar.gz"), {name: b"x", "b.txt": b"y"})
    added = add_source(NamedSource(str(path)), KeptSources(place), LIMITS)
    assert len(added.left_out) == 1
    files = [each for each in (tmp_path / "deep").rglob("*") if each.is_file()]
    assert sorted(each.name for each in files) == [LOG, "b.txt"]
    assert not (tmp_path / "out.txt").exists()
    assert safe_path(name) == ""


@pytest.mark.parametrize(("target", "name"), [("/etc/passwd", "l"), ("../..", "d"), ("b.txt", "s")])
def test_a_link_in_an_archive_is_never_made(tmp_path: Path, target: str, name: str) -> None:
    path = tarred(tmp_path / "a.tgz", {f"{name}/x.txt": b"through"}, {name: target})
    added = add_source(NamedSource(str(path)), KeptSources(tmp_path / "i"), LIMITS)
    assert [name for name, _ in added.left_out] == [name]
    assert not any(each.is_symlink() for each in (tmp_path / "i").rglob("*"))


def bombs(folder: Path) -> Iterator[Path]:
    yield zipped(folder / "one.zip", {f"{at}.txt": b"0" * 900_000 for at in range(40)})
    yield tarred(folder / "two.tar.gz", {f"{at}.txt": b"0" * 900_000 for at in range(40)})
    inside = io.BytesIO()
    with tarfile.open(fileobj=inside, mode="w") as package:
        entry = tarfile.TarInfo("large.txt")
        entry.size = 40_000_000
        package.addfile(entry, io.BytesIO(b"0" * entry.size))
    (folder / "three.tar.bz2").write_bytes(bz2.compress(inside.getvalue()))
    yield folder / "three.tar.bz2"
    lying = zipped(folder / "four.zip", {"a.txt": b"0" * 30_000_000})
    data = lying.read_bytes().replace((30_000_000).to_bytes(4, "little"), b"\x10\0\0\0")
    lying.write_bytes(data)
    yield lying
    yield zipped(folder / "five.zip", {f"{at}": b"" for at in range(MOST_MEMBERS + 1)})
    (folder / "six.zip").write_bytes(b"PK\x05\x06" + b"\0" * 8 + b"\xff" * 8 + b"\0\0")
    yield folder / "six.zip"
    (folder / "seven.tar.gz").write_bytes(gzip.compress(b"\xff" * 30_000_000))
    yield folder / "seven.tar.gz"
    (folder / "eight.tar").write_bytes(b"no tar at all")
    yield folder / "eight.tar"
    with tarfile.open(folder / "nine.tar", "w", format=tarfile.PAX_FORMAT) as package:
        entry = tarfile.TarInfo("endless.txt")
        entry.pax_headers = {"size": "9" * 30}  # the library would skip it block by block
        package.addfile(entry)
    yield folder / "nine.tar"


def test_bombs_and_damaged_archives_end_with_an_error_and_leave_nothing(tmp_path: Path) -> None:
    (tmp_path / "bombs").mkdir()
    for path in bombs(tmp_path / "bombs"):
        begun = time.monotonic()
        with pytest.raises(DocumentError):
            add_source(NamedSource(str(path)), KeptSources(tmp_path / "i"), LIMITS)
        assert time.monotonic() - begun < 10
        assert list((tmp_path / "i").rglob("*.txt")) == []


def test_encrypted_large_and_nested_members_are_left_out_with_the_reason(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "a.zip", {"big.txt": b"0" * 2_000_000, "in.zip": b"PK", "ok.txt": b"x"}
    )
    told = {each.name: each.problem for each in members_of(path, LIMITS)}
    assert "MB" in told["big.txt"]
    assert "archive inside" in told["in.zip"]
    assert told["ok.txt"] == ""


def test_an_archive_is_added_as_a_folder_and_answers(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.md").write_text("The boat is blue.", "utf-8")
    path = zipped(
        tmp_path / "Letters 2026.zip",
        {"harbour/pool.md": b"# Pool\n\nThe pool opens at nine.", "../evil.md": b"x"},
    )
    with Assistant(make_settings(tmp_path / "index", [folder])) as assistant:
        assistant.sync()
        receipt = assistant.add(path)
        [document] = [f.document for f in receipt.files if f.outcome == "indexed"]
        assert document.endswith("/harbour/pool.md")
        assert [f.document for f in receipt.files if f.outcome == "unsupported"] == ["../evil.md"]
        answer = assistant.ask("When does the pool open?")
        assert "nine" in answer.text
        assert answer.citations[0].document.startswith("letters-2026-zip-20")
        assert assistant.add(path).count("unchanged") == 1  # the same bytes are kept once
        assert "blue" in assistant.ask("What colour is the boat?").text
        with pytest.raises(UsageError, match="no archive"):
            assistant.add(folder / "a.md")
        with pytest.raises(UsageError, match="private network"):
            assistant.add("http://127.0.0.1/")


def test_a_maildir_is_read_as_mail(tmp_path: Path) -> None:
    mail = tmp_path / "documents" / "Mail" / "cur"
    mail.mkdir(parents=True)
    (mail / "1700000000.M1P2.host:2,S").write_bytes(
        b"Return-Path: <ida@pool.example>\nFrom: Ida <ida@pool.example>\nTo: tom@pool.example\n"
        b"Subject: Pump\nDate: Mon, 3 Mar 2025 10:00:00 +0000\n\n"
        b"The new pump weighs 41 kilograms.\n"
    )
    with Assistant(make_settings(tmp_path / "index", [tmp_path / "documents"])) as assistant:
        assert assistant.sync().count("indexed") == 1
        assert "41" in assistant.ask("How much does the new pump weigh?").text


def test_the_command_tells_what_it_refuses(tmp_path: Path) -> None:
    settings = make_settings(tmp_path / "index", [tmp_path])
    done = run(settings, "add", "http://127.0.0.1/", "http://[::1]/")
    assert done.returncode == 1
    assert done.stderr.count("private network") == 2
    assert run(settings, "add", "http://127.0.0.1/").returncode == 2


@pytest.mark.parametrize("source", ["", "  "])
@pytest.mark.parametrize("kind", ["auto", "sitemap", "repository"])
def test_an_empty_source_is_none(tmp_path: Path, source: str, kind: str) -> None:
    """The empty path would be the folder that one stands in."""
    with pytest.raises(UsageError, match="empty"):
        add_source(NamedSource(source, kind), KeptSources(tmp_path), LIMITS)  # type: ignore[arg-type]
