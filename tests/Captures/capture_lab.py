#!/usr/bin/python3
"""Records how real clients announce: one text file a client and case. See README.md."""

import argparse
import concurrent.futures
import glob
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import content
from content import Content, Source, Taker
from daemons import QBittorrent, RTorrent, Transmission
from recorder import Announce, INTERVAL_SECONDS, Recorder
from viewers import Aria2, Counts, Libtorrent, WebTorrent

CLIENTS = (Libtorrent, Transmission, Aria2, QBittorrent, RTorrent, WebTorrent)
# A name of both families stands in the lab's own /etc/hosts.
HOST_OF_BOTH = "tracker.test"
PATIENCE_SECONDS = 60
# After the last byte: time for "completed", and for a regular announce where the client makes one so soon.
AFTERWARDS_SECONDS = 2 * INTERVAL_SECONDS + 1


@dataclass(frozen=True)
class Case:
    """`ends`: how each run ends, at what share of the file."""

    name: str
    ends: tuple = (("stop", 1.0),)
    magnet: bool = False
    whole: bool = False
    seeds: bool = False
    hybrid: bool = False
    trackers: str = "one"


CASES = (
    Case("fresh"),
    Case("magnet", magnet=True),
    Case("resume", ends=(("stop", 0.4), ("stop", 1.0))),
    Case("killed", ends=(("kill", 0.4), ("stop", 1.0))),
    Case("magnet-killed", ends=(("kill", 0.4), ("stop", 1.0)), magnet=True),
    Case("two-tiers", trackers="two tiers"),
    Case("one-tier", trackers="one tier"),
    Case("families", trackers="both families"),
    Case("seeding", seeds=True),
    Case("whole", whole=True),
    Case("hybrid", hybrid=True),
)


class Capture:
    """One client in one case."""

    def __init__(self, client, case, folder):
        self.case, self.folder = case, folder
        self.content = Content(folder)
        self.source = None
        self.viewer = client(os.path.join(folder, "viewer"))
        self.recorder = None
        self.runs = []

    def record(self):
        try:
            self._prepare()
            for how, share in self.case.ends:
                self._run(how, share)
        finally:
            self.viewer.kill()
            if self.recorder:
                # The last packet may be on its way.
                time.sleep(1)
                self.recorder.close()

    def text(self):
        lines = [
            f"# client: {self.viewer.name} {self.viewer.version()}",
            f"# case: {self.case.name}",
            f"# size: {content.SIZE_BYTES}",
            f"# info-hash: {self.info.info_hashes().v1}",
            f"# info-hash-v2: {self.info.info_hashes().v2 if self.case.hybrid else '-'}",
            *self.runs,
            f"# {Announce.COLUMNS}",
            *(announce.line() for announce in self.recorder.announces),
        ]
        return "\n".join(lines) + "\n"

    def _prepare(self):
        os.makedirs(os.path.join(self.folder, "torrents"))
        torrent = os.path.join(self.folder, "torrents", "film.torrent")
        # Its ports are in the torrent, so the recorder comes first; whom it names comes to it later.
        self.recorder = Recorder(0, self._heard)
        self.info = self.content.torrent(torrent, self._tiers(), self.case.hybrid, private=not self.case.magnet)
        self.source = Source(self.content, self.info)
        self.recorder.source_port = self.source.port
        self.link = torrent
        if self.case.magnet:
            self.link = f"magnet:?xt=urn:btih:{self.info.info_hashes().v1}&dn={content.NAME}&tr={self._tiers()[0][0]}"
        if self.case.whole:
            shutil.copy(self.content.path, self.viewer.downloads)

    def _tiers(self):
        http = f"http://127.0.0.1:{self.recorder.http_port}/announce"
        udp = f"udp://127.0.0.1:{self.recorder.udp_port}/announce"
        return {
            "one": [[http]],
            "two tiers": [[http], [udp]],
            "one tier": [[http, udp]],
            "both families": [[f"http://{HOST_OF_BOTH}:{self.recorder.http_port}/announce"]],
        }[self.case.trackers]

    def _heard(self, announce):
        if self.source and announce.event != "stopped" and announce.port.isdigit():
            self.source.dial(announce.family, int(announce.port))

    def _run(self, how, share):
        fresh = not self.runs and not self.case.whole
        waits_for_source = self.case.magnet and fresh
        if not waits_for_source:
            self.source.stand_still()
        began, heard = self.recorder.seconds(), len(self.recorder.announces)
        self.viewer.start(self.link)
        first = Counts(0, 0, 0) if waits_for_source else self._first_counts(heard)
        self.source.go_on()
        self._until(lambda counts: counts and counts.have >= share * content.SIZE_BYTES, "comes so far")
        if share == 1.0:
            self._complete(heard)
        self.source.stand_still()
        last = self._settled()
        ended = self.recorder.seconds()
        if how == "kill":
            self.viewer.kill()
        else:
            self.viewer.stop()
        self.runs.append(
            f"# run {len(self.runs) + 1}: began={began:.2f} ended={ended:.2f} how={how} have={first.have}..{last.have} "
            f"received={last.received - first.received} uploaded={last.uploaded - first.uploaded}")

    def _first_counts(self, heard):
        """What it has before anybody sends. A client that has forgotten what it downloads is taken by the pieces on its disk."""
        self.recorder.wait_for(lambda announces: len(announces) > heard, 20)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            if counts := self.viewer.counts():
                return counts
            time.sleep(0.1)
        have = self._bytes_on_disk()
        return Counts(have, have if self.viewer.name == Aria2.name else 0, 0)

    def _bytes_on_disk(self):
        found = glob.glob(os.path.join(self.viewer.downloads, content.NAME + "*"))
        files = [path for path in found if not path.endswith(".aria2")]
        if not files:
            return 0
        have = 0
        with open(files[0], "rb") as theirs, open(self.content.path, "rb") as ours:
            while piece := ours.read(content.PIECE_BYTES):
                got = theirs.read(content.PIECE_BYTES)
                have += len(piece) if hashlib.sha1(got).digest() == hashlib.sha1(piece).digest() else 0
        return have

    def _complete(self, heard):
        self.recorder.wait_for(lambda announces: any(one.left == "0" for one in announces[heard:]), 20)
        if self.case.seeds:
            # Transmission takes one connection from an address, and the taker has the source's.
            self.source.stand_still()
            folder = os.path.join(self.folder, "taker")
            taker = Taker(self.info, folder, self.viewer.port)
            self._until(lambda _: taker.got_bytes() >= content.SIZE_BYTES, "gives the whole file")
        time.sleep(AFTERWARDS_SECONDS)

    def _until(self, condition, what):
        deadline = time.monotonic() + PATIENCE_SECONDS
        asked, moved = 0, -1
        while not condition(self.viewer.counts()):
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.viewer.name}, {self.case.name}: waited in vain until it {what}: {self.viewer.counts()}.")
            time.sleep(0.1)
            asked += 1
            if asked % 20 == 0:
                if moved == self.source.moved_bytes():
                    self.source.dial("4", self.viewer.port)
                moved = self.source.moved_bytes()

    def _settled(self):
        """Its counters once nothing moves any more."""
        before = None
        while (now := self.viewer.counts()) != before or now is None:
            before = now
            time.sleep(self.viewer.refresh_seconds)
        return now


