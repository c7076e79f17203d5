"""The seeds that the benchmark compares, each started on the same content and stopped again."""
import hashlib
import http.server
import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
HOST = HERE / "SeedHost/bin/Release/net10.0/Distribution.SeedHost"


def bencode(value):
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, bytes):
        return b"%d:%b" % (len(value), value)
    if isinstance(value, list):
        return b"l" + b"".join(map(bencode, value)) + b"e"
    return b"d" + b"".join(bencode(key) + bencode(value[key]) for key in sorted(value)) + b"e"


class Content:
    """A file of random bytes, and a torrent of it."""

    def __init__(self, folder, size, piece_length):
        self.file = folder / "content.bin"
        self.size, self.piece_length = size, piece_length
        if not self.file.exists():
            with self.file.open("wb") as output:
                for _ in range(size >> 20):
                    output.write(os.urandom(1 << 20))
        pieces = bytearray()
        with self.file.open("rb") as data:
            while piece := data.read(piece_length):
                pieces += hashlib.sha1(piece).digest()
        info = {b"length": size, b"name": b"content.bin", b"piece length": piece_length, b"pieces": bytes(pieces), b"private": 1}
        self.info_hash = hashlib.sha1(bencode(info)).hexdigest()
        self.torrent = folder / f"content-{piece_length}.torrent"
        self.torrent.write_bytes(bencode({b"announce": b"http://127.0.0.1:9/announce", b"info": info}))


class Server:
    """In the place of a whole server: orders for one edge, the torrent, and the file's ranges."""

    def __init__(self, content, viewers=()):
        # Nobody listens there: that the tracker has named them is what matters.
        dial = [f"{viewer}:9" for viewer in viewers]

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self, status, body, *headers):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                for name, value in headers:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                body = b""
                # In chunks, as the edge writes it.
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                beat = json.loads(body)
                base = f"http://127.0.0.1:{self.server.server_port}"
                order = {"infoHash": content.info_hash, "fileId": "f", "torrentUrl": f"{base}/torrent", "webSeedUrl": f"{base}/file", "dial": dial}
                orders = {"acknowledgedSequence": beat["sequence"], "intervalSeconds": 2, "leaseSeconds": 10, "uploadLimitBytesPerSecond": 0, "assignments": [order]}
                self.answer(200, json.dumps(orders).encode(), ("Content-Type", "application/json"))

            def do_GET(self):
                if self.path == "/torrent":
                    self.answer(200, content.torrent.read_bytes())
                    return
                first, last = map(int, re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers["Range"]).groups())
                with content.file.open("rb") as data:
                    data.seek(first)
                    body = data.read(last - first + 1)
                size = content.file.stat().st_size
                self.answer(206, body, ("Content-Range", f"bytes {first}-{last}/{size}"))

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def close(self):
        self.http.shutdown()
        self.http.server_close()


class Seed:
    """A process that listens on a port."""

    def __init__(self, name, port, command, **options):
        self.name, self.port = name, port
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=options.pop("stdout", subprocess.DEVNULL), **options)

    @property
    def pid(self):
        return self.process.pid

    def cpu_seconds(self):
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def private_kib(self):
        return int(re.search(r"RssAnon:\s+(\d+)", Path(f"/proc/{self.pid}/status").read_text())[1])

    def stop(self):
        self.process.stdin.close()
        if not isinstance(self, Product):
            self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Product(Seed):
    """An edge node; `limits` are those of the node and of a peer, in bytes per second, `viewers` addresses that its tracker names."""

    def __init__(self, content, folder, port, limits=(50_000_000_000,), viewers=(), host=HOST, engine="own"):
        self.server = Server(content, viewers)
        command = [str(host), self.server.url, str(folder / f"edge-{engine}"), str(port), *map(str, [*limits, 0][:2]), engine]
        super().__init__("product" if engine == "own" else engine, port, command, stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if line.strip() == "ready":
                break
            print(line, end="", file=sys.stderr)
        threading.Thread(target=lambda: [print(line, end="", file=sys.stderr) for line in self.process.stdout], daemon=True).start()

    def stop(self):
        super().stop()
        self.server.close()


def limit_seed(program, content, port):
    return Seed("limit-seed", port, [program, "--file", str(content.file), "--port", str(port), "--piece-length", str(content.piece_length), "--mode", "writev"])


def libtorrent(content, port):
    return Seed("libtorrent", port, ["/usr/bin/python3", str(HERE / "libtorrent_seed.py"), str(content.torrent), str(content.file.parent), str(port)])


def rtorrent(content, folder, port):
    session = folder / "rtorrent-session"
    session.mkdir(exist_ok=True)
    for old in session.iterdir():
        old.unlink()
    settings = folder / "rtorrent.rc"
    settings.write_text(
        f"directory.default.set = {content.file.parent}\nsession.path.set = {session}\n"
        f"network.port_range.set = {port}-{port}\nnetwork.port_random.set = no\n"
        "throttle.max_uploads.set = 20000\nthrottle.max_uploads.global.set = 20000\nthrottle.max_peers.seed.set = 20000\n"
        "throttle.max_peers.normal.set = 20000\nthrottle.global_up.max_rate.set_kb = 0\nnetwork.max_open_sockets.set = 20000\nnetwork.max_open_files.set = 20000\n"
        "protocol.encryption.set = allow_incoming\ndht.mode.set = disable\nprotocol.pex.set = no\ntrackers.use_udp.set = no\n"
        "pieces.memory.max.set = 2048M\npieces.hash.on_completion.set = no\nsystem.daemon.set = true\n"
        f"schedule2 = load, 0, 10, \"load.start={content.torrent}\"\n"
    )
    return Seed("rtorrent", port, ["rtorrent", "-n", "-o", f"import={settings}"])
