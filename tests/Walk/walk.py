#!/usr/bin/env python3
"""The README's walk, from the started server to the first report, with its screenshots.

It does what a stranger does: starts the server, opens the printed link, publishes a video, lets three viewers take it, and reads the report.
Pictures go to docs/images. It needs ffmpeg for the video and Chromium for the pictures.
"""
import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

SIZE = (1280, 860)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="the built program `distribution`")
    parser.add_argument("--out", default=os.path.join(os.path.dirname(__file__), "..", "..", "docs", "images"))
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--edge-port", type=int, default=6881)
    args = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="distribution-walk-")
    began = time.monotonic()
    server = None
    try:
        server = Server(args, folder)
        print(f"{time.monotonic() - began:5.1f} s  the server is ready")
        browser = Browser(args, folder)
        browser.visit(server.sign_in)
        video = make_video(folder)
        published = server.call("publish", video, "--title", "Launch film")
        print(f"{time.monotonic() - began:5.1f} s  the video is published")
        viewers = [server.get(published["magnetUri"], number) for number in range(3)]
        browser.shoot(f"{server.url}/files/{published['id']}", "file")
        for viewer in viewers:
            if viewer.wait(timeout=120) != 0:
                raise SystemExit("a viewer did not get it")
        print(f"{time.monotonic() - began:5.1f} s  three viewers have it")
        wait_until_booked(server, published["size"] * len(viewers))
        browser.shoot(f"{server.url}/report?bucket=day", "report")
        print(f"{time.monotonic() - began:5.1f} s  the first report is read")
    finally:
        if server:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


class Server:
    def __init__(self, args, folder):
        self.program = os.path.abspath(args.program)
        self.folder = folder
        self.data = os.path.join(folder, "data")
        self.url = f"http://127.0.0.1:{args.port}"
        self.process = subprocess.Popen(
            [self.program, "serve", "--data", self.data, "--urls", self.url, "--edge-port", str(args.edge_port), "--tracker-udp", "0"],
            stdout=subprocess.PIPE,
            text=True,
        )
        for line in self.process.stdout:
            if found := re.search(r"http\S+/sign-in\S+", line):
                self.sign_in = found.group()
                break
        else:
            raise SystemExit("the server did not start")
        self.key = open(os.path.join(self.data, "keys", "api.key"), encoding="ascii").read().strip()

    def call(self, *arguments):
        done = subprocess.run(
            [self.program, *arguments, "--server", self.url, "--api-key", self.key, "--json"],
            check=True,
            capture_output=True,
            text=True,
        )
        return json.loads(done.stdout)

    def get(self, magnet, number):
        out = os.path.join(self.folder, f"viewer-{number}")
        os.mkdir(out)
        return subprocess.Popen([self.program, "get", magnet, "--output", out], stdout=subprocess.DEVNULL)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)


class Browser:
    """Chromium without a window; one profile, so that it stays signed in."""

    def __init__(self, args, folder):
        self.out = os.path.abspath(args.out)
        os.makedirs(self.out, exist_ok=True)
        self.command = [
            args.chromium,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--no-first-run",
            "--disable-background-networking",
            "--lang=en-US",
            f"--user-data-dir={os.path.join(folder, 'profile')}",
            f"--window-size={SIZE[0]},{SIZE[1]}",
        ]

    def visit(self, address):
        self.run("--virtual-time-budget=6000", "--dump-dom", address)

    def shoot(self, address, name):
        # A page that is told of a swarm is never done loading.
        self.run("--timeout=4000", f"--screenshot={os.path.join(self.out, name + '.png')}", address)

    def run(self, *arguments):
        subprocess.run(
            [*self.command, *arguments], check=True, timeout=120, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )


def make_video(folder):
    path = os.path.join(folder, "launch-film.mp4")
    subprocess.run(
        ["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=25:duration=30", "-b:v", "20M", path],
        check=True,
    )
    return path


def wait_until_booked(server, delivered):
    """Counters reach the ledger within seconds."""
    for _ in range(100):
        report = server.call("report")
        if report["delivered"]["high"] >= delivered:
            return
        time.sleep(0.3)
    raise SystemExit("the report lacks what was delivered")


if __name__ == "__main__":
    main()
