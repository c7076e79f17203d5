#!/usr/bin/python3
"""What an edge leaves to other traffic of its uplink, over uTP and over TCP.

An edge and a bulk sender over TCP share a namespace behind a link of 10 Mbit/s with a queue of 400 ms, as home routers have them; a libtorrent
viewer takes from the edge, first alone, then beside the bulk transfer. Rates are of what arrived at the viewers' interfaces. Needs root.

    dotnet build tests/Benchmarks/Seeding/SeedHost -c Release
    sudo tests/Benchmarks/Seeding/yield_benchmark.py
"""
import json
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
LINK_MBIT, SECONDS, SETTLE_SECONDS = 10, 12, 6


def received(place):
    with place.entered():
        link = subprocess.run(["ip", "-s", "-j", "link", "show", "eth0"], capture_output=True, text=True, check=True)
    return json.loads(link.stdout)[0]["stats64"]["rx"]["bytes"]


def rates(*places):
    """Mbit/s of each over some seconds."""
    before = [received(place) for place in places]
    began = time.monotonic()
    time.sleep(SECONDS)
    passed = time.monotonic() - began
    return [(received(place) - start) * 8e-6 / passed for place, start in zip(places, before)]


class Bulk:
    """One TCP connection that sends what the link takes."""

    def __init__(self, edge, viewer):
        self.over = False
        with edge.entered():
            listener = socket.create_server((EDGE, BULK_PORT))
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
            while self.taker.recv(1 << 18):
                pass
        except OSError:
            pass

    def close(self):
        self.over = True
        self.giver.close()
        self.taker.close()


def main():
    network.QUEUE_MS = 400
    lab = network.Network()
    with tempfile.TemporaryDirectory(prefix="yield-") as temporary:
        folder = Path(temporary)
        content = seeds.Content(folder, 128 << 20, 1 << 20)
        edge = lab.add("edge", EDGE, up_mbit=LINK_MBIT)
        bulk_viewer = lab.add("bulk", "198.18.3.1")
        with edge.entered():
            product = seeds.Product(content, folder, PORT)
        try:
            for number, transport in enumerate(("utp", "tcp")):
                viewer = lab.add(f"viewer{number}", f"198.18.2.{number + 1}")
                downloads = folder / transport
                downloads.mkdir()
                leech = viewer.start([
                    "/usr/bin/python3", str(HERE / "libtorrent_leech.py"), str(content.torrent), str(downloads), f"{EDGE}:{PORT}", transport])
                time.sleep(SETTLE_SECONDS)
                (alone,) = rates(viewer)
                bulk = Bulk(edge, bulk_viewer)
                time.sleep(SETTLE_SECONDS)
                beside, other = rates(viewer, bulk_viewer)
                bulk.close()
                time.sleep(SETTLE_SECONDS)
                (after,) = rates(viewer)
                network.stop(leech)
                print(f"{transport}: alone {alone:.2f} Mbit/s, beside a TCP transfer {beside:.2f} (that one {other:.2f}), when it is over {after:.2f}", flush=True)
        finally:
            product.stop()


if __name__ == "__main__":
    main()
