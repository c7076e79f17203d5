#!/usr/bin/env python3
"""Compares the edge seeder with other seeds, interleaved on one machine.

The load comes from leech-load and the bound from limit-seed, two C programs that are built apart (--load, --limit). The product is a whole
edge node: cache, verified pieces, journal, heartbeats, limits and unchoke policy.

    dotnet build tests/Benchmarks/Seeding/SeedHost -c Release
    tests/Benchmarks/Seeding/seeding_benchmark.py speed --load ./leech-load --limit ./limit-seed
    tests/Benchmarks/Seeding/seeding_benchmark.py slow|many|rates|abuse|utp --load ./leech-load …

speed   bytes for each second of CPU, fairness, first block and memory at several numbers of connections
slow    the CPU of 500 peers that take 128 KiB/s each
many    10,000 connections: memory
rates   how well limits of the node and of each peer are kept
abuse   what floods, slow readers, crowds and half-open connections take from those who are served
utp     what a byte costs over uTP and over TCP, the product and libtorrent, with libtorrent as the leecher
"""
import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import abuse
import seeds

REPOSITORY = Path(__file__).resolve().parents[3]


def load(arguments, seed, content, connections, *more, seconds=None, warmup=None):
    command = [arguments.load, "-p", str(seed.port), "-t", str(content.torrent), "-c", str(connections), "--pid", str(seed.pid)]
    command += ["--duration", str(seconds or arguments.seconds), "--warmup", str(warmup or arguments.warmup), "--src", "127.1.0.1", "--json", "--quiet", *map(str, more)]
    done = subprocess.run(command, capture_output=True, text=True)
    if not done.stdout.strip():
        raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def start(arguments, name, content, folder, port, **more):
    if name == "product":
        # Built with MonoTorrent the host has both engines: then both are of one program.
        seed = seeds.Product(content, folder, port, host=arguments.monotorrent or seeds.HOST, **more)
    elif name == "monotorrent":
        seed = seeds.Product(content, folder, port, host=arguments.monotorrent, engine=name)
    elif name == "limit-seed":
        seed = seeds.limit_seed(arguments.limit, content, port)
    elif name == "libtorrent":
        seed = seeds.libtorrent(content, port)
    else:
        seed = seeds.rtorrent(content, folder, port)
    # Everything once: caches are warm, and hot code compiled.
    deadline = time.monotonic() + 60
    while True:
        done = subprocess.run(
            [arguments.load, "-p", str(port), "-t", str(content.torrent), "-c", "4", "--src", "127.1.0.1", "--once", "--compare", str(content.file), "--duration", "30", "--quiet", "--json"],
            capture_output=True, text=True,
        )
        if done.returncode == 0:
            return seed
        if time.monotonic() > deadline:
            seed.stop()
            raise SystemExit(f"{name} does not serve: {done.stdout} {done.stderr}")
        time.sleep(0.3)


def speed(arguments, content, folder, results):
    running = []
    try:
        for i, name in enumerate(arguments.seeds.split(",")):
            running.append(start(arguments, name, content, folder, arguments.port + i))
        for turn in range(1, arguments.rounds + 1):
            for connections in map(int, arguments.connections.split(",")):
                for seed in running:
                    result = load(arguments, seed, content, connections, "--seed", turn)
                    noise = result["machine_busy_s"] - result["seed"]["cpu_s"] - result["leech_cpu_s"]
                    results.append({"name": seed.name, "piece": content.piece_length, "turn": turn, "noise": noise, "gb": result["seed"]["gb_per_cpu_s"], **result})
                    print(f"{content.piece_length >> 10:>5} KiB {connections:>5} conn {seed.name:11} {result['mb_per_s']:>7.0f} MB/s {result['seed']['gb_per_cpu_s']:>6.3f} GB/cpu-s "
                          f"unchoked {result['ever_unchoked']:>5} Jain {result['jain_fairness']:.3f} first block p99 {result['first_block_ms']['p99']:>6.0f} ms "
                          f"private {result['seed']['rss_anon_kib'] / 1024:>6.1f} MiB noise {noise:.2f} s", flush=True)
    finally:
        for seed in running:
            seed.stop()


