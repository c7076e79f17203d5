#!/usr/bin/python3
"""Uploads under faults, against a real server and a real store: what was acknowledged is kept, and nothing wrong is published.

  kills     Several clients upload files of random sizes in random pieces, all the time, while the server is killed with SIGKILL at
            random moments and started again. After each, an upload must stand at no less than what was acknowledged and no more than
            what was sent. One client sends parts at a time and has them concatenated, one has the server import files of its own disk; a
            third of the kills waits for each of them to be at work in the background. Each file that comes out is downloaded and
            compared, and its .torrent's piece hashes are recomputed.
  outage    The blob store goes away for a while in the middle of an upload and comes back: the upload waits, goes on and is right.

The blob store is Azurite, started here. Exit status: 0 all held, 1 something did not, 2 wrong usage.
"""

import argparse
import base64
import hashlib
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Shared"))
from product_server import ProductServer, free_port

HERE = os.path.dirname(os.path.abspath(__file__))
AZURITE = os.path.join(HERE, "..", "Azurite", "node_modules", ".bin", "azurite-blob")
LEAF_BYTES = 16 << 10
ACCOUNT = "devstoreaccount1"
# Every Azurite has this account and key; it is printed in its documentation.
ACCOUNT_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
FAULTS = (OSError, http.client.HTTPException)
# What a client's files come by; the first client's by the first, and so on.
WAYS = ("upload", "parts", "import")
# A concatenation is this many times as large as what was sent for it, so that there is something to put together.
PART_USES = 4


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["kills", "outage"])
    parser.add_argument("--program", required=True, help="the built `distribution`")
    parser.add_argument("--store", choices=["folder", "azure"], default="folder", help="kills: which store (default folder)")
    parser.add_argument("--azurite", default=AZURITE, help="Azurite's blob program (default: the one of tests/Azurite)")
    parser.add_argument("--kills", type=int, default=50, help="how many (default 50)")
    parser.add_argument("--clients", type=int, default=3, help="kills: uploads at a time (default 3)")
    parser.add_argument("--max-mib", type=int, default=24, help="kills: the largest file (default 24)")
    parser.add_argument("--rate", type=float, default=24, help="kills: MB/s of each client (default 24)")
    parser.add_argument("--outage", type=float, default=30, help="outage: seconds (default 30)")
    parser.add_argument("--mib", type=int, default=256, help="outage: size of the file (default 256)")
    parser.add_argument("--seed", type=int, default=None, help="of sizes, pieces and moments (default: random, printed)")
    parser.add_argument("--folder", default=tempfile.gettempdir(), help="where everything is kept meanwhile")
    return parser.parse_args()


