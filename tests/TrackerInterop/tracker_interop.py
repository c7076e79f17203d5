#!/usr/bin/python3
"""Six real clients at our tracker: every pair, in both directions, over each transport. See README.md."""

import argparse
import concurrent.futures
import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import libtorrent as lt

from peers import PEERS, HERE
from product_server import ProductServer, free_port

SIZE_BYTES = 150_001
SERVER = "10.77.0.1"
CANNOT_RUN_HERE = 77
TRANSPORTS = ("http", "udp")


@dataclass
class Pair:
    """One file that one client has and another wants, which have nobody but the tracker to hear of each other from."""

    transport: str
    giver: str
    taker: str
    sha256: str = ""
    file_id: str = ""
    info_hash: str = ""
    torrent: str = ""
    source: str = ""
    target: str = ""

    @property
    def name(self):
        return f"{self.transport}-{self.giver}-{self.taker}.bin"

    def has_arrived(self):
        try:
            with open(self.target, "rb") as file:
                return hashlib.sha256(file.read()).hexdigest() == self.sha256
        except OSError:
            return False


class Lab:
    def __init__(self, arguments, folder, server_process):
        self.folder, self.patience = folder, arguments.patience
        kinds = [kind for name in arguments.clients for kind in PEERS if kind.name == name]
        self.peers = {kind.name: kind(os.path.join(folder, kind.name)) for kind in kinds}
        self.addresses = {name: f"10.77.0.{11 + number}" for number, name in enumerate(self.peers)}
        self.pairs = [
            Pair(transport, giver, taker)
            for transport in arguments.transports for giver, taker in self._directions(arguments.ring)]
        self.udp_port = free_port()
        self.server = ProductServer(
            arguments.program, folder, host=SERVER, udp_port=self.udp_port,
            prefix=("nsenter", "--net", "--target", str(server_process)))

    def run(self):
        """Answers what did not arrive."""
        try:
            began = time.monotonic()
            # A client goes with the thread that started it, so that is this one.
            with concurrent.futures.ThreadPoolExecutor() as pool:
                publishing = [pool.submit(self._publish, pair) for pair in self.pairs]
                for name, peer in self.peers.items():
                    peer.begin(self.addresses[name])
                for one in publishing:
                    one.result()
            print(f"{len(self.pairs)} files are published, {len(self.peers)} clients run, after {time.monotonic() - began:.1f} s", flush=True)
            # Whoever announces second hears of the other.
            for pair in self.pairs:
                self.peers[pair.giver].take(pair.torrent, pair.source)
                self.peers[pair.taker].take(pair.torrent, os.path.dirname(pair.target))
            missing = self._until(Pair.has_arrived, "has arrived")
            print(f"{len(self.pairs) - len(missing)} of {len(self.pairs)} arrived after {time.monotonic() - began:.1f} s")
            return missing
        finally:
            for peer in self.peers.values():
                peer.kill()
            self.server.stop()

    def _directions(self, ring):
        names = list(self.peers)
        if ring:
            return list(zip(names, names[1:] + names[:1]))
        return [(giver, taker) for giver in names for taker in names if giver != taker]

    def _publish(self, pair):
        """Gives the file to the server, and makes a .torrent that names our tracker alone, without a web seed."""
        content = random.Random(pair.name).randbytes(SIZE_BYTES)
        pair.sha256 = hashlib.sha256(content).hexdigest()
        path = self.server.create_upload(pair.name, SIZE_BYTES, "v1")
        answer = self.server.call(
            "PATCH", path, {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}, content)
        if answer.status != 204:
            raise RuntimeError(f"The upload was refused: {answer.status}.")
        pair.file_id = path.rsplit("/", 1)[1]
        file = self.server.until_published(pair.file_id)
        pair.info_hash = file["infoHash"]
        with urllib.request.urlopen(file["torrentUrl"], timeout=30) as answer:
            torrent = lt.bdecode(answer.read())
        for key in (b"url-list", b"announce-list"):
            torrent.pop(key, None)
        port = self.server.port if pair.transport == "http" else self.udp_port
        torrent[b"announce"] = f"{pair.transport}://{SERVER}:{port}/announce".encode()
        pair.torrent = os.path.join(self.folder, pair.name + ".torrent")
        with open(pair.torrent, "wb") as out:
            out.write(lt.bencode(torrent))
        if str(lt.torrent_info(pair.torrent).info_hashes().v1) != pair.info_hash:
            raise RuntimeError("The torrent is another one now.")
        # Folders of their own: some clients take a name that is there for the content.
        for side in ("gives", "takes"):
            os.makedirs(os.path.join(self.folder, side, pair.name))
        pair.source = os.path.join(self.folder, "gives", pair.name)
        with open(os.path.join(pair.source, pair.name), "wb") as out:
            out.write(content)
        pair.target = os.path.join(self.folder, "takes", pair.name, pair.name)

    def _counts(self, pair):
        """Seeds and downloaders."""
        query = urllib.parse.urlencode({"info_hash": bytes.fromhex(pair.info_hash)}, quote_via=urllib.parse.quote)
        with urllib.request.urlopen(f"{self.server.url}/scrape?{query}", timeout=30) as answer:
            counts = lt.bdecode(answer.read())[b"files"].get(bytes.fromhex(pair.info_hash), {})
        return counts.get(b"complete", 0), counts.get(b"incomplete", 0)

    def _until(self, is_so, what):
        """Waits until it is so of every pair. Answers those of which it is not, and says so."""
        deadline = time.monotonic() + self.patience
        began, open_pairs = time.monotonic(), self.pairs
        while open_pairs and time.monotonic() < deadline:
            for pair in [pair for pair in open_pairs if is_so(pair)]:
                print(f"{time.monotonic() - began:6.1f} s: {pair.name}")
            open_pairs = [pair for pair in open_pairs if not is_so(pair)]
            time.sleep(0.1)
        for pair in open_pairs:
            print(f"Not so after {self.patience} s: {pair.name} {what}; the tracker counts {self._counts(pair)}", flush=True)
        return open_pairs