def ratios(results):
    print()
    for piece in sorted({line["piece"] for line in results}):
        for connections in sorted({line["connections"] for line in results if line["piece"] == piece}):
            medians = {}
            for line in results:
                if (line["piece"], line["connections"]) == (piece, connections):
                    medians.setdefault(line["name"], []).append(line["gb"])
            found = {name: statistics.median(values) for name, values in medians.items()}
            print(f"{piece >> 10:>5} KiB {connections:>5} conn  " + "  ".join(
                f"{name} {value:.2f}" + (f" (x {found['product'] / value:.2f})" if name != "product" and "product" in found else "") for name, value in found.items()), flush=True)


def slow(arguments, content, folder):
    running = []
    cores = {name: [] for name in arguments.seeds.split(",")}
    try:
        for i, name in enumerate(cores):
            running.append(start(arguments, name, content, folder, arguments.port + i))
        for seed in running:
            # Half a minute of the same: what a virtual machine compiles of it is compiled, as in any process that is not new.
            load(arguments, seed, content, 500, "--rate", "128K", "--depth", 16, seconds=30)
        for turn in range(1, arguments.rounds + 1):
            for seed in running:
                result = load(arguments, seed, content, 500, "--rate", "128K", "--seed", turn, "--depth", 16, warmup=max(2, arguments.warmup))
                # On a busy machine the load may lag behind: what counts is the cost of what was sent, at the rate that was meant.
                cores[seed.name].append(result["seed"]["cpu_s"] / result["seconds"] * 500 * 0.131072 / result["mb_per_s"])
                print(f"{seed.name:11} {result['mb_per_s']:.1f} MB/s {cores[seed.name][-1]:.4f} cores", flush=True)
    finally:
        for seed in running:
            seed.stop()
    found = {name: statistics.median(values) for name, values in cores.items()}
    print("\n" + "  ".join(f"{name} {value:.4f} cores" + (f" (x {found['product'] / value:.2f})" if name != "product" else "") for name, value in found.items()))


def many(arguments, content, folder):
    seed = start(arguments, "product", content, folder, arguments.port)
    try:
        before = seed.private_kib()
        result = load(arguments, seed, content, 10_000, "--connect-rate", 4000, "--depth", 8, warmup=max(6, arguments.warmup))
        print(f"10,000 connections: unchoked {result['ever_unchoked']}, {result['mb_per_s']:.0f} MB/s, Jain {result['jain_fairness']:.3f}, "
              f"private {before / 1024:.1f} MiB before, {result['seed']['rss_anon_kib'] / 1024:.1f} MiB with them")
    finally:
        seed.stop()


def rates(arguments, content, folder):
    for label, limits, connections in (
        ("node 20 MB/s, 1 peer", (20_000_000,), 1), ("node 20 MB/s, 100 peers", (20_000_000,), 100), ("node 100 MB/s, 20 peers", (100_000_000,), 20),
        ("peer 128 KiB/s, 100 peers", (0, 131_072), 100), ("peer 1 MB/s, 50 peers", (0, 1_000_000), 50),
    ):
        seed = start_limited(arguments, content, folder, limits)
        try:
            result = load(arguments, seed, content, connections, seconds=max(10, arguments.seconds), warmup=3)
            wanted = limits[0] if len(limits) == 1 else limits[1] * connections
            print(f"{label:28} {result['mb_per_s'] * 1e6 / wanted - 1:+.2%} of {wanted / 1e6:.1f} MB/s, Jain {result['jain_fairness']:.3f}", flush=True)
        finally:
            seed.stop()


def abused(arguments, content, folder):
    abuse.run(
        lambda seed, content, connections, *more, **times: load(arguments, seed, content, connections, *more, **times),
        lambda limits, viewers: (start_limited(arguments, content, folder, limits, viewers), content),
        arguments.seconds,
        arguments.attacks,
    )


