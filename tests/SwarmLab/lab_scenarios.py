#!/usr/bin/env python3
"""The product in another lab's scenarios, and its report beside what that lab counted: `swarm_lab.py` of the benchmark kit, which is not included.

    sudo tests/SwarmLab/lab_scenarios.py --lab PATH/swarm_lab.py --scenarios PATH/scenarios.txt \\
        --program src/Standalone/bin/Release/net10.0/distribution --output FOLDER [--only stock-flash,mix-flash]

Each line of the scenarios that sets up viewers is run with our server as origin and tracker and our edge beside it, in the place of the
stock stack: real libtorrent, Transmission and aria2, in network namespaces. Lines that are about another server's ways (rates of nginx, a pacing
seed, plain HTTP) are left out, and named. Viewers' truth is what they hold and, by source, their own block books (libtorrent) or the
interface's counters by address (the others). Prints a table: the report's offload, low and high, against the clients' books and against what
was sent.
"""

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

ORIGIN, EDGE, PORT = "198.18.0.2", "198.18.0.11", 8080
FOREIGN = ("--policy", "--edge-pace", "--super-seed", "--no-webseed", "--origin-cap")
DROPPED = {"--stock": 0, "--tracker": 1, "--tracker-order": 1, "--tracker-cap": 1, "--edge": 1, "--interval": 1, "--name": 1, "--file-mib": 1}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lab", required=True)
    parser.add_argument("--scenarios", required=True)
    parser.add_argument("--program", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("--only", help="names, parted by commas")
    parser.add_argument("--viewers", type=int, help="in the place of the scenario's number, for a small machine")
    return parser.parse_args()


def read(path):
    """(name, arguments), the common ones first."""
    common = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            name, bar, rest = line.partition("|")
            if line.startswith("#") or not bar:
                continue
            if name.strip() == "common":
                common = shlex.split(rest)
            else:
                yield name.strip(), common + shlex.split(rest)


def is_ours(arguments):
    mix = arguments[arguments.index("--mix") + 1]
    return not any(one in arguments for one in FOREIGN) and "curl" not in mix and "aria2-http" not in mix


def run(options, name, arguments, folder):
    kept, mib, at = [], 64, 0
    while at < len(arguments):
        one = arguments[at]
        if one == "--file-mib":
            mib = int(arguments[at + 1])
        if one in DROPPED:
            at += 1 + DROPPED[one]
            continue
        kept.append(one)
        at += 1
    if options.viewers:
        kept += ["--viewers", str(options.viewers)]
    program = os.path.abspath(options.program)
    data = os.path.join(folder, "server")
    content = os.path.join(folder, "film.bin")
    with open(content, "wb") as file:
        for _ in range(mib):
            file.write(os.urandom(1 << 20))
    url = f"http://{ORIGIN}:{PORT}"
    keys = os.path.join(data, "keys")
    server = f"exec {program} serve --data {data} --urls {url} --tracker-udp 0 --edge-port 0"
    edge = (f"until [ -s {keys}/edge.key ]; do sleep 0.2; done; exec {program} edge --server {url} --edge-key $(cat {keys}/edge.key) "
            f"--port 6881 --data {folder}/edge")
    prepare = os.path.join(folder, "prepare.sh")
    with open(prepare, "w", encoding="utf-8") as file:
        file.write(f"""#!/bin/sh
until curl -sf {url}/health/ready >/dev/null; do sleep 0.2; done
{program} publish {content} --server {url} --data {data} --json > {folder}/file.json || exit 1
/usr/bin/python3 - <<'END'
import json, time, urllib.request
file = json.load(open("{folder}/file.json"))
key = open("{keys}/api.key").read().strip()
def swarm():
    request = urllib.request.Request("{url}/api/v1/files/" + file["id"] + "/swarm", headers={{"Authorization": "Bearer " + key}})
    return json.load(urllib.request.urlopen(request))
while swarm()["edges"] < 1:
    time.sleep(0.2)
open("{folder}/film.torrent", "wb").write(urllib.request.urlopen(file["torrentUrl"]).read())
print(file["magnetUri"] if {"--use-magnet" in kept} else "{folder}/film.torrent")
END
""")
    os.chmod(prepare, 0o755)
    report = os.path.join(os.path.abspath(options.output), f"{name}.lab.json")
    command = [
        sys.executable if sys.executable == "/usr/bin/python3" else "/usr/bin/python3", options.lab, "run", *kept, "--name", name,
        "--role", f"server={ORIGIN}", "--start", f"server={server}", "--role", f"edge={EDGE}", "--start", f"edge={edge}",
        "--origin-addr", ORIGIN, "--edge-addr", EDGE, "--prepare", prepare, "--size", str(mib << 20), "--out", report, "--quiet",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0 or not os.path.exists(report):
        raise RuntimeError(f"{name}: the lab ended with {done.returncode}: {(done.stderr or done.stdout)[-2000:]}")
    with open(report, encoding="utf-8") as file:
        lab = json.load(file)
    return lab, ours(program, data, folder)


def ours(program, data, folder):
    """The report of a server that starts again on the same data: all that was counted is in it."""
    url = "http://127.0.0.1:18080"
    with open(os.path.join(folder, "after.log"), "wb") as log:
        server = subprocess.Popen([program, "serve", "--data", data, "--urls", url, "--tracker-udp", "0", "--edge-port", "0"],
                                  stdout=log, stderr=log)
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{url}/health/ready", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        with open(os.path.join(folder, "file.json"), encoding="utf-8") as file:
            file_id = json.load(file)["id"]
        answer = subprocess.run([program, "report", "--file", file_id, "--server", url, "--data", data, "--json"],
                                capture_output=True, text=True, check=True)
        return json.loads(answer.stdout)
    finally:
        server.terminate()
        server.wait()


def row(name, lab, report):
    totals = lab["totals"]
    held = totals["delivered"]
    sent = report["webSeedBytes"] + report["edgeBytes"]
    by_books, by_sent = totals["offload_clients"], 1 - sent / held
    low, high = report["offload"]["low"], report["offload"]["high"]
    delivered = report["delivered"]
    return (f"| {name} | {totals['completed']} of {totals['viewers']} | {delivered['low'] / held - 1:+.2%} | {delivered['high'] / held - 1:+.2%} | "
            f"{by_sent:.2%} | {(low - by_sent) * 100:+.2f} / {(high - by_sent) * 100:+.2f} | {by_books:.2%} | {(high - by_books) * 100:+.2f} |")


def main():
    options = parse_arguments()
    os.makedirs(options.output, exist_ok=True)
    wanted = options.only.split(",") if options.only else None
    rows, left_out, failed = [], [], []
    for name, arguments in read(options.scenarios):
        if wanted is not None and name not in wanted:
            continue
        if not is_ours(arguments):
            left_out.append(name)
            continue
        folder = tempfile.mkdtemp(prefix="lab-scenario-")
        try:
            lab, report = run(options, name, arguments, folder)
            with open(os.path.join(options.output, f"{name}.report.json"), "w", encoding="utf-8") as file:
                json.dump(report, file)
            rows.append(row(name, lab, report))
            print(rows[-1], flush=True)
        except (RuntimeError, subprocess.SubprocessError, OSError, KeyError, TypeError) as error:
            failed.append(f"{name}: {error}")
            print(failed[-1], flush=True)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    print("\n| scenario | done | `delivered.low` | `delivered.high` | offload by what was sent | error of low / high, points | by clients' books | "
          "error of high, points |\n| --- | --- | --- | --- | --- | --- | --- | --- |")
    print("\n".join(rows))
    if left_out:
        print(f"\nNot of ours: {', '.join(left_out)}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
