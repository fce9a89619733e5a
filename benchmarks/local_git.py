"""Git repositories, friendly and hostile, and an https server of them on this machine."""

from __future__ import annotations

import os
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from assistant.sources.fetching import WebDoor, is_public

_AS_SOMEBODY = {
    "GIT_AUTHOR_NAME": "Ida", "GIT_AUTHOR_EMAIL": "ida@pool.example", "GIT_COMMITTER_NAME": "Ida",
    "GIT_COMMITTER_EMAIL": "ida@pool.example", "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull, "PATH": os.defpath, "LC_ALL": "C.UTF-8",
}  # fmt: skip


def git(folder: Path, *arguments: str, stdin: bytes = b"") -> str:
    """What a git command prints, in a folder."""
    done = subprocess.run(
        ["git", "-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always", *arguments],
        cwd=folder, input=stdin, capture_output=True, check=True, env=_AS_SOMEBODY, timeout=60,
    )  # fmt: skip
    return done.stdout.decode("utf-8", "replace").strip()


def repository(folder: Path, files: dict[str, bytes]) -> Path:
    """A new repository with one commit of these files."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet")
    commit(folder, files)
    return folder


def commit(folder: Path, files: dict[str, bytes]) -> str:
    """Write files and commit all; the commit's hash."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", "More")
    return git(folder, "rev-parse", "HEAD")


def tree_of(folder: Path, entries: list[tuple[str, str, str, str]]) -> str:
    """The hash of a commit whose tree has these entries (mode, type, object, name), which no
    friendly program would write."""
    listed = "".join(f"{mode} {kind} {blob}\t{name}\0" for mode, kind, blob, name in entries)
    tree = git(folder, "mktree", "-z", "--missing", stdin=listed.encode())
    made = git(folder, "commit-tree", tree, "-m", "Odd")
    git(folder, "update-ref", "refs/heads/odd", made)
    return made


def blob_of(folder: Path, data: bytes) -> str:
    """The hash of a stored content."""
    return git(folder, "hash-object", "-w", "--stdin", stdin=data)


class GitSite:
    """An https server on this machine with the repositories below a folder."""

    def __init__(self, folder: Path, *, redirect: str = "") -> None:
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                if redirect:
                    self.send_response(302)
                    self.send_header("Location", redirect)
                    self.end_headers()
                    return
                path, _, query = self.path.partition("?")
                length = int(self.headers.get("Content-Length") or 0)
                done = subprocess.run(
                    ["git", "http-backend"], input=self.rfile.read(length), capture_output=True,
                    timeout=60, check=False,
                    env=_AS_SOMEBODY | {
                        "GIT_PROJECT_ROOT": str(folder), "GIT_HTTP_EXPORT_ALL": "1",
                        "PATH_INFO": path, "QUERY_STRING": query, "REQUEST_METHOD": self.command,
                        "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                        "CONTENT_LENGTH": str(length), "REMOTE_ADDR": "127.0.0.1",
                        "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                        "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                    },
                )  # fmt: skip
                head, _, body = done.stdout.partition(b"\r\n\r\n")
                fields = [line.partition(": ")[::2] for line in head.decode().splitlines()]
                named = dict(fields)
                self.send_response(int(named.pop("Status", "200").split()[0]))
                for name, value in named.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                return

        self.certificate = _certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, folder / "key.pem")
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.port = self.server.server_address[1]

    def url(self, path: str) -> str:
        """The address of a repository below the folder."""
        return f"https://git.example:{self.port}/{path}"

    def door(self) -> WebDoor:
        """``git.example`` is this server and passes as public; nothing else does."""
        called: list[str] = []

        def resolve(host: str, port: int) -> list[str]:
            called.append(host)
            return ["127.0.0.1"] if host == "git.example" else [host]

        return WebDoor(
            resolve,
            lambda address: called[-1] == "git.example" or is_public(address),
            str(self.certificate),
        )

    def close(self) -> None:
        """End the server."""
        self.server.shutdown()
        self.server.server_close()


def _certificate(folder: Path) -> Path:
    made = folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=git.example",
         "-addext", "subjectAltName=DNS:git.example", "-keyout", str(folder / "key.pem"),
         "-out", str(made)],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    return made
