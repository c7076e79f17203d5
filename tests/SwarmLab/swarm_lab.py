#!/usr/bin/python3
"""Real viewers against the real system, and three accounts of the same bytes.

Eight libtorrent viewers, each in a network namespace behind a rate-limited link, take one published file from the web seed, an edge
and each other. Then three accounts are laid side by side:

  report    what `distribution report` says;
  sockets   what the kernel accepted from the servers' sockets: the return value of every send call of the two processes, read from
            outside by socket_trace (ptrace), payload told from headers by walking the bytes of each connection. It shares no code and
            no counter with the product, so that it errs independently of it;
  viewers   what the viewers' own books say they received, by source.

The report must equal the sockets to the byte. Viewers must have received as much to within 3 %: bodies cut off at completion and
duplicates were sent, but not received. The offload ratio must lie within 1 percentage point of the viewers'.

Exit status: 0 all hold, 1 something does not, 2 wrong usage, 77 this machine cannot run it (the reason is printed).
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SKIPPED = 77
SERVER = "198.18.0.2"
EDGE = "198.18.0.11"
# Not private: libtorrent lifts its rate limits and unchoke slots for loopback and private addresses.
VIEWERS = "198.18.1."
FILE_NAME = "video.mp4"


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="the built `distribution`, or its .dll")
    parser.add_argument("--viewers", type=int, default=8, help="how many, 1 to 200 (default 8)")
    parser.add_argument("--mib", type=int, default=64, help="size of the file (default 64)")
    parser.add_argument("--down", type=float, default=12, help="a viewer's link down, Mbit/s (default 12)")
    parser.add_argument("--up", type=float, default=3, help="a viewer's link up, Mbit/s (default 3)")
    parser.add_argument("--edge-up", type=float, default=48, help="the edge's link up, Mbit/s, 0 for no limit (default 48)")
    parser.add_argument("--built-in-edge", action="store_true", help="the server's own edge, told apart by port, instead of a lone one")
    parser.add_argument("--span", type=float, default=0, help="viewers arrive one by one over so many seconds (default 0: all at once)")
    parser.add_argument("--linger", type=float, default=5, help="seconds that a viewer stays after completion (default 5)")
    parser.add_argument("--download-only", type=float, default=0, help="share of viewers that upload nothing, 0 to 1 (default 0)")
    parser.add_argument("--leave-at", type=float, default=0, help="every other viewer leaves at that share of the file, 0 to 1 (default 0: none)")
    parser.add_argument("--in-order", action="store_true", help="viewers ask for the pieces in their order, as players do")
    parser.add_argument("--magnet", action="store_true", help="viewers get the magnet link, and the metadata from the edge")
    parser.add_argument("--settings", type=json.loads, default={}, help="further settings of libtorrent, a JSON object")
    parser.add_argument("--settle", type=float, default=15, help="the report must not change for so many seconds (default 15)")
    parser.add_argument("--timeout", type=float, default=180, help="seconds for the downloads (default 180)")
    parser.add_argument("--seed", type=int, default=1, help="of the file's content and the order of arrival (default 1)")
    parser.add_argument("--output", help="file for the result as JSON")
    parser.add_argument("--keep", action="store_true", help="keep the working folder, and say where it is")
    options = parser.parse_args()
    if not 1 <= options.viewers <= 200 or options.mib < 1:
        parser.error("1 to 200 viewers, 1 MiB or more")
    return options


def missing():
    """Why this machine cannot run it, or None."""
    if sys.platform != "linux":
        return "it needs Linux"
    if os.geteuid() != 0:
        return "it needs root, for network namespaces"
    for tool in ("ip", "tc", "setpriv", "cc"):
        if not shutil.which(tool):
            return f"it needs the command `{tool}`"
    try:
        import libtorrent  # noqa: F401
    except ImportError:
        return f"it needs libtorrent for {sys.executable} (Debian: python3-libtorrent)"
    return None


def say(text):
    print(f"# {text}", file=sys.stderr, flush=True)


def run(options, folder):
    from accounts import Comparison, Sockets
    from network import Network
    from product import HTTP_PORT, Product

    tracer = os.path.join(folder, "socket_trace")
    subprocess.run(["cc", "-O2", "-o", tracer, os.path.join(HERE, "socket_trace.c")], check=True)
    program = os.path.abspath(options.program)
    command = ["dotnet", program] if program.endswith(".dll") else [program]

    network = Network()
    server = network.add("server", SERVER)
    edge = None if options.built_in_edge else network.add("edge", EDGE, up_mbit=options.edge_up)
    viewers = [network.add(f"viewer{i}", f"{VIEWERS}{i}", options.down, options.up) for i in range(1, options.viewers + 1)]

    path = os.path.join(folder, FILE_NAME)
    chance = random.Random(options.seed)
    with open(path, "wb") as file:
        for _ in range(options.mib):
            file.write(chance.randbytes(1 << 20))

    product = Product(command, tracer, folder, server, edge, lambda address: address.startswith(VIEWERS))
    try:
        file = product.publish(path)
        say(f"published {file['id']}, {file['size']} bytes")
        torrent = os.path.join(folder, "video.torrent")
        product.fetch_torrent(file, torrent)
        await_edge(product, file)
        sources = {"web_seed": f"{SERVER}:{HTTP_PORT}", "edges": [SERVER if edge is None else EDGE]}
        books = watch(options, viewers, file["magnetUri"] if options.magnet else torrent, folder, sources, chance)
        report = settled_report(product, file, options.settle)
    finally:
        product.stop()
    sockets = Sockets(product.books.values(), file["infoHash"])
    for status, count in sockets.refusals.items():
        say(f"the web seed answered {status} {count} times")
    return Comparison(report, sockets, books, sha256_of(path), product.faults)


def sha256_of(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def await_edge(product, file, timeout_seconds=60):
    deadline = time.monotonic() + timeout_seconds
    while (swarm := product.swarm(file))["edges"] < 1:
        if time.monotonic() > deadline:
            raise RuntimeError(f"no edge seeds the file after {timeout_seconds} s: {swarm}")
        time.sleep(0.2)
    say("an edge seeds it")


def watch(options, viewers, torrent, folder, sources, chance):
    """Runs all viewers; their books."""
    running = []
    for place, viewer in enumerate(viewers):
        own = os.path.join(folder, viewer.name)
        os.mkdir(own)
        with open(os.path.join(folder, f"{viewer.name}.log"), "wb") as log:
            process = viewer.start(
                [sys.executable, os.path.join(HERE, "viewer.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
            )
        delay = 0 if place == 0 or not options.span else chance.uniform(0, options.span)
        settings = {
            "address": viewer.address,
            "torrent": torrent,
            **sources,
            "folder": own,
            "settings": options.settings,
            "download_only": place < round(options.download_only * len(viewers)),
            "leave_at": options.leave_at if place % 2 else 0,
            "in_order": options.in_order,
            "delay_seconds": delay,
            "linger_seconds": options.linger,
            "timeout_seconds": options.timeout,
        }
        process.stdin.write(json.dumps(settings) + "\n")
        process.stdin.flush()
        running.append(process)
    for process in running:
        if process.stdout.readline() != "ready\n":
            raise RuntimeError("a viewer did not start (--keep leaves its log)")
    say(f"{len(running)} viewers begin")
    for process in running:
        process.stdin.write("begin\n")
        process.stdin.flush()
    books = []
    for process in running:
        answer, _ = process.communicate()
        if process.returncode != 0 or not answer:
            raise RuntimeError(f"a viewer ended with status {process.returncode} (--keep leaves its log)")
        books.append(json.loads(answer))
        say(f"{books[-1]['address']} left, done after {books[-1]['done_seconds'] or float('nan'):.1f} s")
    return books


def settled_report(product, file, settle_seconds, timeout_seconds=120):
    """The report once it has not changed for a while: counters reach the ledger with heartbeats and timers."""
    last = None
    since = time.monotonic()
    deadline = since + timeout_seconds
    while True:
        report = product.report(file)
        report = {name: value for name, value in report.items() if name not in ("from", "to")}
        now = time.monotonic()
        if report != last:
            last, since = report, now
        elif now - since >= settle_seconds:
            return report
        if now > deadline:
            raise RuntimeError(f"the report does not settle in {timeout_seconds} s")
        time.sleep(1)


def main():
    options = parse_arguments()
    reason = missing()
    if reason:
        print(f"skipped: {reason}")
        return SKIPPED
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    folder = tempfile.mkdtemp(prefix="swarm-lab-")
    try:
        comparison = run(options, folder)
    except RuntimeError as error:
        print(f"FAULT  {error}")
        return 1
    finally:
        if options.keep:
            say(f"kept {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print(comparison.table())
    if options.output:
        with open(options.output, "w", encoding="utf-8") as output:
            json.dump({"arguments": sys.argv[1:], **comparison.document()}, output, indent=2)
    return 0 if comparison.passed else 1


if __name__ == "__main__":
    sys.exit(main())
