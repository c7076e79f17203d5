#!/usr/bin/python3
"""What an upload costs, beside the tools that do parts of the same job.

  publish   elapsed time from a file on disk to a magnet link: `distribution publish` against a running server, the whole way over HTTP
            into the folder store, beside mktorrent or libtorrent making a torrent of the file plus a copy of it. The product's copy is
            durable when the magnet is there (flushed to disk), so the copy is timed twice: as `cp` leaves it, in the page cache, and
            flushed. Beside them the floor: what the bytes' way and the hashes take alone (floors.py). Each publication has bytes of its
            own. Runs are interleaved, each after a sync; medians of the rounds.
  latency   from the last byte of the upload leaving the client to the magnet in hand, at two sizes: it must not grow with the size.
  memory    the server's peak resident memory after one upload of each size, and after many at once.

Exit status: 0 measured, 1 a run failed, 2 wrong usage. Nothing is judged here: the figures are.
"""

import argparse
import concurrent.futures
import hashlib
import http.client
import json
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Shared"))
import floors
from product_server import ProductServer

BLOCK = 8 << 20
MAX_STREAM_BYTES = 64 << 20


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["publish", "latency", "memory"])
    parser.add_argument("--program", required=True, help="the built `distribution`")
    parser.add_argument("--folder", default=tempfile.gettempdir(), help="where files and stores are kept, on one disk")
    parser.add_argument("--gib", type=float, default=2, help="publish: size of the file (default 2)")
    parser.add_argument("--sizes", default="1,10", help="latency, memory: GiB, comma-separated (default 1,10)")
    parser.add_argument("--rounds", type=int, default=5, help="publish, latency: runs of each (default 5)")
    parser.add_argument("--formats", default="v1,hybrid", help="publish: v1, hybrid or both")
    parser.add_argument("--uploads", type=int, default=20, help="memory: uploads at once (default 20)")
    parser.add_argument("--upload-mib", type=int, default=256, help="memory: size of each of these (default 256)")
    parser.add_argument("--output", help="file for the result as JSON")
    return parser.parse_args()


def make_file(path, size):
    """Content that no two pieces share, quickly: a counter under a hash, spread over blocks of noise."""
    noise = bytearray(os.urandom(BLOCK))
    with open(path, "wb") as file:
        written = 0
        while written < size:
            noise[:32] = hashlib.sha256(str(written).encode()).digest()
            taken = min(BLOCK, size - written)
            file.write(noise[:taken])
            written += taken
        file.flush()
        os.fsync(file.fileno())
    return path


def renew(path):
    """Makes other bytes of it: the server keeps the same ones once, and throwing the second copy away takes its time too."""
    with open(path, "r+b") as file:
        file.write(os.urandom(32))
        file.flush()
        os.fsync(file.fileno())


def timed(action):
    subprocess.run(["sync"], check=True)
    started = time.monotonic()
    action()
    return time.monotonic() - started


def run(*arguments):
    finished = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if finished.returncode != 0:
        raise SystemExit(f"{arguments[0]} failed: {finished.stderr.decode(errors='replace').strip()}")
    return finished.stdout


def copy(source, folder, flush):
    target = os.path.join(folder, "copy")
    run("cp", "--reflink=never", source, target)
    if flush:
        run("sync", target)


def libtorrent_hybrid(path, piece_length):
    import libtorrent

    storage = libtorrent.file_storage()
    libtorrent.add_files(storage, path)
    torrent = libtorrent.create_torrent(storage, piece_size=piece_length)
    libtorrent.set_piece_hashes(torrent, os.path.dirname(path))
    libtorrent.bencode(torrent.generate())


def mktorrent(path, piece_length, folder):
    target = os.path.join(folder, "made.torrent")
    run("mktorrent", "-t", "2", "-l", str(piece_length.bit_length() - 1), "-a", "http://127.0.0.1/announce",
        "-o", target, path)
    os.remove(target)


