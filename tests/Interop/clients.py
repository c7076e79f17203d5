"""The capture lab's clients, each as it is set, or so that it takes nothing but encrypted peers."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from daemons import QBittorrent, RTorrent, Transmission
from viewers import Aria2, Viewer, WEBTORRENT

HERE = Path(__file__).resolve().parent


class InteropClient(Viewer):
    program = None
    encrypts = True
    takes_v2 = False
    takes_utp = False

    def __init__(self, folder, encrypted, utp):
        super().__init__(folder)
        self.encrypted, self.utp = encrypted, utp

    @classmethod
    def is_there(cls):
        return shutil.which(cls.program) is not None


class InteropLibtorrent(InteropClient):
    name, program, takes_v2, takes_utp = "libtorrent", "/usr/bin/python3", True, True

    def launch(self, source):
        # 0: forced, 2: off; the level 2: RC4 alone.
        policy = 0 if self.encrypted else 2
        settings = {"out_enc_policy": policy, "in_enc_policy": policy, "allowed_enc_level": 2 if self.encrypted else 3}
        settings |= {f"enable_{way}_{transport}": self.utp == (transport == "utp") for way in ("incoming", "outgoing") for transport in ("tcp", "utp")}
        self.spawn([
            "/usr/bin/python3", str(HERE / "libtorrent_client.py"), source, self.downloads, str(self.port), json.dumps(settings)])


class InteropTransmission(InteropClient, Transmission):
    program = "transmission-daemon"

    def spawn(self, arguments, **options):
        if arguments[0] == self.program:
            arguments = [*arguments, "--encryption-required" if self.encrypted else "--encryption-tolerated"]
        super().spawn(arguments, **options)


class InteropQBittorrent(InteropClient, QBittorrent):
    program, takes_v2, takes_utp = "qbittorrent-nox", True, True

    def launch(self, source):
        # 1: forced, 2: off.
        line = f"Session\\Encryption={1 if self.encrypted else 2}\nSession\\BTProtocol={'UTP' if self.utp else 'TCP'}\n"
        self.SETTINGS = QBittorrent.SETTINGS.replace("Session\\LSDEnabled", line + "Session\\LSDEnabled")
        super().launch(source)


class InteropRTorrent(InteropClient, RTorrent):
    program = "rtorrent"

    def launch(self, source):
        words = "allow_incoming,try_outgoing,require,require_RC4" if self.encrypted else "none"
        self.SETTINGS = RTorrent.SETTINGS + f"protocol.encryption.set = {words}\n"
        super().launch(source)


class InteropAria2(InteropClient, Aria2):
    program = "aria2c"

    def spawn(self, arguments, **options):
        if self.encrypted:
            arguments = [*arguments, "--bt-require-crypto=true", "--bt-min-crypto-level=arc4"]
        super().spawn(arguments, **options)


class InteropWebTorrent(InteropClient):
    """Its own encryption ends it with a TypeError as soon as the other side answers (bittorrent-protocol 4.1.21)."""

    name, program, encrypts = "WebTorrent", "node", False

    @classmethod
    def is_there(cls):
        return super().is_there() and os.path.isdir(WEBTORRENT / "node_modules/webtorrent")

    def launch(self, source):
        self.spawn([
            "node", str(WEBTORRENT / "webtorrent-viewer.mjs"), source, self.downloads, str(self.port)],
            stdin=subprocess.PIPE)


CLIENTS = {
    "libtorrent": InteropLibtorrent,
    "transmission": InteropTransmission,
    "qbittorrent": InteropQBittorrent,
    "rtorrent": InteropRTorrent,
    "aria2": InteropAria2,
    "webtorrent": InteropWebTorrent,
}
