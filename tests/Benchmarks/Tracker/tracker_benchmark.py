#!/usr/bin/env python3
"""Compares the product's tracker with opentracker, interleaved on one machine: over UDP, or over HTTP (--modes).

The load comes from announce-load, a C program that is built apart (--load). All figures are announces for each second of CPU time of the
tracker's process, and ratios of their medians. The tracker is a whole silo: SQLite ledger, grains, accounting, peer selection.

    dotnet build tests/Benchmarks/Tracker/TrackerHost -c Release
    tests/Benchmarks/Tracker/tracker_benchmark.py --load ./announce-load [--rounds 3] [--only hot,many] [--json results.json]
    tests/Benchmarks/Tracker/tracker_benchmark.py --load ./announce-load --modes http,http-close --trackers product,opentracker --rate 0
    tests/Benchmarks/Tracker/tracker_benchmark.py --load ./announce-load --flat peers,swarms
    tests/Benchmarks/Tracker/tracker_benchmark.py --load ./announce-load --trackers product,product-unbooked --rate 0 --only hot,no-news

The last compares the product with itself, two servers in turn: a million peers in one swarm with a thousand, 100,000 swarms with a thousand (without --no-refresh). Memory is
printed when a tracker is filled: what the process grew by (resident) and what is alive after a full collection, for each peer.

The fourth takes accounting off: the same silo with a ledger that books no announce. Of the announces of `hot` 1 % say that they are done and 1 % that they
leave; those of `no-news` say nothing new.

Over HTTP opentracker has no kept connections: both of the product's modes are compared with a connection for each announce of opentracker's.
"""
import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]
HOST = HERE / "TrackerHost/bin/Release/net10.0/Distribution.TrackerHost"
LOADS = {
    "hot": ["--swarms", "1", "--peers", "100000", "--sources", "64"],
    "many": ["--swarms", "10000", "--peers", "500000", "--dist", "zipf", "--sources", "64"],
    "no-news": ["--swarms", "1", "--peers", "100000", "--sources", "64", "--completed", "0", "--stopped", "0"],
    "1k-peers": ["--swarms", "1", "--peers", "1000", "--sources", "64"],
    "1m-peers": ["--swarms", "1", "--peers", "1000000", "--sources", "64"],
    "1k-swarms": ["--swarms", "1000", "--peers", "500000", "--sources", "64"],
    "100k-swarms": ["--swarms", "100000", "--peers", "500000", "--sources", "64"],
}
FLAT = {"peers": ("1k-peers", "1m-peers"), "swarms": ("1k-swarms", "100k-swarms")}
COMMON = ["--numwant", "50", "--concurrency", "64"]


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Product:
    """The silo, with each swarm of a load opened; or the same without accounting of announces."""

    def __init__(self, arguments, folder, port, hashes, kind):
        self.name = kind
        self.port = port
        self.http_port = port + 50
        command = ["taskset", "-c", str(arguments.server_core), arguments.host, str(folder / "state.db"), str(port), str(self.http_port), str(hashes)]
        self.process = subprocess.Popen(
            command + arguments.host_arguments.split() + (["--no-books"] if kind == "product-unbooked" else []), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.line(lambda line: line == "ready")

    def line(self, is_wanted):
        """The next wanted line; others are the silo's log."""
        for line in self.process.stdout:
            if is_wanted(line.strip()):
                return line
            print(line, end="", file=sys.stderr)
        raise SystemExit(f"the tracker ended with {self.process.wait()}")

    def statistics(self):
        self.process.stdin.write("stats\n")
        self.process.stdin.flush()
        return json.loads(self.line(lambda line: line.startswith("{")))

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


class OpenTracker:
    """Debian's opentracker, which takes listed swarms only."""

    def __init__(self, arguments, folder, port, hashes, workers):
        self.name = "opentracker-workers" if workers else "opentracker"
        self.port = self.http_port = port
        shutil.copy(hashes, folder / "whitelist.txt")
        os.chmod(folder, 0o755)
        (folder / "ot.conf").write_text(
            ("listen.udp.workers 1\n" if workers else "")
            + f"listen.tcp_udp 127.0.0.1:{port}\naccess.whitelist whitelist.txt\n"
            + f"tracker.rootdir {folder}\ntracker.user _opentracker\n"
        )
        self.process = subprocess.Popen(
            ["taskset", "-c", str(arguments.server_core), "opentracker", "-f", str(folder / "ot.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(1)
        if self.process.poll() is not None:
            raise SystemExit("opentracker did not start")

    def statistics(self):
        return {}

    def stop(self):
        self.process.terminate()
        self.process.wait()


def load(arguments, tracker, name, *more, mode="udp"):
    command = ["taskset", "-c", str(arguments.load_core), arguments.load, *LOADS[name], *COMMON, "--json"]
    command += ["--mode", mode, "--port", str(tracker.port if mode == "udp" else tracker.http_port), "--pid", str(tracker.process.pid), *map(str, more)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == 2 or not done.stdout.strip():
        raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def resident(process):
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) * 1024
    return 0


def start(arguments, folder, kind, index, swarms):
    """A tracker in a folder of its own that knows as many swarms."""
    own = folder / f"{index}-{kind}"
    own.mkdir(parents=True)
    os.chmod(folder, 0o755)
    hashes = own / "hashes"
    hashes.write_text(output(arguments.load, "--print-hashes", swarms))
    port = arguments.port + index
    if kind.startswith("product"):
        return Product(arguments, own, port, hashes, kind)
    return OpenTracker(arguments, own, port, hashes, kind == "opentracker-workers")


def fill(arguments, tracker, name, results):
    peers = int(LOADS[name][3])
    before = tracker.statistics()
    resident_before = resident(tracker.process)
    filled = load(arguments, tracker, name, "--preload-only")
    # Before the collection that the statistics make.
    memory = {"residentBytesPerPeer": (resident(tracker.process) - resident_before) / peers}
    after = tracker.statistics()
    if after:
        memory["liveBytesPerPeer"] = (after["liveBytes"] - before["liveBytes"]) / peers
    print(f"{name:12} {tracker.name:20} filled in {filled['seconds']:.1f} s, "
          + ", ".join(f"{key} {value:.1f}" for key, value in memory.items()), flush=True)
    results.append({"load": name, "tracker": tracker.name, "phase": "fill", "result": filled, **memory})


def race(arguments, folder, entries, results):
    """Measures (kind of tracker, load) entries in turn: all are filled first, then each has its rounds between the others'."""
    trackers = []
    try:
        for index, (kind, name) in enumerate(entries):
            trackers.append((start(arguments, folder, kind, index, LOADS[name][1]), name))
        for tracker, name in trackers:
            fill(arguments, tracker, name, results)
        turns = [
            (tracker, name, mode)
            for mode in arguments.modes.split(",")
            for tracker, name in trackers
            # It closes after each answer.
            if mode != "http" or isinstance(tracker, Product)
        ]
        for tracker, name, mode in turns:
            # The runtime compiles what is hot while it runs.
            load(arguments, tracker, name, "--warm", "--duration", arguments.warm_seconds, "--seed", 99, mode=mode)
        if arguments.pause:
            print("filled; a line of input starts the rounds", flush=True)
            sys.stdin.readline()
            for tracker, name, _ in turns:
                # Who was silent for too long meanwhile is gone.
                load(arguments, tracker, name, "--preload-only")
        phases = ["--rate 0"] + ([f"--rate {arguments.rate}"] if arguments.rate else [])
        for seed in range(1, arguments.rounds + 1):
            for phase in phases:
                for tracker, name, mode in turns:
                    measure(arguments, tracker, name, mode, phase, seed, results)
    finally:
        for tracker, _ in trackers:
            tracker.stop()
        shutil.rmtree(folder, ignore_errors=True)


def measure(arguments, tracker, name, mode, phase, seed, results):
    if not arguments.no_refresh:
        # In small swarms who is silent for two intervals is gone; while the others ran everybody was silent.
        load(arguments, tracker, name, "--preload-only")
    before = tracker.statistics()
    result = load(arguments, tracker, name, "--warm", "--duration", arguments.seconds, "--seed", seed, *phase.split(), mode=mode)
    after = tracker.statistics()
    label = tracker.name if mode == "udp" else f"{tracker.name} {mode}"
    line = {"load": name, "tracker": label, "phase": phase, "seed": seed, "result": result}
    if after:
        # The warm-up second announces too, so this is too high by its share.
        line["allocatedBytesPerAnnounce"] = (after["allocatedBytes"] - before["allocatedBytes"]) / max(1, result["announces"])
    results.append(line)
    print(f"{name:12} {label:22} {phase:12} {result['announces_per_cpu_s']:>9.0f}/cpu-s "
          f"{result['announces_per_s']:>9.0f}/s p99 {result['p99_us']:>7.0f} us "
          f"other cpu {result.get('other_cpu_s', 0):.1f} s"
          + (f" alloc {line['allocatedBytesPerAnnounce']:.0f} B" if after else ""), flush=True)


def medians(results, name, phase, key):
    found = {}
    for line in results:
        if line["load"] == name and line["phase"] == phase:
            found.setdefault(line["tracker"], []).append(line["result"][key])
    return {tracker: statistics.median(values) for tracker, values in found.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--load", required=True, help="the load generator's program")
    parser.add_argument("--only", default="hot,many", help=f"of {', '.join(LOADS)}")
    parser.add_argument("--trackers", default="product,opentracker,opentracker-workers")
    parser.add_argument("--flat", help=f"instead: the product's cost in a large load to that in a small one, of {', '.join(FLAT)}")
    parser.add_argument("--modes", default="udp", help="of udp, http, http-close")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5, help="of each round")
    parser.add_argument("--warm-seconds", type=int, default=5, help="of each tracker before the rounds")
    parser.add_argument("--no-refresh", action="store_true", help="do not announce every peer before each round: where all rounds pass within a minute")
    parser.add_argument("--pause", action="store_true", help="wait for a line of input between filling and the rounds, to stop what else runs")
    parser.add_argument("--rate", type=int, default=50000, help="offered announces/s for the latency; 0: leave it out")
    parser.add_argument("--port", type=int, default=17000)
    parser.add_argument("--server-core", type=int, default=0)
    parser.add_argument("--load-core", type=int, default=1)
    parser.add_argument("--host", default=str(HOST), help="the product's host, of another build say")
    parser.add_argument("--host-arguments", default="", help="for the product's host: the number of shards")
    parser.add_argument("--json", help="all results go here")
    arguments = parser.parse_args()
    results = []
    folder = Path(tempfile.mkdtemp(prefix="tracker-benchmark-"))
    pairs = [FLAT[name] for name in arguments.flat.split(",")] if arguments.flat else []
    names = [] if arguments.flat else arguments.only.split(",")
    for pair in pairs:
        race(arguments, folder / pair[1], [("product", name) for name in pair], results)
    for name in names:
        race(arguments, folder / name, [(kind, name) for kind in arguments.trackers.split(",")], results)
    shutil.rmtree(folder, ignore_errors=True)
    commit = output("git", "-C", str(REPOSITORY), "describe", "--always", "--dirty").strip()
    model = next((l.split(":")[1].strip() for l in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in l), "?")
    print(f"\ncommand {' '.join(sys.argv)}\ncommit {commit}\nhardware {model}, {os.cpu_count()} cores, Linux {platform.release()}")
    for small, large in pairs:
        cost = {name: 1e6 / medians(results, name, "--rate 0", "announces_per_cpu_s")["product"] for name in (small, large)}
        print(f"{large:12} {cost[large]:.2f} us of CPU an announce, {small} {cost[small]:.2f} us: {cost[large] / cost[small]:.2f} x")
    for name in names:
        for phase, key in (("--rate 0", "announces_per_cpu_s"), (f"--rate {arguments.rate}", "p99_us")):
            found = medians(results, name, phase, key)
            for product in (label for label in found if label.startswith("product")):
                for tracker, value in found.items():
                    print(f"{name:12} {key:20} {tracker:22} {value:>10.0f}  {product} is {found[product] / value:.2f} x")
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
