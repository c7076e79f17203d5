#!/usr/bin/python3
"""Stock clients download from an edge alone, from a magnet alone: each over IPv4 and IPv6, plainly and with encryption demanded (but WebTorrent), v1 and v2,
libtorrent and qBittorrent also by uTP with TCP switched off.

`distribution serve` runs in a network namespace of its own; a tracker of this program, which each magnet names, knows one peer, the edge's
address in the wanted family. A row is done when the client has a file with the published SHA-256. Needs root and the clients.
"""

import argparse
import concurrent.futures
import ctypes
import hashlib
import http.server
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parent / "Captures"), str(HERE.parent / "Shared")]
from clients import CLIENTS  # noqa: E402
from product_server import free_port  # noqa: E402

CLONE_NEWNET = 0x40000000
ADDRESSES = {4: "198.18.5.1", 6: "fd00:5::1"}
PATIENCE_SECONDS = 60


class Tracker(http.server.ThreadingHTTPServer):
    """Names the edge to whoever asks, in the family that the path says."""

    daemon_threads = True

    def __init__(self, edge_port):
        self.edge_port = edge_port
        super().__init__((ADDRESSES[4], 0), Announce)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        """A client that was ended in the middle of an announce."""

    def url(self, family):
        return f"http://{ADDRESSES[4]}:{self.server_port}/{family}/announce"


class Announce(http.server.BaseHTTPRequestHandler):
    def do_GET(self):  # noqa: N802
        family = int(self.path.split("/")[1])
        kind = socket.AF_INET if family == 4 else socket.AF_INET6
        peer = socket.inet_pton(kind, ADDRESSES[family]) + struct.pack(">H", self.server.edge_port)
        peers4, peers6 = (peer, b"") if family == 4 else (b"", peer)
        body = b"d8:completei1e10:incompletei0e8:intervali60e12:min intervali5e5:peers%d:%b6:peers6%d:%be" % (
            len(peers4), peers4, len(peers6), peers6)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def own_network():
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        sys.exit("A network namespace needs root.")
    for command in ("link set lo up", f"addr add {ADDRESSES[4]}/32 dev lo", f"-6 addr add {ADDRESSES[6]}/128 dev lo"):
        subprocess.run(["ip", *command.split()], check=True)


class Product:
    def __init__(self, program, folder):
        self.program, self.data = os.path.abspath(program), os.path.join(folder, "server")
        self.edge_port = free_port()
        self.url = f"http://{ADDRESSES[4]}:{free_port()}"
        self.log = open(os.path.join(folder, "server.log"), "ab")
        self.process = subprocess.Popen(
            [self.program, "serve", "--data", self.data, "--urls", self.url, "--tracker-udp", "0", "--edge-port", str(self.edge_port), "--edge-utp", "true"],
            stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL)

    def publish(self, path, torrent_format):
        """The server is asked again until it is there."""
        command = [self.program, "publish", path, "--format", torrent_format, "--server", self.url, "--data", self.data, "--json"]
        deadline = time.monotonic() + 60
        while True:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode == 0:
                break
            if time.monotonic() > deadline:
                raise RuntimeError(f"publish: {done.stderr}")
            time.sleep(0.2)
        file = json.loads(done.stdout)
        # The tracker of this program names the edge from the first second on; a client that comes before the edge knows
        # the torrent is turned away, and waits a minute until it comes again.
        while f"Seeding {file['infoHash']}" not in self.read_log():
            if time.monotonic() > deadline:
                raise RuntimeError(f"The edge does not seed {file['infoHash']}.")
            time.sleep(0.05)
        return file

    def read_log(self):
        with open(self.log.name, encoding="utf-8", errors="replace") as log:
            return log.read()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def rows(clients, short):
    """(client, torrent, family, encrypted, over uTP alone)"""
    for name, client in clients.items():
        if short:
            yield name, "v1", 4 if name in ("aria2", "qbittorrent") else 6, client.encrypts, False
            continue
        for torrent in ("v1", "v2") if client.takes_v2 else ("v1",):
            for family in (4, 6):
                for utp in (False, True) if client.takes_utp else (False,):
                    yield name, torrent, family, False, utp
                    if client.encrypts:
                        yield name, torrent, family, True, utp


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def download(row, folder, sources, tracker):
    name, torrent, family, encrypted, utp = row
    source = sources[torrent]
    client = CLIENTS[name](os.path.join(folder, "-".join(map(str, row))), encrypted, utp)
    topic = f"urn:btih:{source['infoHash']}" if torrent == "v1" else f"urn:btmh:1220{source['infoHashV2']}"
    magnet = f"magnet:?xt={topic}&tr={urllib.parse.quote(tracker.url(family), safe='')}"
    started = time.monotonic()
    try:
        client.start(magnet)
        while time.monotonic() - started < PATIENCE_SECONDS:
            for path in Path(client.downloads).rglob(source["name"]):
                if path.stat().st_size == source["size"] and sha256(path) == source["sha256"]:
                    return row, time.monotonic() - started, None
            if client.process.poll() is not None:
                return row, None, f"ended with status {client.process.returncode}"
            time.sleep(0.2)
        return row, None, f"not there after {PATIENCE_SECONDS} s"
    except (OSError, RuntimeError) as fault:
        return row, None, str(fault)
    finally:
        client.kill()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="the built `distribution`")
    parser.add_argument("--clients", default=",".join(CLIENTS), help="of " + ",".join(CLIENTS))
    parser.add_argument("--short", action="store_true", help="one row a client, v1 with encryption")
    parser.add_argument("--size", type=int, default=3_000_001, help="bytes of the file")
    parser.add_argument("--at-once", type=int, default=4, help="clients that run at the same time")
    parser.add_argument("--keep", action="store_true", help="keep the folder with logs")
    options = parser.parse_args()
    clients = {name: CLIENTS[name] for name in options.clients.split(",")}
    missing = [name for name, client in clients.items() if not client.is_there()]
    if missing:
        sys.exit(f"Not installed: {', '.join(missing)}")
    own_network()
    folder = tempfile.mkdtemp(prefix="interop-")
    product = Product(options.program, folder)
    failed = 0
    try:
        sources = {}
        for torrent, torrent_format in (("v1", "v1"), ("v2", "hybrid")):
            path = os.path.join(folder, f"{torrent}.bin")
            with open(path, "wb") as file:
                file.write(os.urandom(options.size))
            sources[torrent] = {**product.publish(path, torrent_format), "sha256": sha256(path), "name": f"{torrent}.bin"}
        tracker = Tracker(product.edge_port)
        with concurrent.futures.ThreadPoolExecutor(options.at_once) as pool:
            work = [pool.submit(download, row, folder, sources, tracker) for row in rows(clients, options.short)]
            for done in concurrent.futures.as_completed(work):
                (name, torrent, family, encrypted, utp), seconds, fault = done.result()
                failed += fault is not None
                how = f"{name:<12} {torrent} IPv{family} {'encrypted' if encrypted else 'plain':<9} {'uTP' if utp else 'TCP'}"
                print(how, f"{seconds:6.1f} s" if fault is None else f"FAILED: {fault}", flush=True)
    finally:
        product.stop()
        if options.keep:
            print(folder)
        else:
            shutil.rmtree(folder)
    print(f"{failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
