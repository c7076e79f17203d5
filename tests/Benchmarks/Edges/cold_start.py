#!/usr/bin/python3
"""Time to the first byte of a swarm that an edge has nothing of, beside the web seed's own.

A server, an enrolled edge and a viewer in network namespaces of one machine, so without a round trip worth the name. For each file: connect to the
web seed and ask for the first bytes; connect to the edge, greet it, and ask for a block. Both from the connect to the first byte of content.
`first` is the file's first block, `random` one of another piece; each of a file of its own. Medians. Needs root.
"""

import argparse
import base64
import json
import os
import random
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "..", "Shared"), os.path.join(HERE, "..", "..", "SwarmLab")]
from network import Network, stop
from product_server import ProductServer

SERVER, EDGE = "198.18.0.1", ("198.18.1.1", 6881)
BLOCK = 16 << 10
CHOKE, UNCHOKE, INTERESTED, REQUEST, PIECE = 0, 1, 2, 6, 7


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="the built `distribution`")
    parser.add_argument("--files", type=int, default=9, help="for each figure (default 9)")
    parser.add_argument("--pieces", default="256,1024,4096", help="KiB (default 256,1024,4096)")
    parser.add_argument("--settle", type=float, default=3, help="seconds to let the edge fetch what it fetches unasked (default 3)")
    parser.add_argument("--pause", type=float, default=0.3, help="seconds before each block is asked for (default 0.3)")
    parser.add_argument("--folder", default=tempfile.gettempdir())
    return parser.parse_args()


def publish(server, piece_kib, number):
    data = random.randbytes(piece_kib << 12)
    metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in {
        "filename": f"file-{number}.bin", "filetype": "video/mp4", "format": "v1", "piecelength": str(piece_kib << 10)}.items())
    answer = server.call("POST", "/api/v1/uploads", {
        "Upload-Length": str(len(data)), "Upload-Metadata": metadata, "Content-Type": "application/offset+octet-stream"}, data)
    if answer.status != 201:
        raise RuntimeError(f"The server refused the upload: {answer.status} {answer.text}")
    return server.until_published(answer.headers["Location"].rsplit("/", 1)[1])


def web_seed(file, offset):
    url = urllib.parse.urlparse(file["webSeedUrl"])
    begin = time.perf_counter()
    with socket.create_connection((url.hostname, url.port)) as connection:
        connection.sendall(f"GET {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\nRange: bytes={offset}-{offset + BLOCK - 1}\r\n\r\n".encode())
        received = b""
        while b"\r\n\r\n" not in received or received.endswith(b"\r\n\r\n"):
            received += connection.recv(65536)
        return time.perf_counter() - begin


def edge(file, piece, pause):
    # The edge goes on with the rest of the piece and the next ones when the block is out: that is not to be counted as the next file's wait.
    time.sleep(pause)
    begin = time.perf_counter()
    with socket.create_connection(EDGE) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        greeting = b"\x13BitTorrent protocol" + bytes(8) + bytes.fromhex(file["infoHash"]) + b"-XX0001-" + random.randbytes(12)
        # All at once, as no client has to wait for the other's greeting.
        connection.sendall(greeting + struct.pack(">IB", 1, INTERESTED))
        if len(exactly(connection, 68)) < 68:
            return None
        while True:
            head = exactly(connection, 4)
            if len(head) < 4:
                return None
            length = struct.unpack(">I", head)[0]
            if length == 0:
                continue
            kind = exactly(connection, 1)[0]
            if kind == PIECE:
                exactly(connection, 9)
                return time.perf_counter() - begin
            exactly(connection, length - 1)
            if kind == UNCHOKE:
                connection.sendall(struct.pack(">IBIII", 13, REQUEST, piece, 0, BLOCK))


def exactly(connection, count):
    received = b""
    while len(received) < count and (part := connection.recv(count - len(received))):
        received += part
    return received


def greets(file):
    """Whether the edge has the swarm's torrent; nothing is asked of it."""
    with socket.create_connection(EDGE) as connection:
        connection.sendall(b"\x13BitTorrent protocol" + bytes(8) + bytes.fromhex(file["infoHash"]) + b"-XX0001-" + random.randbytes(12))
        try:
            return len(exactly(connection, 68)) == 68
        except ConnectionError:
            return False


def main():
    options = parse_arguments()
    folder = tempfile.mkdtemp(prefix="cold-start-", dir=options.folder)
    network = Network()
    place, viewer = network.add("edge", EDGE[0]), network.add("viewer", "198.18.2.1")
    server = ProductServer(options.program, folder, host=SERVER)
    request = urllib.request.Request(
        f"{server.url}/api/v1/edge-tokens", data=b"", headers={**server.authorization(), "Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        token = json.load(answer)["token"]
    process = place.start(
        [options.program, "edge", "--server", server.url, "--enrol", token, "--data", os.path.join(folder, "edge"), "--port", str(EDGE[1])],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    print("| piece | web seed | edge, first block | ratio | edge, random block | ratio |")
    print("| --- | --- | --- | --- | --- | --- |")
    try:
        number = 0
        for piece_kib in map(int, options.pieces.split(",")):
            # One more of each, which is not counted: code that runs for the first time is compiled first.
            files = [publish(server, piece_kib, number := number + 1) for _ in range(2 * (options.files + 1))]
            with viewer.entered():
                deadline = time.monotonic() + 60
                while not all(greets(file) for file in files):
                    if time.monotonic() > deadline:
                        raise RuntimeError("The edge did not take the files.")
                    time.sleep(0.2)
                time.sleep(options.settle)
                web = [web_seed(file, 0) for file in files]
                first = [edge(file, 0, options.pause) for file in files[::2]][1:]
                other = [edge(file, 2, options.pause) for file in files[1::2]][1:]
            base = statistics.median(web)
            row = [f"{piece_kib} KiB", f"{base * 1e3:.1f} ms"]
            for times in (first, other):
                row += [f"{statistics.median(times) * 1e3:.1f} ms", f"{statistics.median(times) / base:.1f}"]
            print(f"| {' | '.join(row)} |", flush=True)
    finally:
        stop(process)
        server.stop()
        server.log.close()
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
