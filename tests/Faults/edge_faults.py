#!/usr/bin/python3
"""Edges under faults: whatever happens to a node, every viewer of a published file finishes, and no byte is lost to the ledger.

A server, enrolled edge nodes in network namespaces of their own, and real viewers (libtorrent, from magnets alone, without the web
seed). In each round the viewers take the active files anew, and in the middle of it, to the node that has most connections:

  kill      SIGKILL; started again later
  stop      SIGSTOP; SIGCONT later
  cut       its network cable is drawn; put back later
  disk      its disk is filled to the last byte; room is made later
  corrupt   every file of its cache is overwritten in the middle
  silo      SIGKILL to the server instead, started again at once

It must hold: every file has its SHA-256, no viewer waited longer than --longest seconds for a byte (its first one included), and at
the end the ledger's edge bytes are those that the nodes' sockets took, to the byte. Needs root. Exit status: 0 all held, 1 something did
not, 2 wrong usage.
"""

import argparse
import base64
import contextlib
import ctypes
import hashlib
import json
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "Shared"), os.path.join(HERE, "..", "SwarmLab")]
from network import Network, stop
from product_server import ProductServer

FAULTS = ("kill", "stop", "cut", "disk", "corrupt", "silo")
SERVER = "198.18.0.1"
EDGE_KIND = 3
CLONE_NEWNS = 0x00020000


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="the built `distribution`")
    parser.add_argument("--faults", default=",".join(FAULTS), help="rounds, parted by commas (default: all)")
    parser.add_argument("--nodes", type=int, default=3)
    parser.add_argument("--swarms", type=int, default=200)
    parser.add_argument("--active", type=int, default=20, help="of them with viewers")
    parser.add_argument("--second", type=int, default=8, help="of the active with a second viewer")
    parser.add_argument("--mib", type=float, default=10, help="size of an active file (default 10)")
    parser.add_argument("--rate-kib", type=int, default=400, help="each viewer's download limit a second (default 400)")
    parser.add_argument("--down", type=float, default=15, help="seconds until the fault is mended (default 15)")
    parser.add_argument("--longest", type=float, default=15, help="seconds that a viewer may wait for a byte (default 15)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", default=tempfile.gettempdir(), help="where everything is kept meanwhile")
    arguments = parser.parse_args()
    arguments.faults = arguments.faults.split(",")
    if unknown := set(arguments.faults) - set(FAULTS):
        parser.error(f"no such fault: {', '.join(sorted(unknown))}")
    if os.geteuid() != 0:
        parser.error("needs root, for network namespaces and a small disk")
    return arguments


class Node:
    """One edge in a namespace and on a disk of its own, with its port of the switch."""

    def __init__(self, lab, number):
        self.lab, self.number = lab, number
        self.port = f"port{number}"
        self.space = lab.network.add(f"edge-{number}", f"198.18.1.{number}")
        self.disk = os.path.join(lab.folder, f"edge-{number}")
        os.mkdir(self.disk)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={lab.disk_bytes}", "tmpfs", self.disk], check=True)
        self.token = lab.call("POST", "/api/v1/edge-tokens")["token"]
        self.log = open(os.path.join(lab.folder, f"edge-{number}.log"), "ab")
        self.process = None
        self.start()

    @property
    def edge_folder(self):
        return os.path.join(self.disk, "edge")

    @property
    def id(self):
        with open(os.path.join(self.edge_folder, "node.id"), encoding="ascii") as file:
            return file.read().strip()

    def start(self):
        self.process = self.space.start(
            [self.lab.options.program, "edge", "--server", self.lab.server.url, "--enrol", self.token, "--data", self.disk, "--port", "6881"],
            stdout=self.log, stderr=subprocess.STDOUT)

    def piece_files(self):
        return [os.path.join(folder, name) for folder, _, names in os.walk(os.path.join(self.edge_folder, "pieces")) for name in names]

    def sent_bytes(self):
        """What its sockets took, from its journal: records of 64 bytes behind a page (SendJournalFile)."""
        with open(os.path.join(self.edge_folder, "sends.journal"), "rb") as file:
            data = file.read()
        total = 0
        for at in range(4096, len(data) - 63, 64):
            count, state, kind = struct.unpack_from("<qii", data, at)
            if state == 1 and kind == EDGE_KIND:
                total += count
        return total