def measure_publish(options, folder):
    size = int(options.gib * (1 << 30))
    path = make_file(os.path.join(folder, "video.bin"), size)
    formats = options.formats.split(",")
    times = {}

    def note(name, seconds):
        times.setdefault(name, []).append(seconds)
        print(f"  {name:28} {seconds:7.2f} s  {size / seconds / 1e9:6.2f} GB/s", flush=True)

    def remove_copy():
        os.remove(os.path.join(folder, "copy"))

    with ProductServer(options.program, folder) as server:
        piece_length = None
        for number in range(options.rounds):
            print(f"round {number + 1}", flush=True)
            for torrent_format in formats:
                published = []
                renew(path)
                cpu = server.cpu_seconds()
                note(f"publish {torrent_format}", timed(lambda: published.append(json.loads(run(
                    options.program, "publish", path, "--format", torrent_format, "--server", server.url,
                    "--api-key", server.key, "--json")))))
                note(f"publish {torrent_format} server CPU", server.cpu_seconds() - cpu)
                piece_length = published[0]["pieceLength"]
                server.unpublish(published[0]["id"])
            note("cp", timed(lambda: copy(path, folder, False)))
            remove_copy()
            note("cp, flushed", timed(lambda: copy(path, folder, True)))
            remove_copy()
            if "v1" in formats:
                note("mktorrent -t 2", timed(lambda: mktorrent(path, piece_length, folder)))
            if "hybrid" in formats:
                note("libtorrent hybrid", timed(lambda: libtorrent_hybrid(path, piece_length)))
            for name, seconds, cpu in floors.measure(path, folder, formats):
                note(name, seconds)
                note(f"{name} CPU", cpu)
    medians = {name: statistics.median(values) for name, values in times.items()}
    result = {"sizeBytes": size, "pieceLengthBytes": piece_length, "medianSeconds": medians, "seconds": times}
    print(f"\nmedians of {options.rounds} rounds, {size} bytes, pieces of {piece_length}")
    for torrent_format, maker in (("v1", "mktorrent -t 2"), ("hybrid", "libtorrent hybrid")):
        if torrent_format not in formats:
            continue
        for how in ("cp", "cp, flushed"):
            ratio = (medians[maker] + medians[how]) / medians[f"publish {torrent_format}"]
            result[f"{torrent_format} against {maker} + {how}"] = ratio
            print(f"  publish {torrent_format}: {ratio:.2f} x ({maker} + {how})")
        floor = floors.floor_seconds(medians, torrent_format, os.cpu_count())
        result[f"{torrent_format} floor"] = floor
        print(f"  publish {torrent_format}: {medians[f'publish {torrent_format}']:.2f} s, the floor {floor:.2f} s")
    return result


def send_file(server, location, path, offset=0):
    """One PATCH over a plain socket. Answers when the last byte had been handed to the kernel, and the response's status."""
    size = os.path.getsize(path)
    with socket.create_connection((server.host, server.port)) as connection, open(path, "rb") as file:
        connection.sendall((
            f"PATCH {location} HTTP/1.1\r\nHost: {server.host}\r\nAuthorization: Bearer {server.key}\r\n"
            f"Tus-Resumable: 1.0.0\r\nUpload-Offset: {offset}\r\nContent-Type: application/offset+octet-stream\r\n"
            f"Content-Length: {size - offset}\r\n\r\n").encode())
        connection.sendfile(file, offset)
        sent = time.monotonic()
        answer = http.client.HTTPResponse(connection, method="PATCH")
        answer.begin()
        answer.read()
        return sent, answer.status


def upload(server, path, torrent_format):
    location = server.create_upload(os.path.basename(path), os.path.getsize(path), torrent_format)
    sent, status = send_file(server, location, path)
    if status != 204:
        raise SystemExit(f"The upload was answered {status}.")
    file = server.until_published(location.rsplit("/", 1)[1])
    if not file["magnetUri"]:
        raise SystemExit("There is no magnet.")
    return file, time.monotonic() - sent


