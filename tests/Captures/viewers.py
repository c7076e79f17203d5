"""Real clients as processes: started, asked for their counters, ended in order or killed."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "Shared"))
from product_server import free_port  # noqa: E402

WEBTORRENT = HERE.parent / "WebTorrent"
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Counts:
    """What a client says of itself: what it holds, and what came and went in all runs that it remembers, or in this one."""

    have: int
    received: int
    uploaded: int


def die_with_the_lab():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Viewer:
    """One client with a folder of its own for what it downloads (`downloads`) and remembers (`state`)."""

    name = None
    takes_hybrids = True
    # So old its counters may be.
    refresh_seconds = 0.5

    def __init__(self, folder):
        self.downloads, self.state = os.path.join(folder, "downloads"), os.path.join(folder, "state")
        os.makedirs(self.downloads)
        os.makedirs(self.state)
        self.log = open(os.path.join(folder, "output.log"), "ab")
        self.process = None
        self.runs = 0
        self.port = free_port()

    @classmethod
    def version(cls):
        raise NotImplementedError

    def start(self, source):
        """`source` is a magnet link or the path of a .torrent; again after an end, the client goes on with what it has."""
        self.runs += 1
        self.launch(source)

    def launch(self, source):
        raise NotImplementedError

    def counts(self):
        """None while the client does not know what it downloads, or still checks what it has."""
        raise NotImplementedError

    def ask_to_end(self):
        self.process.send_signal(signal.SIGTERM)

    def stop(self, seconds=30):
        self.ask_to_end()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def spawn(self, arguments, **options):
        settings = {"stdin": subprocess.DEVNULL, "stdout": self.log, "stderr": subprocess.STDOUT, **options}
        self.process = subprocess.Popen(arguments, preexec_fn=die_with_the_lab, **settings)


def first_line(*arguments):
    answer = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return answer.stdout.splitlines()[0]


def until(ask, what, seconds=30):
    """Asks until there is an answer other than None; a client that starts refuses connections."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            answer = ask()
            if answer is not None:
                return answer
        except OSError:
            pass
        time.sleep(0.05)
    raise RuntimeError(f"{what} does not answer.")


class LineViewer(Viewer):
    """A library in a small program of ours that writes its counters as lines of JSON; it ends when its input does."""

    def spawn_lines(self, arguments):
        self.spawn(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log)
        self.last = None
        threading.Thread(target=self._read, args=(self.process,), daemon=True).start()

    def _read(self, process):
        for line in process.stdout:
            if process is self.process:
                self.last = Counts(**json.loads(line))

    def counts(self):
        return self.last

    def ask_to_end(self):
        self.process.stdin.close()


class Libtorrent(LineViewer):
    name = "libtorrent"

    @classmethod
    def version(cls):
        import libtorrent
        return libtorrent.version

    def launch(self, source):
        self.spawn_lines([
            "/usr/bin/python3", str(HERE / "libtorrent_viewer.py"), source, self.downloads,
            os.path.join(self.state, "resume"), str(self.port)])


class WebTorrent(LineViewer):
    name = "WebTorrent"

    @classmethod
    def version(cls):
        with open(WEBTORRENT / "node_modules/webtorrent/package.json", encoding="utf-8") as file:
            return json.load(file)["version"]

    def launch(self, source):
        self.spawn_lines([
            "node", str(WEBTORRENT / "webtorrent-viewer.mjs"), source, self.downloads, str(self.port)])


class Aria2(Viewer):
    name = "aria2"
    takes_hybrids = False

    @classmethod
    def version(cls):
        return first_line("aria2c", "--version").split()[2]

    def launch(self, source):
        self.rpc_port = free_port()
        self.spawn([
            "aria2c", "--no-conf", "--dir", self.downloads, "--listen-port", str(self.port), "--enable-dht=false",
            "--enable-dht6=false", "--bt-enable-lpd=false", "--enable-peer-exchange=false", "--file-allocation=none",
            "--check-integrity=true", "--enable-rpc", "--rpc-listen-port", str(self.rpc_port), source])
        until(lambda: self.call("aria2.getVersion"), self.name)

    def call(self, method, *parameters):
        body = json.dumps({"jsonrpc": "2.0", "id": "lab", "method": method, "params": parameters}).encode()
        with urllib.request.urlopen(f"http://127.0.0.1:{self.rpc_port}/jsonrpc", body, timeout=10) as answer:
            return json.load(answer)["result"]

    def counts(self):
        keys = ["completedLength", "totalLength", "uploadLength", "files", "followedBy", "verifiedLength", "bittorrent"]
        for download in self.call("aria2.tellActive", keys):
            # A magnet's metadata is a download of its own; a check of what is there comes first.
            is_content = "info" in download.get("bittorrent", {}) and not download.get("followedBy")
            if is_content and "verifiedLength" not in download and not download["files"][0]["path"].startswith("[METADATA]"):
                have = int(download["completedLength"])
                return Counts(have, have, int(download["uploadLength"]))
        return None

    def ask_to_end(self):
        self.call("aria2.shutdown")