def capture(client, case, folder):
    one = Capture(client, case, tempfile.mkdtemp(prefix=f"{client.name}-{case.name}-", dir=folder))
    one.record()
    return one.text()


def capture_all_of(client, cases, options, folder):
    failed = []
    for case in cases:
        if case.hybrid and not client.takes_hybrids:
            continue
        began = time.monotonic()
        try:
            text = capture(client, case, folder)
        except Exception as fault:  # whatever a client answers, the others go on
            failed.append(f"{client.name} {case.name}: {fault}")
            print(f"{client.name} {case.name}: FAILED: {fault}", flush=True)
            continue
        (options.out / f"{client.name.lower()}-{case.name}.txt").write_text(text, encoding="ascii")
        print(f"{client.name} {case.name}: {time.monotonic() - began:.0f} s", flush=True)
    return failed


def with_a_name_of_both_families():
    """Starts the lab again, where a name leads to 127.0.0.1 and ::1 for it and its children alone."""
    folder = tempfile.mkdtemp(prefix="capture-hosts-")
    hosts = os.path.join(folder, "hosts")
    shutil.copy("/etc/hosts", hosts)
    with open(hosts, "a", encoding="ascii") as file:
        file.write(f"\n127.0.0.1 {HOST_OF_BOTH}\n::1 {HOST_OF_BOTH}\n")
    script = 'mount --bind "$0" /etc/hosts && exec "$@"'
    try:
        return subprocess.call(
            ["unshare", "--mount", "sh", "-c", script, hosts, sys.executable, *sys.argv],
            env={**os.environ, "CAPTURE_LAB_HOSTS": "1"})
    finally:
        shutil.rmtree(folder)


def main():
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=here.parent / "Silos.Tests/Announces/Captures", help="where the files go")
    parser.add_argument("--clients", help="some of: " + ",".join(client.name for client in CLIENTS))
    parser.add_argument("--cases", help="some of: " + ",".join(case.name for case in CASES))
    parser.add_argument("--at-once", type=int, default=3, help="clients at the same time (default 3)")
    parser.add_argument("--keep", action="store_true", help="keep what the clients downloaded and logged")
    options = parser.parse_args()
    if "CAPTURE_LAB_HOSTS" not in os.environ:
        return with_a_name_of_both_families()
    clients = [one for one in CLIENTS if not options.clients or one.name in options.clients.split(",")]
    cases = [one for one in CASES if not options.cases or one.name in options.cases.split(",")]
    options.out.mkdir(parents=True, exist_ok=True)
    folder = tempfile.mkdtemp(prefix="capture-lab-")
    try:
        with concurrent.futures.ThreadPoolExecutor(options.at_once) as pool:
            work = [pool.submit(capture_all_of, client, cases, options, folder) for client in clients]
            failed = [line for one in work for line in one.result()]
    finally:
        if options.keep:
            print(f"Kept: {folder}")
        else:
            shutil.rmtree(folder)
    print(f"{len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