def main():
    arguments = parse()
    if os.geteuid() != 0:
        print("Network namespaces need root.")
        sys.exit(CANNOT_RUN_HERE)
    if os.environ.get("INTEROP_LAB") != "inside":
        # A network of its own, which goes with the last process in it.
        os.environ.update(INTEROP_LAB="inside", PYTHONDONTWRITEBYTECODE="1")
        os.execvp("unshare", ["unshare", "--net", "--", sys.executable, *sys.argv])
    # The server has another one, so that it answers from one address to another as anywhere.
    with subprocess.Popen(["unshare", "--net", "sleep", "infinity"]) as holder:
        folder = tempfile.mkdtemp(prefix="distribution-interop-")
        try:
            connect(holder.pid)
            missing = Lab(arguments, folder, holder.pid).run()
        finally:
            holder.kill()
            if arguments.keep:
                print(f"Kept: {folder}")
            else:
                shutil.rmtree(folder)
    print("passed" if not missing else f"FAILED: {len(missing)} did not arrive")
    sys.exit(1 if missing else 0)


def connect(holder):
    inside = ["nsenter", "--net", "--target", str(holder)]
    deadline = time.monotonic() + 10
    while os.readlink(f"/proc/{holder}/ns/net") == os.readlink("/proc/self/ns/net"):
        if time.monotonic() > deadline:
            raise RuntimeError("There is no second network.")
        time.sleep(0.01)
    for command in (
        "ip link set lo up",
        f"ip link add clients type veth peer name server netns {holder}",
        "ip link set clients up",
        *(f"ip addr add 10.77.0.{number}/24 dev clients" for number in (10, *range(11, 11 + len(PEERS)))),
    ):
        subprocess.run(command.split(), check=True)
    for command in ("ip link set lo up", f"ip addr add {SERVER}/24 dev server", "ip link set server up"):
        subprocess.run([*inside, *command.split()], check=True)


def parse():
    names = [kind.name for kind in PEERS]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, type=lambda path: str(Path(path).resolve()), help="distribution")
    parser.add_argument("--clients", default=",".join(names), type=lambda text: text.split(","), help="of " + ",".join(names))
    parser.add_argument("--transports", default=",".join(TRANSPORTS), type=lambda text: text.split(","))
    parser.add_argument("--ring", action="store_true", help="each client gives to the next alone, not to all")
    parser.add_argument("--patience", default=150, type=int, help="seconds; who lost a peer hears of it again with the next announce, after up to 45")
    parser.add_argument("--keep", action="store_true", help="what the clients wrote")
    arguments = parser.parse_args()
    if set(arguments.clients) - set(names) or set(arguments.transports) - set(TRANSPORTS):
        parser.error("there is no such client or transport")
    return arguments


main()
