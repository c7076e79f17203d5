#!/usr/bin/env python3
"""What an announce costs a cluster of two silos, at the silo that has its swarm and at the other one.

Both silos share a PostgreSQL database (--database, empty or of an earlier run) and one core; the load comes from announce-load (--load). A
figure is announces for each second of CPU time of both silos together, since a remote swarm costs at either end.

    dotnet build tests/Benchmarks/Tracker/TrackerHost -c Release
    tests/Benchmarks/Tracker/cluster_benchmark.py --load ./announce-load --database "Host=…;Database=…;Username=…;Password=…"
"""
import argparse
import json
import os
import statistics
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
HOST = HERE / "TrackerHost/bin/Release/net10.0/Distribution.TrackerHost"
TICKS = os.sysconf("SC_CLK_TCK")
LOADS = {
    "one-swarm": ["--swarms", "1", "--peers", "20000", "--sources", "64"],
    "1k-swarms": ["--swarms", "1000", "--peers", "20000", "--dist", "zipf", "--sources", "64"],
}


class Silo:
    def __init__(self, arguments, port, hashes):
        self.port = port
        self.process = subprocess.Popen(
            ["taskset", "-c", str(arguments.server_core), str(HOST), arguments.database, str(port), "0", str(hashes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait(self):
        for line in self.process.stdout:
            if line.strip() == "ready":
                return
        raise SystemExit(f"a silo ended with {self.process.wait()}")

    def cpu_seconds(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def load(arguments, silo, name, *more):
    command = ["taskset", "-c", str(arguments.load_core), arguments.load, *LOADS[name], "--numwant", "50"]
    command += ["--concurrency", str(arguments.concurrency), "--json", "--port", str(silo.port), *map(str, more)]
    done = subprocess.run(command, capture_output=True, text=True)
    if not done.stdout.strip():
        raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def run(arguments, name):
    hashes = Path(tempfile.mkdtemp(prefix="cluster-benchmark-")) / "hashes"
    swarms = LOADS[name][1]
    hashes.write_text(subprocess.run([arguments.load, "--print-hashes", swarms], check=True, capture_output=True, text=True).stdout)
    silos = [Silo(arguments, arguments.port + index, hashes) for index in range(2)]
    try:
        for silo in silos:
            silo.wait()
        filled = load(arguments, silos[0], name, "--preload-only")
        print(f"{name}: filled in {filled['seconds']:.1f} s")
        for silo in silos:
            # The runtime compiles what is hot while it runs.
            load(arguments, silo, name, "--warm", "--duration", arguments.seconds, "--seed", 99)
        figures = {silo.port: [] for silo in silos}
        for seed in range(1, arguments.rounds + 1):
            for silo in silos:
                before = [one.cpu_seconds() for one in silos]
                result = load(arguments, silo, name, "--warm", "--duration", arguments.seconds, "--seed", seed)
                spent = [one.cpu_seconds() - start for one, start in zip(silos, before)]
                figures[silo.port].append((result["announces_per_s"] * result["seconds"] / sum(spent), spent, result))
        for front, silo in enumerate(silos):
            rates = [figure[0] for figure in figures[silo.port]]
            own = statistics.median(figure[1][front] for figure in figures[silo.port])
            other = statistics.median(figure[1][1 - front] for figure in figures[silo.port])
            print(
                f"{name}: front {front}: {statistics.median(rates):.0f} announces per CPU second of both"
                f" ({', '.join(f'{rate:.0f}' for rate in rates)}); CPU here {own:.2f} s, at the other {other:.2f} s"
            )
            print("   ", {key: value for key, value in figures[silo.port][-1][2].items() if isinstance(value, (int, float))})
    finally:
        for silo in silos:
            silo.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--load", required=True, help="the announce-load program")
    parser.add_argument("--database", required=True)
    parser.add_argument("--only", default=",".join(LOADS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--concurrency", type=int, default=64, help="announces in flight (default 64)")
    parser.add_argument("--port", type=int, default=17969)
    parser.add_argument("--server-core", type=int, default=0)
    parser.add_argument("--load-core", type=int, default=1)
    arguments = parser.parse_args()
    for name in arguments.only.split(","):
        run(arguments, name)


if __name__ == "__main__":
    main()
