"""The system under test: `distribution serve` and a lone `distribution edge`, each in its namespace and under socket_trace."""

import io
import json
import os
import subprocess
import threading
import time
import urllib.error
import urllib.request

from accounts import host_of
from network import stop
from streams import HttpServerConnection, PeerConnection, SocketBook

HTTP_PORT = 8080
EDGE_PORT = 6881


class Product:
    """Started by the constructor, ready when it returns. `edge` None: the server's built-in edge instead of a lone one."""

    def __init__(self, command, tracer, folder, server, edge, is_viewer):
        self._command = command
        self._tracer = tracer
        self._folder = folder
        self._is_viewer = is_viewer
        self._server_address = server.address
        self.url = f"http://{server.address}:{HTTP_PORT}"
        self.books = {}
        self.faults = []
        self._traced = []
        self._data = os.path.join(folder, "server")
        serve = ["serve", "--data", self._data, "--urls", self.url, "--tracker-udp", "0"]
        serve += ["--edge-port", "0" if edge else str(EDGE_PORT)]
        self._start("server", server, serve)
        self._await_ready()
        if edge:
            key = self._key("edge.key")
            self._start(
                "edge",
                edge,
                ["edge", "--server", self.url, "--edge-key", key, "--port", str(EDGE_PORT), "--data", os.path.join(folder, "edge")],
            )

    def publish(self, path):
        """The file as the API shows it."""
        return self._ask("publish", path)

    def fetch_torrent(self, file, path):
        with urllib.request.urlopen(file["torrentUrl"], timeout=10) as answer, open(path, "wb") as output:
            output.write(answer.read())

    def swarm(self, file):
        request = urllib.request.Request(
            f"{self.url}/api/v1/files/{file['id']}/swarm", headers={"Authorization": f"Bearer {self._key('api.key')}"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def report(self, file):
        return self._ask("report", "--file", file["id"])

    def stop(self):
        """The edge first, so that its last heartbeat is heard. Then all that was sent is in the books."""
        for name, process, reader in reversed(self._traced):
            status = stop(process)
            if status != 0:
                self.faults.append(f"{name} ended with status {status}")
            reader.join()
        self._traced.clear()

    def log(self, name):
        with open(os.path.join(self._folder, f"{name}.log"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def _start(self, name, node, arguments):
        read_end, write_end = os.pipe()
        with open(os.path.join(self._folder, f"{name}.log"), "wb") as log:
            process = node.start(
                [self._tracer, str(write_end), "-r", "--", *self._command, *arguments],
                stdout=log,
                stderr=log,
                pass_fds=[write_end],
            )
        os.close(write_end)
        book = self.books[name] = SocketBook(self._classify)
        reader = threading.Thread(target=self._read, args=(name, book, read_end), daemon=True)
        reader.start()
        self._traced.append((name, process, reader))

    def _read(self, name, book, descriptor):
        with io.open(descriptor, "rb", buffering=1 << 20) as stream:
            try:
                book.read(stream)
            except Exception as error:
                self.faults.append(f"{name}'s sockets could not be followed: {error}")
                while stream.read(1 << 20):
                    pass

    def _classify(self, local, remote):
        if local == f"{self._server_address}:{HTTP_PORT}":
            return HttpServerConnection()
        if self._is_viewer(host_of(remote)):
            return PeerConnection()
        return None

    def _key(self, name):
        with open(os.path.join(self._data, "keys", name), encoding="utf-8") as file:
            return file.read().strip()

    def _await_ready(self, timeout_seconds=60):
        deadline = time.monotonic() + timeout_seconds
        while True:
            try:
                with urllib.request.urlopen(f"{self.url}/health/ready", timeout=5):
                    return
            except (urllib.error.URLError, OSError) as error:
                if time.monotonic() > deadline or self._traced[0][1].poll() is not None:
                    raise RuntimeError(f"the server does not become ready: {error}\n{self.log('server')[-4000:]}") from None
                time.sleep(0.1)

    def _ask(self, *arguments):
        command = [*self._command, *arguments, "--server", self.url, "--data", self._data, "--json"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=self._folder)
        if done.returncode != 0:
            raise RuntimeError(f"distribution {arguments[0]}: status {done.returncode}: {done.stderr.strip()}")
        return json.loads(done.stdout)