class Azurite:
    """The blob store's emulator on a folder and a port that it keeps over restarts."""

    def __init__(self, program, parent):
        self.program = program
        self.location = tempfile.mkdtemp(prefix="azurite-", dir=parent)
        self.port = free_port()
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [self.program, "--blobHost", "127.0.0.1", "--blobPort", str(self.port), "--location", self.location,
             "--silent", "--skipApiVersionCheck", "--disableTelemetry"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("Azurite did not start.") from None
                time.sleep(0.05)

    def stop(self):
        # The program may be a script that started another.
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def connection_string(self):
        return (f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={ACCOUNT_KEY};"
                f"BlobEndpoint=http://127.0.0.1:{self.port}/{ACCOUNT};")


class Client(threading.Thread):
    """Uploads one file after another until told to stop, finishes the last, and checks each."""

    def __init__(self, lab, number):
        super().__init__(name=f"client {number}", daemon=True)
        self.lab = lab
        self.random = random.Random(f"{lab.options.seed} {number}")
        self.way = WAYS[number % len(WAYS)]
        self.make = {"upload": self.upload, "parts": self.concatenate, "import": self.import_file}[self.way]
        # Set while the server works on what this client asked for, in the background.
        self.is_served = threading.Event()
        self.fault = None
        self.is_sending = False
        self.sent = 0
        self.acknowledged = 0

    def run(self):
        try:
            while not self.lab.stopping.is_set():
                self.publish_one()
        except Exception as fault:  # the lab reports it and fails
            self.fault = fault
            self.lab.failed.set()

    def publish_one(self):
        file_id, content = self.make()
        file = self.until_answered(lambda: self.lab.server.until_published(file_id))
        self.is_served.clear()
        self.until_answered(lambda: check_published(self.lab.server, file, content))
        self.until_answered(lambda: self.lab.server.unpublish(file_id))
        self.lab.count(self.way, len(content))

    def upload(self):
        """One file, sent as it is."""
        content = self.random.randbytes(self.choose_size())
        torrent_format = self.random.choice(["v1", "hybrid"])
        location = self.until_answered(lambda: self.lab.server.create_upload("video.bin", len(content), torrent_format))
        self.send(location, content)
        return location.rsplit("/", 1)[1], content

    def concatenate(self):
        """Two parts, each used several times, put together by the server."""
        parts = [self.random.randbytes(self.random.randint(1, (self.lab.options.max_mib << 20) // 4)) for _ in range(2)]
        locations = []
        for part in parts:
            headers = {"Upload-Length": str(len(part)), "Upload-Concat": "partial"}
            locations.append(self.create(headers))
            self.send(locations[-1], part)
        order = [self.random.randrange(2) for _ in range(2 * PART_USES)]
        self.is_served.set()
        name = f"{self.random.getrandbits(64):x}.bin"
        final = self.create({
            "Upload-Metadata": "filename " + base64.b64encode(name.encode()).decode(),
            "Upload-Concat": "final;" + " ".join(locations[number] for number in order)}, name)
        for location in locations:
            # Parts that are in use are kept until what is made of them is whole.
            self.until_answered(lambda at=location: self.lab.server.call("DELETE", at))
        return final.rsplit("/", 1)[1], b"".join(parts[number] for number in order)

    def import_file(self):
        """A file of the server's own disk."""
        content = self.random.randbytes((self.lab.options.max_mib << 20) - self.random.randrange(LEAF_BYTES))
        path = os.path.join(self.lab.import_folder, f"{self.random.getrandbits(64):x}.bin")
        with open(path, "wb") as file:
            file.write(content)
        self.is_served.set()
        file_id = self.until_answered(lambda: self.lab.server.import_path(path))
        self.until_answered(lambda: self.lab.server.until_published(file_id))
        os.remove(path)
        return file_id, content

    def create(self, headers, name=None):
        """A POST whose answer was lost may have been taken, and its parts may be used up by now: `name` is then looked for."""
        attempts = 0

        def ask():
            nonlocal attempts
            attempts += 1
            if name and attempts > 1 and (taken := self.find(name)):
                return taken
            answer = self.lab.server.call("POST", "/api/v1/uploads", headers)
            if answer.status != 201:
                raise AssertionError(f"POST answered {answer.status}: {answer.text}.")
            return urllib.parse.urlparse(answer.headers["Location"]).path

        return self.until_answered(ask)

    def find(self, name):
        """The address of the upload that makes the file of this name, or nothing."""
        answer = self.lab.server.call("GET", "/api/v1/files?limit=100")
        if answer.status != 200:
            raise AssertionError(f"GET answered {answer.status}.")
        ids = [file["id"] for file in json.loads(answer.text)["items"] if file["name"] == name]
        return f"/api/v1/uploads/{ids[0]}" if ids else None

    def send(self, location, content):
        """Until all of it is acknowledged."""
        size = len(content)
        self.sent = self.acknowledged = 0
        while self.acknowledged < size:
            offset = self.until_answered(lambda: self.ask_offset(location))
            if not self.acknowledged <= offset <= self.sent:
                raise AssertionError(
                    f"The upload stands at {offset}: {self.acknowledged} were acknowledged, {self.sent} sent.")
            self.acknowledged = offset
            if offset < size:
                self.send_piece(location, content, offset)

    def choose_size(self):
        most = self.lab.options.max_mib << 20
        kind = self.random.random()
        if kind < 0.1:
            return self.random.choice([1, LEAF_BYTES - 1, LEAF_BYTES, LEAF_BYTES + 1, 1 << 20, (1 << 20) + 1])
        return self.random.randint(most // 8 if kind < 0.8 else 1, most)

    def ask_offset(self, location):
        answer = self.lab.server.call("HEAD", location)
        if answer.status != 200:
            raise AssertionError(f"HEAD answered {answer.status}.")
        return int(answer.headers["Upload-Offset"])

    def send_piece(self, location, content, offset):
        """One PATCH, slowly, so that kills meet it anywhere. A broken connection is what this test is about."""
        server = self.lab.server
        end = len(content) if self.random.random() < 0.5 else self.random.randint(offset + 1, len(content))
        slice_bytes = 256 << 10
        self.is_sending = True
        try:
            with socket.create_connection((server.host, server.port), timeout=120) as connection:
                connection.sendall((
                    f"PATCH {location} HTTP/1.1\r\nHost: {server.host}\r\nAuthorization: Bearer {server.key}\r\n"
                    f"Tus-Resumable: 1.0.0\r\nUpload-Offset: {offset}\r\nContent-Type: application/offset+octet-stream\r\n"
                    f"Content-Length: {end - offset}\r\n\r\n").encode())
                for start in range(offset, end, slice_bytes):
                    stop = min(start + slice_bytes, end)
                    self.sent = max(self.sent, stop)
                    connection.sendall(memoryview(content)[start:stop])
                    time.sleep((stop - start) / (self.lab.options.rate * 1e6))
                answer = http.client.HTTPResponse(connection, method="PATCH")
                answer.begin()
                answer.read()
                if answer.status == 204:
                    self.acknowledged = max(self.acknowledged, int(answer.headers["Upload-Offset"]))
                elif answer.status < 500 and answer.status != 409:
                    raise AssertionError(f"PATCH answered {answer.status}.")
        except FAULTS:
            pass
        finally:
            self.is_sending = False

    def until_answered(self, action):
        while True:
            try:
                return action()
            except FAULTS:
                # Killed meanwhile. It comes back, or the lab has failed.
                if self.lab.failed.is_set():
                    raise
                self.lab.running.wait()
                time.sleep(0.02)


class Lab:
    def __init__(self, options, server, import_folder):
        self.options = options
        self.server = server
        self.import_folder = import_folder
        self.stopping = threading.Event()
        self.failed = threading.Event()
        self.running = threading.Event()
        self.running.set()
        self._gate = threading.Lock()
        self.files = dict.fromkeys(WAYS, 0)
        self.bytes = 0

    def count(self, way, size):
        with self._gate:
            self.files[way] += 1
            self.bytes += size


def check_published(server, file, content):
    """Every byte, and every piece hash of the torrent, v1 and v2, recomputed here."""
    with urllib.request.urlopen(file["downloadUrl"], timeout=120) as answer:
        if answer.read() != content:
            raise AssertionError("The published bytes are not those that were sent.")
    if file["sha256"] != hashlib.sha256(content).hexdigest():
        raise AssertionError("The SHA-256 is wrong.")
    with urllib.request.urlopen(file["torrentUrl"], timeout=60) as answer:
        torrent = decode(answer.read())
    info = torrent[b"info"]
    length = info[b"piece length"]
    pieces = b"".join(hashlib.sha1(content[at:at + length]).digest() for at in range(0, len(content), length))
    if info[b"pieces"] != pieces or info[b"length"] != len(content):
        raise AssertionError("The v1 pieces are wrong.")
    if b"file tree" not in info:
        if file.get("infoHashV2"):
            raise AssertionError("A v2 info-hash without a v2 torrent.")
        return
    entry = info[b"file tree"][info[b"name"]][b""]
    layer, root = merkle(content, length)
    if entry[b"pieces root"] != root or len(content) > length and torrent[b"piece layers"][root] != layer:
        raise AssertionError("The v2 hashes are wrong.")


def merkle(content, piece_length):
    """The piece layer and the root (BEP 52)."""
    def up(level):
        return [hashlib.sha256(level[i] + level[i + 1]).digest() for i in range(0, len(level), 2)]

    leaves = [hashlib.sha256(content[at:at + LEAF_BYTES]).digest() for at in range(0, len(content), LEAF_BYTES)]
    per_piece = piece_length // LEAF_BYTES if len(content) > piece_length else 1
    layer, zero = leaves, bytes(32)
    while per_piece > 1:
        layer = up(layer + [zero] * (len(layer) % 2))
        zero = hashlib.sha256(zero + zero).digest()
        per_piece //= 2
    top = layer
    while len(top) > 1:
        top = up(top + [zero] * (len(top) % 2))
        zero = hashlib.sha256(zero + zero).digest()
    return b"".join(layer), top[0]


def decode(data):
    value, end = decode_at(data, 0)
    if end != len(data):
        raise AssertionError("Something follows the torrent.")
    return value


def decode_at(data, at):
    kind = data[at:at + 1]
    if kind == b"i":
        end = data.index(b"e", at)
        return int(data[at + 1:end]), end + 1
    if kind in b"ld":
        items, at = [], at + 1
        while data[at:at + 1] != b"e":
            item, at = decode_at(data, at)
            items.append(item)
        return (items if kind == b"l" else dict(zip(items[::2], items[1::2]))), at + 1
    colon = data.index(b":", at)
    start = colon + 1
    end = start + int(data[at:colon])
    return data[start:end], end


def store_options(options, folder):
    """What `serve` is told of its store, and what has to be stopped afterwards."""
    if options.store == "folder" and options.what == "kills":
        return (), None
    azurite = Azurite(options.azurite, folder)
    return ("--blobs", azurite.connection_string()), azurite


def test_kills(options, folder):
    moments = random.Random(options.seed)
    arguments, azurite = store_options(options, folder)
    interrupted = dict.fromkeys(WAYS, 0)
    import_folder = os.path.join(folder, "import")
    os.mkdir(import_folder)
    try:
        with ProductServer(options.program, folder, (*arguments, "--import-from", import_folder)) as server:
            lab = Lab(options, server, import_folder)
            clients = [Client(lab, number) for number in range(options.clients)]
            for client in clients:
                client.start()
            for number in range(options.kills):
                wait_for_moment(clients[number % len(clients)], moments, lab.failed)
                if lab.failed.is_set():
                    break
                lab.running.clear()
                # As they stand before the kill; what ends meanwhile is counted by nobody.
                cut = {way: sum(client.is_sending or client.is_served.is_set() for client in clients if client.way == way) for way in WAYS}
                server.kill()
                for way in WAYS:
                    interrupted[way] += cut[way]
                server.start()
                lab.running.set()
                print(f"kill {number + 1}: cut off {told(cut)}; {told(lab.files)} published so far", flush=True)
            lab.stopping.set()
            for client in clients:
                client.join()
    finally:
        if azurite:
            azurite.stop()
    faults = [f"{client.name}: {client.fault!r}" for client in clients if client.fault]
    print(f"{options.kills} kills on the {options.store} store cut off {told(interrupted)}; {told(lab.files)} with "
          f"{lab.bytes} bytes were published and compared", flush=True)
    ways = {client.way for client in clients}
    faults += [f"Nothing was published by way of {way}." for way in ways if lab.files[way] == 0]
    faults += [f"The kills met nothing by way of {way}." for way in ways if interrupted[way] == 0]
    return faults


def wait_for_moment(client, moments, failed):
    """Any moment at which this client sends, or the server works in the background on what it asked for."""
    if client.way == "upload":
        failed.wait(moments.uniform(0.05, 1.2))
    while not failed.is_set():
        if client.way == "upload":
            if client.is_sending:
                return
        elif client.is_served.wait(0.1):
            failed.wait(moments.uniform(0, 0.1))
            if client.is_served.is_set():
                return
        failed.wait(0.001)


def told(counts):
    return ", ".join(f"{count} by {way}" for way, count in counts.items())


def test_outage(options, folder):
    arguments, azurite = store_options(options, folder)
    numbers = random.Random(options.seed)
    # A megabyte at a time: it makes no 256 at once.
    content = b"".join(numbers.randbytes(1 << 20) for _ in range(options.mib))
    cut_offs = 0
    try:
        with ProductServer(options.program, folder, arguments) as server:
            location = server.create_upload("video.bin", len(content), "hybrid")
            half = threading.Event()

            def fail_and_return():
                half.wait()
                azurite.stop()
                time.sleep(options.outage)
                azurite.start()

            breaker = threading.Thread(target=fail_and_return, daemon=True)
            breaker.start()
            started = time.monotonic()
            offset = 0
            while offset < len(content):
                offset = send_watched(server, location, content, offset, half)
                if offset < len(content):
                    cut_offs += 1
            breaker.join()
            file = server.until_published(location.rsplit("/", 1)[1])
            check_published(server, file, content)
            seconds = time.monotonic() - started
    finally:
        azurite.stop()
    print(f"{len(content)} bytes with the store away for {options.outage:g} s: published after {seconds:.1f} s, compared; the "
          f"client had to resume {cut_offs} times", flush=True)
    return []


def send_watched(server, location, content, offset, half):
    """Sends the rest in one request; answers where the upload stands then."""
    try:
        with socket.create_connection((server.host, server.port), timeout=300) as connection:
            connection.sendall((
                f"PATCH {location} HTTP/1.1\r\nHost: {server.host}\r\nAuthorization: Bearer {server.key}\r\n"
                f"Tus-Resumable: 1.0.0\r\nUpload-Offset: {offset}\r\nContent-Type: application/offset+octet-stream\r\n"
                f"Content-Length: {len(content) - offset}\r\n\r\n").encode())
            step = 1 << 20
            for start in range(offset, len(content), step):
                if start >= len(content) // 2:
                    half.set()
                connection.sendall(memoryview(content)[start:start + step])
                # Slower than any store, so that the outage comes in the middle.
                time.sleep(0.01)
            answer = http.client.HTTPResponse(connection, method="PATCH")
            answer.begin()
            answer.read()
    except FAULTS as fault:
        print(f"cut off: {fault!r}", flush=True)
    answer = server.call("HEAD", location)
    return int(answer.headers["Upload-Offset"])


def main():
    options = parse_arguments()
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {options.seed}", flush=True)
    folder = tempfile.mkdtemp(prefix="upload-faults-", dir=options.folder)
    try:
        faults = (test_kills if options.what == "kills" else test_outage)(options, folder)
    finally:
        shutil.rmtree(folder)
    for fault in faults:
        print(f"FAULT {fault}", flush=True)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
