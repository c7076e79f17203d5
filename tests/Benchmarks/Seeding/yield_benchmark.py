#!/usr/bin/python3
"""What an edge leaves to other traffic of a link, over uTP and over TCP.

A libtorrent viewer takes from an edge, first alone, then beside a TCP transfer to the same house, whose downlink has 10 Mbit/s and a queue of
400 ms. The queue is at the switch: in a sender's own, Linux lets its TCP have no more than a few packets. Needs root.

    dotnet build tests/Benchmarks/Seeding/SeedHost -c Release
    sudo tests/Benchmarks/Seeding/yield_benchmark.py
"""
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "SwarmLab"))
import network  # noqa: E402
import seeds  # noqa: E402

EDGE, PORT, BULK_PORT = "198.18.1.1", 6881, 9000
LINK_MBIT, SECONDS, SETTLE_SECONDS = 10, 8, 8


def received(place):
    with place.entered():
        link = subprocess.run(["ip", "-s", "-j", "link", "show", "eth0"], capture_output=True, text=True, check=True)
    return json.loads(link.stdout)[0]["stats64"]["rx"]["bytes"]


def rates(home, bulk=None):
    """Mbit/s of the viewer, and of the other transfer, over some seconds."""
    before, other = received(home), bulk.taken if bulk else 0
    began = time.monotonic()
    time.sleep(SECONDS)
    passed = time.monotonic() - began
    # With the headers of its segments.
    others = (bulk.taken - other) * 1.046 if bulk else 0
    return (received(home) - before - others) * 8e-6 / passed, others * 8e-6 / passed


class Bulk:
    """One TCP connection that sends what the link takes."""

    def __init__(self, edge, viewer):
        self.over, self.taken = False, 0
        with edge.entered():
            listener = socket.create_server((EDGE, BULK_PORT))
            # Which goes by losses, as most of the world's does.
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"cubic")
        with viewer.entered():
            self.taker = socket.create_connection((EDGE, BULK_PORT))
        self.giver, _ = listener.accept()
        listener.close()
        for work in (self.give, self.take):
            threading.Thread(target=work, daemon=True).start()

    def give(self):
        try:
            while not self.over:
                self.giver.send(bytes(65536))
        except OSError:
            pass

    def take(self):
        try:
            while part := self.taker.recv(1 << 18):
                self.taken += len(part)
        except OSError:
            pass

    def close(self):
        self.over = True
        self.giver.close()
        self.taker.close()


def wait_until_seeded(edge, content):
    """A viewer that comes before the node has the torrent is turned away, and waits a minute until it comes again."""
    greeting = b"\x13BitTorrent protocol" + bytes(8) + bytes.fromhex(content.info_hash) + b"-YB0001-" + os.urandom(12)
    for _ in range(200):
        with edge.entered():
            one = socket.create_connection((EDGE, PORT))
        with one:
            one.sendall(greeting)
            try:
                if one.recv(68):
                    return
            except ConnectionError:
                pass
        time.sleep(0.1)
    raise SystemExit("The node does not seed.")


def main():
    network.QUEUE_MS = 400
    lab = network.Network()
    with tempfile.TemporaryDirectory(prefix="yield-") as temporary:
        folder = Path(temporary)
        content = seeds.Content(folder, 128 << 20, 1 << 20)
        edge = lab.add("edge", EDGE)
        with edge.entered():
            product = seeds.Product(content, folder, PORT)
        try:
            wait_until_seeded(edge, content)
            for number, transport in enumerate(("utp", "tcp")):
                home = lab.add(f"home{number}", f"198.18.2.{number + 1}", down_mbit=LINK_MBIT)
                downloads = folder / transport
                downloads.mkdir()
                leech = home.start([
                    "/usr/bin/python3", str(HERE / "libtorrent_leech.py"), str(content.torrent), str(downloads), f"{EDGE}:{PORT}", transport])
                time.sleep(SETTLE_SECONDS)
                alone, _ = rates(home)
                bulk = Bulk(edge, home)
                time.sleep(SETTLE_SECONDS)
                beside, other = rates(home, bulk)
                bulk.close()
                time.sleep(SETTLE_SECONDS)
                after, _ = rates(home)
                network.stop(leech)
                print(f"{transport}: alone {alone:.2f} Mbit/s, beside a TCP transfer {beside:.2f} (that one {other:.2f}), when it is over {after:.2f}", flush=True)
        finally:
            product.stop()


if __name__ == "__main__":
    main()
