#!/usr/bin/env python3
"""What a gigabyte costs the web seed, beside nginx: the same random ranges of the same cached file, over loopback, in turns.

Both servers run for the whole time and hold copies of one file. A round asks each of them once per connection count, so that
whatever else the machine does meets both. CPU is the server process's own (user and system, all its threads, /proc/PID/stat).
"""

import argparse
import contextlib
import datetime
import http.client
import os
import pathlib
import platform
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
TICKS = os.sysconf("SC_CLK_TCK")

NGINX = """
daemon off;
master_process off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    sendfile on;
    keepalive_timeout 300s;
    keepalive_requests 100000000;
    client_body_temp_path {folder}/t1;
    proxy_temp_path {folder}/t2;
    fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4;
    scgi_temp_path {folder}/t5;
    server {{ listen 127.0.0.1:{port}; root {folder}; }}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def status_of(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("HEAD", path)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def read_whole(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        while answer.read(1 << 20):
            pass
    finally:
        connection.close()


class Server:
    """A running server: its name, process, and the file's address."""

    def __init__(self, name, process, port, path):
        self.name, self.process, self.port, self.path = name, process, port, path

    def wait_ready(self, path=None):
        limit = time.monotonic() + 60
        while status_of(self.port, path or self.path) != 200:
            if self.process.poll() is not None or time.monotonic() > limit:
                sys.exit(f"{self.name} did not start")
            time.sleep(0.1)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start_nginx(folder, file):
    root = folder / "nginx"
    root.mkdir()
    os.link(file, root / file.name)
    port = free_port()
    (root / "nginx.conf").write_text(NGINX.format(folder=root, port=port))
    command = ["nginx", "-p", str(root), "-c", str(root / "nginx.conf"), "-e", str(root / "error.log")]
    if os.geteuid() == 0:
        # Without a master there is no change of user.
        os.chmod(folder, 0o755)
    return Server("nginx", subprocess.Popen(command, stderr=subprocess.DEVNULL), port, f"/{file.name}")


def start_distribution(program, folder, file):
    data = folder / "data"
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    log = open(folder / "serve.log", "wb")
    command = [program, "serve", "--data", str(data), "--urls", url, "--edge-port", "0", "--tracker-udp", "0"]
    process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    server = Server("distribution", process, port, None)
    server.wait_ready("/health/ready")
    key = (data / "keys" / "api.key").read_text().strip()
    published = subprocess.run(
        [program, "publish", str(file), "--server", url, "--api-key", key, "--json"], capture_output=True, text=True
    )
    if published.returncode != 0:
        server.stop()
        sys.exit(f"publish failed: {published.stderr}")
    server.path = re.search(r"/webseed/[0-9a-f]+/[^\"&\\]+", published.stdout.replace("%2F", "/")).group(0)
    server.wait_ready()
    return server


def measure(server, connections, seconds, size, length, seed):
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(HERE / "ranges.lua")]
    command += [f"http://127.0.0.1:{server.port}{server.path}", "--", str(size), str(length), str(seed)]
    before = cpu_seconds(server.process.pid)
    run = subprocess.run(command, capture_output=True, text=True)
    used = cpu_seconds(server.process.pid) - before
    result = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+)", run.stdout)
    if run.returncode != 0 or not result:
        sys.exit(f"wrk failed against {server.name}: {run.stdout}{run.stderr}")
    requests, count, microseconds, failed = map(int, result.groups())
    # An answer that is no such range has another length; unfinished ones at the end count as bytes alone, and heads as well.
    if failed or not 0.9 <= count / max(requests, 1) / length < 1.2 + 2048 / length:
        sys.exit(f"{server.name} answered wrongly: {requests} requests, {count} bytes, {failed} failed")
    return count / microseconds / 1000, count / 1e9 / max(used, 1 / TICKS)


def hardware():
    with open("/proc/cpuinfo") as info:
        model = next((line.split(":")[1].strip() for line in info if line.startswith("model name")), platform.machine())
    return f"{os.cpu_count()} x {model}, Linux {platform.release()}"


