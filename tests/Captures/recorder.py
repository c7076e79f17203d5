"""A tracker on loopback that writes down what clients announce, and names one source of the content.

It speaks HTTP (BEPs 3, 7, 23) and UDP (BEPs 15, 41), over IPv4 and IPv6 each. It decides nothing: every answer is the same."""

import http.server
import os
import socket
import struct
import threading
import time
import urllib.parse
from dataclasses import dataclass

INTERVAL_SECONDS = 2
UDP_EVENTS = {0: "-", 1: "completed", 2: "started", 3: "stopped"}
UDP_MAGIC = 0x41727101980
ABSENT = "-"


@dataclass(frozen=True)
class Announce:
    """One announce, as it was said. Numbers stay text: what is not said is "-". What may be bytes is hexadecimal."""

    seconds: float
    tracker: str
    family: str
    info_hash: str
    peer_id: str
    port: str
    key: str
    event: str
    uploaded: str
    downloaded: str
    left: str
    numwant: str
    compact: str

    COLUMNS = "seconds tracker family info-hash peer-id port key event uploaded downloaded left numwant compact"

    def line(self):
        return " ".join((
            f"{self.seconds:.2f}", self.tracker, self.family, self.info_hash, self.peer_id, self.port, self.key, self.event,
            self.uploaded, self.downloaded, self.left, self.numwant, self.compact))


class Recorder:
    """Listens until it is closed. `heard` is told of each announce, on a thread of the recorder's."""

    def __init__(self, source_port, heard):
        self.source_port = source_port
        self.heard = heard
        self.announces = []
        self.changed = threading.Condition()
        self.began = time.monotonic()
        self._closers = []
        self.http_port = self._open_http("http", None)
        self.second_http_port = self._open_http("http2", None)
        self.udp_port = self._open_udp("udp")

    def close(self):
        for close in self._closers:
            close()

    def seconds(self):
        return time.monotonic() - self.began

    def wait_for(self, condition, seconds):
        """Waits until `condition` holds for the list of announces; False: it did not within the time."""
        with self.changed:
            return self.changed.wait_for(lambda: condition(self.announces), seconds)

    def _record(self, tracker, family, **fields):
        announce = Announce(seconds=self.seconds(), tracker=tracker, family=family, **fields)
        with self.changed:
            self.announces.append(announce)
            self.changed.notify_all()
        self.heard(announce)

    def _peers(self, family, event, numwant):
        if event == "stopped" or numwant == 0:
            return b""
        address = socket.inet_pton(socket.AF_INET6, "::1") if family == "6" else socket.inet_pton(socket.AF_INET, "127.0.0.1")
        return address + struct.pack(">H", self.source_port)

    def _open_http(self, name, port):
        for family, host in (("4", "127.0.0.1"), ("6", "::1")):
            server = _http_server(self, name, family, host, port or 0)
            port = server.server_address[1]
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            self._closers += [server.shutdown, server.server_close]
        return port

    def _open_udp(self, name):
        port = 0
        for family, kind, host in (("4", socket.AF_INET, "127.0.0.1"), ("6", socket.AF_INET6, "::1")):
            listener = socket.socket(kind, socket.SOCK_DGRAM)
            listener.bind((host, port))
            port = listener.getsockname()[1]
            threading.Thread(target=self._serve_udp, args=(listener, name, family), daemon=True).start()
            self._closers.append(listener.close)
        return port

    def _serve_udp(self, listener, name, family):
        connection = os.urandom(8)
        while True:
            try:
                packet, sender = listener.recvfrom(4096)
            except OSError:
                return
            if len(packet) < 16:
                continue
            action, transaction = struct.unpack_from(">I4s", packet, 8)
            if action == 0 and struct.unpack_from(">Q", packet)[0] == UDP_MAGIC:
                listener.sendto(struct.pack(">I4s8s", 0, transaction, connection), sender)
            elif action == 1 and len(packet) >= 98 and packet[:8] == connection:
                listener.sendto(self._answer_udp(packet, transaction, name, family), sender)

    def _answer_udp(self, packet, transaction, name, family):
        (info_hash, peer_id, downloaded, left, uploaded, event, _, key, numwant, port) = struct.unpack_from(
            ">20s20sqqqII4siH", packet, 16)
        self._record(
            name, family, info_hash=info_hash.hex(), peer_id=peer_id.hex(), port=str(port), key=key.hex(),
            event=UDP_EVENTS.get(event, str(event)), uploaded=str(uploaded), downloaded=str(downloaded), left=str(left),
            numwant=str(numwant), compact=ABSENT)
        head = struct.pack(">I4sIII", 1, transaction, INTERVAL_SECONDS, 1, 1)
        return head + self._peers(family, UDP_EVENTS.get(event), numwant)

    def answer_http(self, query, name, family):
        """The body of the answer to a raw query."""
        fields = {}
        for part in query.split("&"):
            key, _, value = part.partition("=")
            fields.setdefault(key, urllib.parse.unquote_to_bytes(value))
        text = {key: value.decode("latin-1") or ABSENT for key, value in fields.items()}
        # Some clients send bytes here.
        text["key"] = fields.get("key", b"").hex() or ABSENT
        self._record(
            name, family, info_hash=fields["info_hash"].hex(), peer_id=fields["peer_id"].hex(),
            **{field: text.get(field, ABSENT) for field in (
                "port", "key", "event", "uploaded", "downloaded", "left", "numwant", "compact")})
        wanted = text.get("numwant", ABSENT)
        peers = self._peers(family, text.get("event"), int(wanted) if wanted.lstrip("-").isdigit() else -1)
        name_of_peers = b"6:peers6" if family == "6" else b"5:peers"
        none = b"5:peers0:" if family == "6" else b""
        return (b"d8:completei1e10:incompletei1e8:intervali%de12:min intervali1e" % INTERVAL_SECONDS
                + none + name_of_peers + b"%d:" % len(peers) + peers + b"e")


def _http_server(recorder, name, family, host, port):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            path, _, query = self.path.partition("?")
            known = path == "/announce" and "info_hash=" in query
            body = recorder.answer_http(query, name, family) if known else b"d14:failure reason7:unknowne"
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    class Server(http.server.ThreadingHTTPServer):
        address_family = socket.AF_INET6 if family == "6" else socket.AF_INET
        daemon_threads = True

    return Server((host, port), Handler)
