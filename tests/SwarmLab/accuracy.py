#!/usr/bin/python3
"""Runs the lab's scenarios one after another, and prints how far each report lies from the truth as a table for docs/accounting.md.

Give the built program, and names of scenarios where not all are wanted. Results are kept as JSON in --output, and those that are there
already are not run again. Exit status: 0 all scenarios ran, whatever they showed; 1 one did not.
"""

import argparse
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
COMMON = ["--viewers", "8", "--mib", "48", "--timeout", "300"]
SCENARIOS = {
    "flash": ["--linger", "0"],
    "flash, stay 5 s": [],
    "one by one, leave when done": ["--span", "40", "--linger", "0"],
    "one by one, stay 60 s": ["--span", "40", "--linger", "60"],
    "a third uploads nothing": ["--download-only", "0.34"],
    "every other one leaves at half": ["--leave-at", "0.5"],
    "in order": ["--in-order", "--linger", "0"],
    "magnet": ["--magnet", "--linger", "0"],
    "TCP preferred, as qBittorrent": ["--settings", '{"mixed_mode_algorithm":0}', "--linger", "0"],
    "as fast up as down": ["--up", "12", "--linger", "0"],
}


def run(program, name, path):
    command = [os.path.join(HERE, "swarm_lab.py"), "--program", program, *COMMON, *SCENARIOS[name], "--output", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not os.path.exists(path):
        print(f"# {name}: {done.stdout.strip()[-500:]} {done.stderr.strip()[-500:]}", file=sys.stderr)
        return False
    return True


def row(name, result):
    totals = result["totals"]
    held = totals["deliveredLow"]["viewers"]
    low = (totals["deliveredLow"]["report"] / held - 1) * 100
    high = (totals["deliveredHigh"]["report"] / held - 1) * 100
    sent = totals["offloadSent"]["viewers"] * 100
    books = totals["offloadHigh"]["viewers"] * 100
    reported = [totals[what]["report"] * 100 for what in ("offloadLow", "offloadHigh")]
    errors = [f"{one - sent:+.2f}" for one in reported]
    return (
        f"| {name} | {low:+.2f} % | {high:+.2f} % | {sent:.2f} % | {errors[0]} / {errors[1]} "
        f"| {books:.2f} % | {reported[1] - books:+.2f} |"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="the built `distribution`")
    parser.add_argument("--output", required=True, help="folder for the results")
    parser.add_argument("names", nargs="*", help="scenarios; default: all")
    options = parser.parse_args()
    unknown = set(options.names) - set(SCENARIOS)
    if unknown:
        parser.error(f"no such scenario: {', '.join(sorted(unknown))}; there are: {', '.join(SCENARIOS)}")
    os.makedirs(options.output, exist_ok=True)
    ran = True
    rows = []
    for name in options.names or SCENARIOS:
        path = os.path.join(options.output, f"{name.replace(' ', '-').replace(',', '')}.json")
        if not os.path.exists(path) and not run(options.program, name, path):
            ran = False
            continue
        with open(path, encoding="utf-8") as file:
            rows.append(row(name, json.load(file)))
        print(f"# {rows[-1]}", file=sys.stderr, flush=True)
    print("| viewers | `delivered.low` | `delivered.high` | offload by what was sent | error of low / high, points | by viewers' books | error of high, points |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    print("\n".join(rows))
    return 0 if ran else 1


if __name__ == "__main__":
    sys.exit(main())