def measure_latency(options, folder):
    result = {}
    for size_gib in [float(size) for size in options.sizes.split(",")]:
        path = make_file(os.path.join(folder, "video.bin"), int(size_gib * (1 << 30)))
        with ProductServer(options.program, folder) as server:
            # The first of a process waits for the just-in-time compiler, at any size.
            small = make_file(os.path.join(folder, "first.bin"), 1 << 20)
            server.unpublish(upload(server, small, "hybrid")[0]["id"])
            waits = []
            for _ in range(options.rounds):
                file, seconds = upload(server, path, "hybrid")
                waits.append(seconds)
                server.unpublish(file["id"])
        os.remove(path)
        result[f"{size_gib:g} GiB"] = waits
        print(f"{size_gib:g} GiB, hybrid: last byte out to magnet {statistics.median(waits) * 1e3:.0f} ms (median), "
              f"{min(waits) * 1e3:.0f} to {max(waits) * 1e3:.0f} ms", flush=True)
    return result


def measure_memory(options, folder):
    result = {}
    for size_gib in [float(size) for size in options.sizes.split(",")]:
        path = make_file(os.path.join(folder, "video.bin"), int(size_gib * (1 << 30)))
        with ProductServer(options.program, folder) as server:
            before = server.peak_memory_bytes()
            upload(server, path, "hybrid")
            peak = server.peak_memory_bytes()
        os.remove(path)
        result[f"{size_gib:g} GiB"] = peak
        print(f"{size_gib:g} GiB, hybrid: peak {peak / 2**20:.0f} MiB, {before / 2**20:.0f} MiB before", flush=True)
    paths = [make_file(os.path.join(folder, f"part{number}.bin"), options.upload_mib << 20)
             for number in range(options.uploads)]
    with ProductServer(options.program, folder) as server:
        small = make_file(os.path.join(folder, "first.bin"), 1 << 20)
        upload(server, small, "hybrid")
        before = server.peak_memory_bytes()
        with concurrent.futures.ThreadPoolExecutor(options.uploads) as pool:
            list(pool.map(lambda path: upload(server, path, "hybrid"), paths))
        peak = server.peak_memory_bytes()
    bound = before + options.uploads * MAX_STREAM_BYTES
    result[f"{options.uploads} at once"] = {"before": before, "peak": peak, "bound": bound}
    print(f"{options.uploads} uploads of {options.upload_mib} MiB at once: peak {peak / 2**20:.0f} MiB, {before / 2**20:.0f} "
          f"before; the bound of 64 MiB a stream allows {bound / 2**20:.0f} MiB", flush=True)
    return result


def describe_machine():
    model = "unknown"
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    here = os.path.dirname(os.path.abspath(__file__))
    commit = subprocess.run(["git", "-C", here, "rev-parse", "--short", "HEAD"], stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, check=False).stdout.decode().strip()
    return {"cpu": model, "cores": os.cpu_count(), "kernel": platform.release(), "commit": commit or "unknown",
            "loadAverage": os.getloadavg()[0]}


def main():
    options = parse_arguments()
    machine = describe_machine()
    print(f"{machine['cpu']}, {machine['cores']} cores, Linux {machine['kernel']}, commit {machine['commit']}, "
          f"load {machine['loadAverage']:.2f} at the start", flush=True)
    folder = tempfile.mkdtemp(prefix="ingest-benchmark-", dir=options.folder)
    try:
        measure = {"publish": measure_publish, "latency": measure_latency, "memory": measure_memory}[options.what]
        result = measure(options, folder)
    finally:
        shutil.rmtree(folder)
    if options.output:
        with open(options.output, "w", encoding="utf-8") as file:
            json.dump({"command": sys.argv, "machine": machine, "result": result}, file, indent=2)
    return 0


if __name__ == "__main__":
    sys.exit(main())