def commit():
    run = subprocess.run(["git", "-C", str(HERE), "describe", "--always", "--dirty"], capture_output=True, text=True)
    return run.stdout.strip() or "unknown"


def report(rows, options, loads):
    lines = [
        f"# Web seed and nginx, {datetime.date.today()}",
        "",
        f"Commit {commit()}; {hardware()}; load before each run {min(loads):.1f} to {max(loads):.1f}.",
        f"Random ranges of {options.length >> 10} KiB of a cached file of {options.size >> 20} MiB, `wrk -t1`, keep-alive, "
        f"{options.rounds} rounds of {options.seconds} s, medians (lowest to highest).",
        "",
        "| connections | nginx GB/s | nginx GB/CPU-s | web seed GB/s | web seed GB/CPU-s | ratio GB/CPU-s |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for connections, names in rows.items():
        cells = [str(connections)]
        for name in ("nginx", "distribution"):
            for column in (0, 1):
                values = [run[column] for run in names[name]]
                cells.append(f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})")
        ratios = [ours[1] / theirs[1] for ours, theirs in zip(names["distribution"], names["nginx"])]
        cells.append(f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    root = HERE.parents[2]
    program = root / "src/Standalone/bin/Release/net10.0/distribution"
    parser.add_argument("--program", default=str(program), help="the built program (default: this copy's Release build)")
    parser.add_argument("--connections", default="10,100", help="counts, separated by commas (default 10,100)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is asked in turn (default 5)")
    parser.add_argument("--seconds", type=int, default=5, help="of each run (default 5)")
    parser.add_argument("--warm", type=int, default=15, help="seconds of small requests before (default 15)")
    parser.add_argument("--size", type=int, default=1 << 30, help="of the file, in bytes (default 1 GiB)")
    parser.add_argument("--length", type=int, default=1 << 20, help="of a range, in bytes (default 1 MiB)")
    parser.add_argument("--folder", help="where the file is made (default: the system's temporary folder)")
    parser.add_argument("--out", help="also write the result to this file")
    options = parser.parse_args()
    for tool in ("nginx", "wrk"):
        if not shutil.which(tool):
            sys.exit(f"{tool} is missing: apt-get install --no-install-recommends nginx-light wrk")
    with contextlib.ExitStack() as cleanup:
        folder = pathlib.Path(cleanup.enter_context(tempfile.TemporaryDirectory(dir=options.folder)))
        file = folder / "film.mp4"
        with open(file, "wb") as out:
            for _ in range(0, options.size, 1 << 20):
                out.write(os.urandom(1 << 20))
        options.size = file.stat().st_size
        servers = []
        nginx = start_nginx(folder, file)
        cleanup.callback(nginx.stop)
        nginx.wait_ready()
        servers.append(nginx)
        ours = start_distribution(options.program, folder, file)
        cleanup.callback(ours.stop)
        servers.append(ours)

        counts = [int(count) for count in options.connections.split(",")]
        rows = {count: {server.name: [] for server in servers} for count in counts}
        loads = []
        for server in servers:
            # Uploads are written past the page cache.
            read_whole(server.port, server.path)
            # Many small requests: caches fill, and the just-in-time compiler gets done.
            measure(server, counts[0], options.warm, options.size, 4096, 1)
            # What is measured goes other ways through the program than those: sends that wait, full queues.
            for count in counts:
                measure(server, count, 4, options.size, options.length, 1)
        for number in range(options.rounds):
            for count in counts:
                # Who goes first changes, so that nobody always meets what the other left behind.
                for server in servers if number % 2 == 0 else servers[::-1]:
                    loads.append(os.getloadavg()[0])
                    speed, per_cpu = measure(server, count, options.seconds, options.size, options.length, number + 2)
                    rows[count][server.name].append((speed, per_cpu))
                    print(f"{server.name:>12} {count:>4} connections: {speed:5.2f} GB/s {per_cpu:5.2f} GB/CPU-s", flush=True)
        text = report(rows, options, loads)
        print("\n" + text)
        if options.out:
            pathlib.Path(options.out).write_text(text)


if __name__ == "__main__":
    main()
