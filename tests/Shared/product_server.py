"""`distribution serve` as a process of a test or a benchmark, and the calls that they make to it."""

import base64
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

TUS_VERSION = "1.0.0"


class ProductServer:
    """Runs on free ports, with its data in a folder of its own below `parent`, which goes with it."""

    def __init__(self, program, parent, options=(), environment=None, host="127.0.0.1"):
        self.data = tempfile.mkdtemp(prefix="server-", dir=parent)
        self.host, self.port = host, free_port()
        self.url = f"http://{self.host}:{self.port}"
        self.environment = {**os.environ, **(environment or {})}
        self.arguments = [
            program, "serve", "--data", self.data, "--urls", self.url, "--tracker-udp", "0", "--edge-port", "0", *options,
        ]
        self.log = open(os.path.join(self.data, "output.log"), "ab")
        self.process = None
        self.key = None
        self.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        self.log.close()
        shutil.rmtree(self.data)

    def start(self):
        self.process = subprocess.Popen(
            self.arguments, stdout=self.log, stderr=subprocess.STDOUT, env=self.environment)
        deadline = time.monotonic() + 120
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                with open(self.log.name, encoding="utf-8", errors="replace") as log:
                    raise RuntimeError(f"The server did not start:\n{log.read()[-4000:]}")
            time.sleep(0.05)
        with open(os.path.join(self.data, "keys", "api.key"), encoding="ascii") as file:
            self.key = file.read().strip()

    def is_ready(self):
        try:
            with urllib.request.urlopen(f"{self.url}/health/ready", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()

    def kill(self):
        """As a power cut does it, apart from the disk's own cache."""
        self.process.kill()
        self.process.wait()

    def peak_memory_bytes(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            for line in file:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
        raise RuntimeError("The kernel does not tell the peak resident memory.")

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def authorization(self):
        return {"Authorization": f"Bearer {self.key}"}

    def get(self, path):
        request = urllib.request.Request(self.url + path, headers=self.authorization())
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def unpublish(self, file_id):
        request = urllib.request.Request(
            f"{self.url}/api/v1/files/{file_id}", method="DELETE", headers=self.authorization())
        with urllib.request.urlopen(request, timeout=60):
            pass

    def create_upload(self, name, size, torrent_format):
        """Answers the path of the new upload; its last element is the file's id."""
        metadata = {"filename": name, "filetype": "application/octet-stream", "format": torrent_format}
        header = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in metadata.items())
        answer = self.call("POST", "/api/v1/uploads", {"Upload-Length": str(size), "Upload-Metadata": header})
        if answer.status != 201:
            raise RuntimeError(f"The server refused the upload: {answer.status}.")
        return urllib.parse.urlparse(answer.headers["Location"]).path

    def call(self, method, path, headers=None, body=None):
        """One tus call on a connection of its own. The answer's body is read."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=300)
        try:
            connection.request(
                method, path, body, {**self.authorization(), "Tus-Resumable": TUS_VERSION, **(headers or {})})
            answer = connection.getresponse()
            answer.text = answer.read()
            return answer
        finally:
            connection.close()

    def until_published(self, file_id):
        """Answers the file once it is published."""
        while True:
            file = self.get(f"/api/v1/files/{file_id}")
            if file["state"] == "published":
                return file
            if file["state"] not in ("uploading", "processing"):
                raise RuntimeError(f"The file is {file['state']}.")
            time.sleep(0.002)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