class Lab:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.random = random.Random(options.seed)
        self.disk_bytes = int((options.mib * options.active + options.swarms + 16) * (1 << 20))
        self.network = Network()
        self.server = ProductServer(options.program, folder, host=SERVER)
        self.files = []
        self.nodes = []
        self.viewers_down = self.viewers_up = 0
        self.longest = 0
        self.faults_found = []

    def call(self, method, path):
        request = urllib.request.Request(
            self.server.url + path, data=b"" if method == "POST" else None, method=method,
            headers={**self.server.authorization(), "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def publish(self):
        ids = []
        for number in range(self.options.swarms):
            active = number < self.options.active
            data = self.random.randbytes(int(self.options.mib * (1 << 20)) if active else 64 << 10)
            name = f"file-{number}.bin"
            metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in
                                {"filename": name, "filetype": "application/octet-stream", "format": "v1"}.items())
            answer = self.server.call("POST", "/api/v1/uploads", {
                "Upload-Length": str(len(data)), "Upload-Metadata": metadata, "Content-Type": "application/offset+octet-stream"}, data)
            if answer.status != 201:
                raise RuntimeError(f"The server refused the upload: {answer.status} {answer.text}.")
            ids.append((answer.headers["Location"].rsplit("/", 1)[1], name, hashlib.sha256(data).hexdigest(), active))
        for file_id, name, sha256, active in ids:
            file = self.server.until_published(file_id)
            if active:
                # Bare: neither web seed nor .torrent is named.
                magnet = "&".join(part for part in file["magnetUri"].split("&") if part.split("=")[0] not in ("ws", "xs"))
                self.files.append({"name": name, "magnet": magnet, "sha256": sha256})

    def edges(self):
        return {node["id"]: node for node in self.call("GET", "/api/v1/edges")["items"]}

    def until(self, what, holds, seconds=60):
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline:
                raise RuntimeError(f"It did not come to be within {seconds} s that {what}.")
            time.sleep(0.2)

    def round(self, fault, number):
        print(f"{fault}:", flush=True)
        sessions = [Viewers(self, f"{number}-{which}", files) for which, files in
                    enumerate([self.files, self.files[:self.options.second]], start=1) if files]
        wanted = sum(len(session.files) for session in sessions)
        self.until("viewers are under way", lambda: sum(session.progress() for session in sessions) > 0.15 * wanted, 90)
        target = self.busiest()
        began = time.monotonic()
        mend = getattr(self, f"do_{fault}")(target)
        while time.monotonic() - began < self.options.down and not all(session.is_over() for session in sessions):
            time.sleep(0.1)
        if mend:
            mend()
        deadline = time.monotonic() + 180
        while not all(session.is_over() for session in sessions) and time.monotonic() < deadline:
            time.sleep(0.1)
        for session in sessions:
            session.judge(fault)
            session.close()
        print(f"  {wanted} viewers, the longest wait for a byte was {max(session.longest() for session in sessions):.1f} s", flush=True)

    def busiest(self):
        edges = self.edges()
        return max(self.nodes, key=lambda node: edges[node.id]["connections"])

    def do_kill(self, node):
        node.process.kill()
        node.process.wait()
        return node.start

    def do_stop(self, node):
        node.process.send_signal(signal.SIGSTOP)
        return lambda: node.process.send_signal(signal.SIGCONT)

    def do_cut(self, node):
        subprocess.run(["ip", "link", "set", node.port, "down"], check=True)
        return lambda: subprocess.run(["ip", "link", "set", node.port, "up"], check=True)

    def do_disk(self, node):
        # What it has must be fetched anew, with no room for it.
        for path in node.piece_files():
            with contextlib.suppress(FileNotFoundError):
                os.remove(path)
        path = os.path.join(node.disk, "filler")
        with open(path, "wb") as file:
            try:
                while True:
                    file.write(b"\0" * (1 << 16))
                    file.flush()
            except OSError:
                pass
        return lambda: os.remove(path)

    def do_corrupt(self, node):
        for path in node.piece_files():
            with contextlib.suppress(FileNotFoundError), open(path, "r+b") as file:
                file.seek(os.path.getsize(path) // 2)
                file.write(self.random.randbytes(64))
        return None

    def do_silo(self, _):
        self.server.kill()
        self.server.start()
        return None

    def check_ledger(self):
        sent = booked = -1

        def agree():
            nonlocal sent, booked
            sent = sum(node.sent_bytes() for node in self.nodes)
            booked = self.call("GET", "/api/v1/report")["edgeBytes"]
            return sent == booked
        try:
            self.until("the ledger has what the nodes sent", agree, 30)
        except RuntimeError:
            self.faults_found.append(f"the ledger has {booked} edge bytes, the nodes' sockets took {sent}")
        taken = self.viewers_down - self.viewers_up
        if booked < taken:
            self.faults_found.append(f"viewers got {taken} bytes that came from no viewer, the ledger has {booked}")
        print(f"the nodes' sockets took {sent} bytes, the ledger has {booked}; viewers got {taken}", flush=True)

    def close(self):
        for node in self.nodes:
            if node.process.poll() is None:
                node.process.send_signal(signal.SIGCONT)
            stop(node.process)
            node.log.close()
        self.server.stop()
        self.server.log.close()


class Viewers:
    """A session of viewers in a namespace of its own."""

    def __init__(self, lab, name, files):
        self.lab, self.files, self.name = lab, files, name
        self.folder = os.path.join(lab.folder, f"viewers-{name}")
        os.mkdir(self.folder)
        self.state = None
        which = name.rsplit("-", 1)[1]
        self.space = lab.spaces[int(which) - 1]
        self.process = self.space.start(
            ["/usr/bin/python3", os.path.join(HERE, "edge_viewers.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        plan = {"listen": f"{self.space.address}:{7000 + int(name.split('-')[0])}", "folder": self.folder, "rateBytes": lab.options.rate_kib << 10, "magnets": files}
        self.process.stdin.write(json.dumps(plan) + "\n")
        self.process.stdin.flush()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.state = json.loads(line)

    def progress(self):
        return sum(viewer["progress"] for viewer in self.state["viewers"]) if self.state else 0

    def is_over(self):
        return bool(self.state and self.state["end"])

    def longest(self):
        return max(viewer["gap"] for viewer in self.state["viewers"]) if self.state else float("inf")

    def judge(self, fault):
        found = self.lab.faults_found
        if not self.is_over():
            found.append(f"{fault}: viewers did not finish: {json.dumps(self.state)}")
            return
        for viewer in self.state["viewers"]:
            self.lab.viewers_down += viewer["down"]
            self.lab.viewers_up += viewer["up"]
            if not viewer["right"]:
                found.append(f"{fault}: {viewer['name']} came out wrong")
            if viewer["gap"] > self.lab.options.longest:
                found.append(f"{fault}: a viewer of {viewer['name']} waited {viewer['gap']:.1f} s for a byte")

    def close(self):
        self.process.stdin.close()
        stop(self.process)
        shutil.rmtree(self.folder)


def main():
    options = parse_arguments()
    # Mounts go with the last process that is in here.
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    folder = tempfile.mkdtemp(prefix="edge-faults-", dir=options.folder)
    lab = Lab(options, folder)
    try:
        lab.nodes = [Node(lab, number) for number in range(1, options.nodes + 1)]
        lab.spaces = [lab.network.add(f"viewers-{which}", f"198.18.2.{which}") for which in (1, 2)]
        lab.publish()
        lab.until("each swarm has a node", lambda: sum(node["swarms"] for node in lab.edges().values() if node["alive"]) >= options.swarms)
        spread = sorted(node["swarms"] for node in lab.edges().values())
        print(f"{options.swarms} swarms, asleep, on {options.nodes} nodes: {spread}", flush=True)
        for number, fault in enumerate(options.faults, start=1):
            lab.round(fault, number)
            lab.until("all nodes are back", lambda: sum(node["alive"] for node in lab.edges().values()) == options.nodes, 30)
        lab.check_ledger()
    finally:
        lab.close()
        if lab.faults_found:
            for number in range(1, options.nodes + 1):
                with open(os.path.join(folder, f"edge-{number}.log"), encoding="utf-8", errors="replace") as log:
                    print(f"edge {number}:\n{log.read()[-3000:]}", file=sys.stderr)
        subprocess.run(["sh", "-c", f"umount {folder}/edge-? 2>/dev/null"], check=False)
        shutil.rmtree(folder)
    for fault in lab.faults_found:
        print(f"FAILED {fault}")
    print(f"{len(options.faults)} faults, {len(lab.faults_found)} failures")
    return 1 if lab.faults_found else 0


if __name__ == "__main__":
    sys.exit(main())
