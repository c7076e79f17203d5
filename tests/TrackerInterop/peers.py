"""Real clients that each seed some torrents and download others, every one at an address of its own."""

import base64
import json
import os
import sys
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parent / "Captures"), str(HERE.parent / "Shared")]
import daemons  # noqa: E402
import viewers  # noqa: E402
from viewers import until  # noqa: E402


class Peer:
    """Beside a client of the capture lab: it starts with nothing, and is given torrents and their folders one by one."""

    def begin(self, address):
        self.address = address
        self.start(None)

    def take(self, torrent, folder):
        """Downloads what is not in the folder, and seeds what is."""
        raise NotImplementedError


class LinePeer(Peer):
    """A library in a small program that reads torrents and folders as lines."""

    def spawn_lines(self, arguments):
        self.spawn(arguments, stdin=-1)
        self.gate = threading.Lock()

    def take(self, torrent, folder):
        with self.gate:
            self.process.stdin.write(json.dumps([torrent, folder]).encode() + b"\n")
            self.process.stdin.flush()


class Libtorrent(LinePeer, viewers.Libtorrent):
    def launch(self, source):
        self.spawn_lines(["/usr/bin/python3", str(HERE / "libtorrent_peer.py"), self.address, str(self.port)])


class WebTorrent(LinePeer, viewers.WebTorrent):
    def launch(self, source):
        # It cannot be bound to an address, so it has the machine's first.
        self.spawn_lines(["node", str(viewers.WEBTORRENT / "webtorrent-peer.mjs"), str(self.port)])


class Aria2(Peer, viewers.Aria2):
    def launch(self, source):
        self.rpc_port = viewers.free_port()
        # Without DHT aria2 speaks to no UDP tracker. There is nobody here whom it could find by it.
        self.spawn([
            "aria2c", "--no-conf", "--interface", self.address, "--listen-port", str(self.port), "--enable-dht=true",
            "--dht-file-path", os.path.join(self.state, "dht.dat"), "--dht-listen-port", str(viewers.free_port()),
            "--enable-dht6=false", "--bt-enable-lpd=false", "--enable-peer-exchange=false", "--file-allocation=none",
            "--max-concurrent-downloads=200", "--seed-ratio=0", "--enable-rpc", "--rpc-listen-port", str(self.rpc_port)])
        until(lambda: self.call("aria2.getVersion"), self.name)

    def take(self, torrent, folder):
        with open(torrent, "rb") as file:
            content = base64.b64encode(file.read()).decode()
        self.call("aria2.addTorrent", content, [], {"dir": folder, "check-integrity": "true"})


class Transmission(Peer, daemons.Transmission):
    def launch(self, source):
        settings = {
            "bind-address-ipv4": self.address, "download-queue-enabled": False, "seed-queue-enabled": False,
            "queue-stalled-enabled": False, "pex-enabled": False,
        }
        with open(os.path.join(self.state, "settings.json"), "w", encoding="utf-8") as file:
            json.dump(settings, file)
        self.runs += 1  # So that it adds nothing.
        super().launch(source)

    def take(self, torrent, folder):
        self.call("torrent-add", **{"filename": torrent, "download-dir": folder})


class QBittorrent(Peer, daemons.QBittorrent):
    SETTINGS = daemons.QBittorrent.SETTINGS

    def launch(self, source):
        self.SETTINGS = daemons.QBittorrent.SETTINGS.replace(
            "[BitTorrent]\n",
            f"[BitTorrent]\nSession\\InterfaceAddress={self.address}\nSession\\QueueingSystemEnabled=false\n"
            "Session\\MaxUploads=-1\n")
        self.runs += 1
        super().launch(source)

    def take(self, torrent, folder):
        with open(torrent, "rb") as file:
            content = file.read()
        parts = [
            b'name="savepath"\r\n\r\n' + folder.encode(),
            b'name="torrents"; filename="a.torrent"\r\nContent-Type: application/x-bittorrent\r\n\r\n' + content,
        ]
        body = b"".join(b"--lab\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts) + b"--lab--\r\n"
        self.call("torrents/add", body, "multipart/form-data; boundary=lab")


class RTorrent(Peer, daemons.RTorrent):
    def launch(self, source):
        self.SETTINGS = daemons.RTorrent.SETTINGS + (
            f"network.bind_address.set = {self.address}\nthrottle.max_uploads.global.set = 200\n"
            "trackers.use_udp.set = yes\n")
        self.runs += 1
        super().launch(source)

    def take(self, torrent, folder):
        self.call("load.start", "", torrent, f"d.directory.set={folder}")


PEERS = (Libtorrent, Transmission, Aria2, QBittorrent, RTorrent, WebTorrent)