def utp(arguments, content, folder):
    names = ("product", "libtorrent")
    running = []
    found = {}
    try:
        for i, name in enumerate(names):
            running.append(start(arguments, name, content, folder, arguments.port + i))
        # One round more, which does not count: code that runs for the first time is compiled first.
        for turn in range(arguments.rounds + 1):
            for transport in ("tcp", "utp"):
                for seed in running:
                    before = seed.cpu_seconds()
                    with tempfile.TemporaryDirectory(dir=folder) as downloads:
                        began = time.monotonic()
                        subprocess.run(
                            ["/usr/bin/python3", str(seeds.HERE / "libtorrent_leech.py"), str(content.torrent), downloads, str(seed.port), transport], check=True, timeout=300)
                        seconds = time.monotonic() - began
                    cost = (seed.cpu_seconds() - before) / (content.file.stat().st_size / 1e9)
                    print(f"{transport} {seed.name:11} {content.file.stat().st_size / 1e6 / seconds:6.1f} MB/s {cost:6.2f} CPU-s for each GB{'' if turn else ' (not counted)'}", flush=True)
                    if turn:
                        found.setdefault((transport, seed.name), []).append(cost)
    finally:
        for seed in running:
            seed.stop()
    cost = {key: statistics.median(values) for key, values in found.items()}
    print(f"\nuTP: product {cost['utp', 'product']:.2f} CPU-s for each GB, libtorrent {cost['utp', 'libtorrent']:.2f} (x {cost['utp', 'product'] / cost['utp', 'libtorrent']:.2f}); "
          f"TCP: {cost['tcp', 'product']:.2f} and {cost['tcp', 'libtorrent']:.2f}")


def start_limited(arguments, content, folder, limits, viewers=()):
    # The cache was filled by a node without limits.
    start(arguments, "product", content, folder, arguments.port).stop()
    seed = seeds.Product(content, folder, arguments.port, limits, viewers)
    time.sleep(1)
    return seed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["speed", "slow", "many", "rates", "abuse", "utp"])
    parser.add_argument("--load", required=True, help="leech-load's program")
    parser.add_argument("--limit", help="limit-seed's program")
    parser.add_argument("--seeds", default="product,limit-seed,libtorrent,rtorrent", help="of these and monotorrent, which needs --monotorrent")
    parser.add_argument("--monotorrent", help="SeedHost built with -p:TorrentEngine=MonoTorrent")
    parser.add_argument("--connections", default="1,10,100,1000")
    parser.add_argument("--piece-kib", default="256,1024,4096")
    parser.add_argument("--attacks", help="of abuse's, by class name and separated by commas (default all)")
    parser.add_argument("--size-mib", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--warmup", type=float, default=1.5)
    parser.add_argument("--port", type=int, default=17200)
    parser.add_argument("--folder", help="kept, so that another run finds content and cache; default: a temporary one")
    parser.add_argument("--json", help="all results go here")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="seeding-benchmark-") as temporary:
        folder = Path(arguments.folder or temporary)
        folder.mkdir(parents=True, exist_ok=True)
        results = []
        for kib in map(int, arguments.piece_kib.split(",")):
            content = seeds.Content(folder, arguments.size_mib << 20, kib << 10)
            if arguments.what == "speed":
                speed(arguments, content, folder, results)
                continue
            {"slow": slow, "many": many, "rates": rates, "abuse": abused, "utp": utp}[arguments.what](arguments, content, folder)
            break
        if results:
            ratios(results)
        if arguments.json:
            Path(arguments.json).write_text(json.dumps(results, indent=1))
    commit = subprocess.run(["git", "-C", str(REPOSITORY), "describe", "--always", "--dirty"], capture_output=True, text=True).stdout.strip()
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), "?")
    print(f"\ncommand {' '.join(sys.argv)}\ncommit {commit}\nhardware {model}, {os.cpu_count()} cores, Linux {platform.release()}")


if __name__ == "__main__":
    main()
