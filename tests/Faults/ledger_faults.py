#!/usr/bin/python3
"""The ledger under kill -9: what it says our machines sent is what their sockets took, and never more.

A server (silo and web seed) and an edge, each under socket_trace of tests/SwarmLab, on SQLite or on a PostgreSQL of its own, and viewers
(libtorrent) that take one file again and again, so that something is always on its way. At random moments the server, the edge or
the database is killed and started again. At the end all come to rest, and it must hold, in bytes:

  the ledger's web seed and edge bytes            what the kernel took from the sockets, to the byte
  its fill bytes                                  never more than that, and at most 256 KiB less for each range under way at each kill
                                                  of the server: fill does not go the web seed's short way
  delivered.low and delivered.high                never more than the viewers hold
  every viewer's file                             the published one

What the kernel took from a call in whose middle the process is killed counts too: socket_trace asks the kernel (-k).
Exit status: 0 all held, 1 something did not, 2 wrong usage.
"""

import argparse
import contextlib
import hashlib
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
LAB = os.path.join(HERE, "..", "SwarmLab")
sys.path[:0] = [os.path.join(HERE, "..", "Shared"), LAB]
from product_server import free_port
from streams import HttpServerConnection, PeerConnection, SocketBook

FILL_CALL = 256 << 10
# Ranges that an edge fetches side by side.
FILLS = 4
VIEWERS = "127.1.0."


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="the built `distribution`")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--store", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--minutes", type=float, default=600, help="stop killing after so long (default: not)")
    parser.add_argument("--viewers", type=int, default=4, help="at a time (default 4)")
    parser.add_argument("--mib", type=int, default=24, help="the file's size (default 24)")
    parser.add_argument("--rate-kib", type=int, default=1500, help="each viewer's download limit a second (default 1500)")
    parser.add_argument("--pause", type=float, default=1.5, help="seconds between two kills, drawn from 0 to twice that (default 1.5)")
    parser.add_argument("--patience", type=float, default=180, help="seconds without a byte after which a viewer is stuck, a failure (default 180)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", default=tempfile.gettempdir(), help="where everything is kept meanwhile")
    return parser.parse_args()


class Traced:
    """A program under socket_trace, in one life after the other; what its sockets took in all of them."""

    def __init__(self, tracer, command, log, classify):
        self._tracer, self._command, self._classify = tracer, command, classify
        self._log = open(log, "ab")
        self.books, self.faults = [], []
        self._process = self._reader = None

    def start(self):
        read_end, write_end = os.pipe()
        self._process = subprocess.Popen(
            [self._tracer, str(write_end), "-r", "-k", "--", *self._command], stdout=self._log, stderr=self._log, pass_fds=[write_end])
        os.close(write_end)
        book = SocketBook(self._classify)
        self.books.append(book)
        self._reader = threading.Thread(target=self._read, args=(book, read_end), daemon=True)
        self._reader.start()

    def end(self, number):
        """Sends the program, not its tracer, a signal, and waits until all that it sent is read."""
        for child in children(self._process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, number)
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self.faults.append("a program did not end within 60 s")
            for child in children(self._process.pid):
                os.kill(child, signal.SIGKILL)
            self._process.wait()
        self._reader.join()

    def is_running(self):
        return self._process is not None and self._process.poll() is None

    def _read(self, book, descriptor):
        with io.open(descriptor, "rb", buffering=1 << 20) as stream:
            try:
                book.read(stream)
            except Exception as error:
                self.faults.append(f"sockets could not be followed: {error}")
                while stream.read(1 << 20):
                    pass


class Server(Traced):
    def __init__(self, tracer, program, folder, options, log):
        self.data = os.path.join(folder, "server")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [program, "serve", "--data", self.data, "--urls", self.url, "--tracker-udp", "0", "--edge-port", "0", *options]
        super().__init__(tracer, command, log, self._walker)

    def _walker(self, local, _):
        return HttpServerConnection() if local == f"127.0.0.1:{self.port}" else None

    def await_ready(self, seconds=120):
        deadline = time.monotonic() + seconds
        while True:
            with contextlib.suppress(OSError):
                with urllib.request.urlopen(f"{self.url}/health/ready", timeout=5):
                    return
            if not self.is_running() or time.monotonic() > deadline:
                raise RuntimeError("the server does not become ready")
            time.sleep(0.1)

    def key(self, name):
        with open(os.path.join(self.data, "keys", name), encoding="ascii") as file:
            return file.read().strip()

    def get(self, path):
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"Bearer {self.key('api.key')}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)


