"""Clients that are driven over interfaces of their own: Transmission, qBittorrent, rTorrent."""

import json
import os
import socket
import urllib.error
import urllib.parse
import urllib.request
import xmlrpc.client

from viewers import Counts, Viewer, first_line, free_port, until


class Transmission(Viewer):
    name = "Transmission"

    @classmethod
    def version(cls):
        return first_line("transmission-daemon", "--version").split()[1]

    def launch(self, source):
        self.rpc_port, self.session_id = free_port(), ""
        self.spawn([
            "transmission-daemon", "--foreground", "--config-dir", self.state, "--download-dir", self.downloads,
            "--port", str(self.rpc_port), "--peerport", str(self.port), "--no-dht", "--no-lpd", "--no-utp", "--no-portmap",
            "--no-auth", "--no-incomplete-dir", "--allowed", "127.0.0.1"])
        until(lambda: self.call("session-get"), self.name)
        if self.runs == 1:
            self.call("torrent-add", filename=source)

    def call(self, method, **arguments):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.rpc_port}/transmission/rpc",
            json.dumps({"method": method, "arguments": arguments}).encode(),
            {"X-Transmission-Session-Id": self.session_id})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)["arguments"]
        except urllib.error.HTTPError as refusal:
            # The daemon hands out its session's id by refusing the first call.
            if refusal.code != 409:
                raise
            self.session_id = refusal.headers["X-Transmission-Session-Id"]
            return self.call(method, **arguments)

    def counts(self):
        fields = ["haveValid", "haveUnchecked", "downloadedEver", "uploadedEver", "metadataPercentComplete", "status"]
        for torrent in self.call("torrent-get", fields=fields)["torrents"]:
            # 1 and 2: a check that waits or runs.
            if torrent["metadataPercentComplete"] == 1 and torrent["status"] not in (1, 2):
                return Counts(
                    torrent["haveValid"] + torrent["haveUnchecked"], torrent["downloadedEver"], torrent["uploadedEver"])
        return None


class QBittorrent(Viewer):
    name = "qBittorrent"
    refresh_seconds = 2
    SETTINGS = """[LegalNotice]
Accepted=true

[BitTorrent]
Session\\DHTEnabled=false
Session\\LSDEnabled=false
Session\\PeXEnabled=false
Session\\Port={port}
Session\\DefaultSavePath={downloads}
Session\\MultiConnectionsPerIp=true

[Network]
PortForwardingEnabled=false

[Preferences]
WebUI\\LocalHostAuth=false
WebUI\\Address=127.0.0.1
WebUI\\Port={web_port}
"""

    @classmethod
    def version(cls):
        return first_line("qbittorrent-nox", "--version").split()[1].lstrip("v")

    def launch(self, source):
        self.web_port = free_port()
        folder = os.path.join(self.state, "qBittorrent/config")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "qBittorrent.conf"), "w", encoding="utf-8") as file:
            file.write(self.SETTINGS.format(port=self.port, downloads=self.downloads, web_port=self.web_port))
        self.spawn(["qbittorrent-nox", f"--profile={self.state}", f"--webui-port={self.web_port}"])
        until(lambda: self.call("app/version"), self.name)
        if self.runs == 1:
            self.add(source)

    def call(self, path, body=None, content_type=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.web_port}/api/v2/{path}", body)
        if content_type:
            request.add_header("Content-Type", content_type)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read()

    def add(self, source):
        if source.startswith("magnet:"):
            form = urllib.parse.urlencode({"urls": source}).encode()
            self.call("torrents/add", form, "application/x-www-form-urlencoded")
            return
        with open(source, "rb") as file:
            torrent = file.read()
        head = 'Content-Disposition: form-data; name="torrents"; filename="a.torrent"\r\nContent-Type: application/x-bittorrent'
        body = b"--lab\r\n" + head.encode() + b"\r\n\r\n" + torrent + b"\r\n--lab--\r\n"
        self.call("torrents/add", body, "multipart/form-data; boundary=lab")

    def counts(self):
        for torrent in json.loads(self.call("torrents/info")):
            if torrent["state"] in ("metaDL", "checkingDL", "checkingUP", "checkingResumeData", "missingFiles", "error", "unknown"):
                continue
            if torrent["size"] > 0:
                return Counts(torrent["completed"], torrent["downloaded"], torrent["uploaded"])
        return None


class RTorrent(Viewer):
    name = "rTorrent"
    SETTINGS = """directory.default.set = {downloads}
session.path.set = {state}
network.port_range.set = {port}-{port}
network.scgi.open_local = {socket}
dht.mode.set = disable
protocol.pex.set = no
system.daemon.set = true
"""

    @classmethod
    def version(cls):
        return first_line("rtorrent", "-h").split()[-1].rstrip(".")

    def launch(self, source):
        self.socket = os.path.join(self.state, "scgi")
        if os.path.exists(self.socket):
            os.remove(self.socket)
        settings = os.path.join(self.state, "rtorrent.rc")
        with open(settings, "w", encoding="utf-8") as file:
            file.write(self.SETTINGS.format(
                downloads=self.downloads, state=self.state, port=self.port, socket=self.socket))
        # A session that was killed leaves its lock behind.
        lock = os.path.join(self.state, "rtorrent.lock")
        if os.path.exists(lock):
            os.remove(lock)
        self.spawn(["rtorrent", "-n", "-o", f"import={settings}"], env={**os.environ, "TERM": "dumb", "HOME": self.state})
        until(lambda: self.call("system.client_version"), self.name)
        if self.runs == 1:
            self.call("load.start", "", source)

    def call(self, method, *parameters):
        body = xmlrpc.client.dumps(parameters, method).encode()
        head = f"CONTENT_LENGTH\0{len(body)}\0SCGI\x001\0".encode()
        with socket.socket(socket.AF_UNIX) as one:
            one.settimeout(10)
            one.connect(self.socket)
            one.sendall(b"%d:" % len(head) + head + b"," + body)
            answer = b"".join(iter(lambda: one.recv(65536), b""))
        return xmlrpc.client.loads(answer.split(b"\r\n\r\n", 1)[1])[0][0]

    def counts(self):
        torrents = self.call(
            "d.multicall2", "", "main", "d.is_meta=", "d.hashing=", "d.completed_bytes=", "d.down.total=", "d.up.total=")
        for is_meta, hashing, have, received, uploaded in torrents:
            if not is_meta and not hashing:
                return Counts(have, received, uploaded)
        return None
