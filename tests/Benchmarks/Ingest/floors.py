"""What no way of uploading can do without on this machine: the bytes through loopback, past the page cache to the disk, and the hashes.

Each part is timed alone and gives its seconds and its CPU seconds, those of all processes that it takes.
"""

import mmap
import os
import resource
import socket
import subprocess
import time

# As the server receives and writes.
WRITE_BYTES = 2 << 20
SEND_BYTES = 1 << 20

# v1: the pieces' SHA-1 and the whole file's SHA-256, which finds the same bytes. Hybrid: the leaves' SHA-256 too.
HASHES = {"v1": ["sha1", "sha256"], "hybrid": ["sha1", "sha256", "sha256"]}


def cpu_seconds():
    total = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        usage = resource.getrusage(who)
        total += usage.ru_utime + usage.ru_stime
    return total


def timed(action):
    subprocess.run(["sync"], check=True)
    cpu, started = cpu_seconds(), time.monotonic()
    action()
    return time.monotonic() - started, cpu_seconds() - cpu


def hash_alone(path, torrent_format):
    """All hashes of a format side by side, by openssl."""
    running = [subprocess.Popen(["openssl", "dgst", f"-{name}", path], stdout=subprocess.DEVNULL)
               for name in HASHES[torrent_format]]
    for process in running:
        if process.wait() != 0:
            raise SystemExit("openssl failed.")


def send(path, port):
    with socket.create_connection(("127.0.0.1", port)) as connection, open(path, "rb") as file:
        offset = 0
        while sent := os.sendfile(connection.fileno(), file.fileno(), offset, SEND_BYTES):
            offset += sent


def receive(path, target=None):
    """The file through a loopback connection by sendfile. Into a file past the page cache, flushed, if there is a target."""
    size = os.path.getsize(path)
    if size % mmap.PAGESIZE != 0:
        raise SystemExit("The file's size must be whole pages.")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        sender = os.fork()
        if sender == 0:
            send(path, listener.getsockname()[1])
            os._exit(0)
        connection, _ = listener.accept()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 256 << 10)
        file = None if target is None else os.open(target, os.O_WRONLY | os.O_CREAT | os.O_DIRECT, 0o644)
        with connection, mmap.mmap(-1, WRITE_BYTES) as memory, memoryview(memory) as buffer:
            received = 0
            while received < size:
                filled = 0
                while filled < min(WRITE_BYTES, size - received):
                    taken = connection.recv_into(buffer[filled:])
                    if taken == 0:
                        raise SystemExit("The connection ended early.")
                    filled += taken
                if file is not None and os.pwrite(file, buffer[:filled], received) != filled:
                    raise SystemExit("A write was cut short.")
                received += filled
        if file is not None:
            os.fsync(file)
            os.close(file)
        os.waitpid(sender, 0)


def measure(path, folder, formats):
    """Yields (name, seconds, CPU seconds)."""
    target = os.path.join(folder, "received")
    for torrent_format in formats:
        yield (f"hashes alone, {torrent_format}", *timed(lambda: hash_alone(path, torrent_format)))
    yield ("loopback alone", *timed(lambda: receive(path)))
    yield ("loopback to disk", *timed(lambda: receive(path, target)))
    os.remove(target)


def floor_seconds(medians, torrent_format, cores):
    """All of it with every core busy all the time, and not faster than the bytes come to the disk."""
    cpu = medians[f"hashes alone, {torrent_format} CPU"] + medians["loopback to disk CPU"]
    return max(cpu / cores, medians["loopback to disk"])