class Postgres:
    """A cluster of its own that can be killed with all its processes."""

    def __init__(self, folder):
        self.port = free_port()
        base = "/usr/lib/postgresql"
        self._bin = os.path.join(base, sorted(os.listdir(base))[-1], "bin")
        self._as = ["--reuid", "postgres", "--regid", "postgres", "--clear-groups"] if os.geteuid() == 0 else []
        self._data = os.path.join(folder, "postgres")
        os.mkdir(self._data)
        if self._as:
            shutil.chown(self._data, "postgres", "postgres")
            os.chmod(folder, 0o755)
        self._log = open(os.path.join(folder, "postgres.log"), "ab")
        subprocess.run(["setpriv", *self._as, os.path.join(self._bin, "initdb"), "-D", self._data, "-U", "postgres", "-A", "trust",
                        "-E", "UTF8", "--locale=C"], check=True, stdout=self._log, stderr=self._log, cwd="/")
        self._process = None
        self.start()
        self._run("CREATE DATABASE ledger")

    @property
    def connection(self):
        return f"Host=127.0.0.1;Port={self.port};Database=ledger;Username=postgres"

    def start(self):
        deadline = time.monotonic() + 60
        self._process = None
        while self._run("SELECT 1", check=False) != 0:
            if time.monotonic() > deadline:
                raise RuntimeError("PostgreSQL does not start")
            # It gives up while something of the one before is still there.
            if self._process is None or self._process.poll() is not None:
                self._process = subprocess.Popen(
                    # It ends with this script, however that ends.
                    ["setpriv", "--pdeathsig", "QUIT", *self._as, os.path.join(self._bin, "postgres"), "-D", self._data, "-p", str(self.port),
                     "-h", "127.0.0.1", "-k", ""],
                    stdout=self._log, stderr=self._log, cwd="/")
            time.sleep(0.2)

    def is_running(self):
        return self._process is not None and self._process.poll() is None

    def kill(self):
        # Stopped, so that it has no more children meanwhile.
        os.kill(self._process.pid, signal.SIGSTOP)
        for one in [*children(self._process.pid), self._process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        self._process.wait()

    def _run(self, sql, check=True):
        return subprocess.run(
            [os.path.join(self._bin, "psql"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", "postgres", "-qc", sql],
            check=check, stdout=self._log, stderr=self._log).returncode


def children(process):
    try:
        with open(f"/proc/{process}/task/{process}/children", encoding="ascii") as file:
            return [int(one) for one in file.read().split()]
    except FileNotFoundError:
        return []


class Viewer:
    def __init__(self, number, folder, torrent, rate, patience):
        self.folder = os.path.join(folder, f"viewer-{number}")
        os.mkdir(self.folder)
        self.hashes, self.stuck = [], None
        self.process = subprocess.Popen(
            ["/usr/bin/python3", os.path.join(HERE, "ledger_viewer.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process.stdin.write(json.dumps({
            "listen": f"{VIEWERS}{number}:{20000 + 200 * number}", "torrent": torrent, "folder": self.folder, "rateBytes": rate,
            # Half of them take from edges and from each other alone.
            "webSeed": number % 2 == 0, "patienceSeconds": patience}) + "\n")
        self.process.stdin.flush()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            if line.startswith("stuck "):
                self.stuck = line[6:].strip()
            else:
                self.hashes.append(line.strip())

    def finish(self):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write("last\n")
            self.process.stdin.flush()

    def end(self):
        """Waits for its last file; it gives up by itself once nothing comes."""
        self.process.wait()
        self._reader.join()


def run(options, folder):
    random_ = random.Random(options.seed)
    tracer = os.path.join(folder, "socket_trace")
    subprocess.run(["gcc", "-O2", "-o", tracer, os.path.join(LAB, "socket_trace.c")], check=True)
    content = os.path.join(folder, "film.bin")
    with open(content, "wb") as file:
        for _ in range(options.mib):
            file.write(random_.randbytes(1 << 20))
    with open(content, "rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    size = options.mib << 20

    started, faults = [], []
    database = None
    serve = []
    try:
        if options.store == "postgres":
            database = Postgres(folder)
            serve = ["--db", database.connection, "--silo-address", "127.0.0.1", "--silo-port", str(free_port()),
                     "--gateway-port", str(free_port()), "--blobs", os.path.join(folder, "blobs")]
        server = Server(tracer, options.program, folder, serve, os.path.join(folder, "server.log"))
        server.start()
        started.append(server)
        server.await_ready()
        published = subprocess.run(
            [options.program, "publish", content, "--server", server.url, "--data", server.data, "--json"],
            capture_output=True, text=True, timeout=300, check=True)
        file = json.loads(published.stdout)
        torrent = os.path.join(folder, "film.torrent")
        with urllib.request.urlopen(file["torrentUrl"], timeout=30) as answer, open(torrent, "wb") as output:
            output.write(answer.read())
        edge_port = free_port()
        edge = Traced(tracer, [options.program, "edge", "--server", server.url, "--edge-key", server.key("edge.key"), "--port", str(edge_port),
                               "--data", os.path.join(folder, "edge")], os.path.join(folder, "edge.log"),
                      lambda _, remote: PeerConnection() if remote.startswith(VIEWERS) else None)
        edge.start()
        started.append(edge)
        viewers = [Viewer(number, folder, torrent, options.rate_kib << 10, options.patience) for number in range(1, options.viewers + 1)]
        started.extend(viewers)

        bound = {"web seed": 0, "edge": 0, "fill": 0}
        kills = {"server": 0, "edge": 0, "database": 0}
        targets = ["server", "edge"] + (["database"] if database else [])
        deadline = time.monotonic() + options.minutes * 60
        while sum(kills.values()) < options.kills and time.monotonic() < deadline:
            time.sleep(random_.uniform(0, 2 * options.pause))
            target = random_.choice(targets)
            kills[target] += 1
            if target == "database":
                database.kill()
                database.start()
            elif target == "server":
                bound["fill"] += FILL_CALL * FILLS
                server.end(signal.SIGKILL)
                server.start()
                server.await_ready()
            else:
                edge.end(signal.SIGKILL)
                edge.start()
            if sum(kills.values()) % 10 == 0:
                print(f"{sum(kills.values())} kills, {sum(len(one.hashes) for one in viewers)} viewers done", flush=True)

        for one in viewers:
            one.finish()
        for one in viewers:
            one.end()
            if one.stuck:
                faults.append(f"a viewer got nothing for {options.patience} s: {one.stuck}")
        edge.end(signal.SIGTERM)
        server.end(signal.SIGTERM)
        server.start()
        server.await_ready()
        report = server.get(f"/api/v1/files/{file['id']}/report")
        server.end(signal.SIGTERM)

        truth = {"web seed": 0, "fill": 0, "edge": 0}
        for book in server.books:
            for _, remote, walker in book.connections():
                for (path, status), length in walker.bodies.items():
                    if path.startswith("/webseed/") and status in (200, 206):
                        truth["web seed" if remote.startswith(VIEWERS) else "fill"] += length
        truth["edge"] = sum(walker.payload for book in edge.books for _, _, walker in book.connections())
        faults += server.faults + edge.faults
        hashes = [one for viewer in viewers for one in viewer.hashes]
        held = len(hashes) * size
        if wrong := [one for one in hashes if one != sha256]:
            faults.append(f"{len(wrong)} viewers have another file")
        print(f"{options.store}: {kills['server']} kills of the server, {kills['edge']} of the edge, {kills['database']} of the database; "
              f"{len(hashes)} viewers took {size} bytes each")
        ledger = {"web seed": report["webSeedBytes"], "fill": report["edgeFillBytes"], "edge": report["edgeBytes"]}
        for what, bytes_ in truth.items():
            missing = bytes_ - ledger[what]
            most = bound[what]
            print(f"{what + ':':10} {bytes_:>14} taken by sockets {ledger[what]:>14} in the ledger {missing:>10} missing, at most {most}")
            if missing < 0:
                faults.append(f"{what}: the ledger has {-missing} bytes that were not sent")
            if missing > most:
                faults.append(f"{what}: {missing} bytes are missing, more than {most}")
        low, high = report["delivered"]["low"], report["delivered"]["high"]
        print(f"delivered: {held:>14} held by viewers {low:>14} low {high:>14} high")
        if not low <= high <= held:
            faults.append(f"delivered is {low} to {high}, and viewers hold {held}")
    finally:
        for one in reversed(started):
            if isinstance(one, Viewer):
                one.process.kill()
            elif one.is_running():
                one.end(signal.SIGKILL)
        if database and database.is_running():
            database.kill()
    for fault in faults:
        print(f"FAULT  {fault}")
    print(f"{sum(kills.values())} kills, {len(faults)} failures")
    return 1 if faults else 0


def main():
    options = parse_arguments()
    folder = tempfile.mkdtemp(prefix="ledger-faults-", dir=options.folder)
    try:
        status = run(options, folder)
    except BaseException:
        for name in ("server.log", "edge.log", "postgres.log"):
            with contextlib.suppress(OSError), open(os.path.join(folder, name), encoding="utf-8", errors="replace") as log:
                print(f"{name}: {log.read()[-3000:]}", file=sys.stderr)
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(status)


if __name__ == "__main__":
    main()
