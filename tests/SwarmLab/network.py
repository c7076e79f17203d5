"""Network namespaces on one switch, each behind its own shaped access link.

Nothing here has a name outside this process: the namespaces live as long as a descriptor or a process in them, so that they are gone
with the lab however it ends, and runs do not clash. Children carry a death signal for the same reason.
"""

import contextlib
import ctypes
import os
import signal
import subprocess

CLONE_NEWNET = 0x40000000
QUEUE_MS = 80

_libc = ctypes.CDLL(None, use_errno=True)


class Namespace:
    """One machine of the lab: an address, a link."""

    def __init__(self, name, address, descriptor):
        self.name = name
        self.address = address
        self.descriptor = descriptor

    @contextlib.contextmanager
    def entered(self):
        """What the calling thread opens or starts inside belongs to this namespace."""
        with _held_namespace() as home:
            _enter(self.descriptor)
            try:
                yield
            finally:
                _enter(home)

    def start(self, command, **options):
        """A process in the namespace; it dies with the lab."""
        with self.entered():
            return subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *command], stdin=options.pop("stdin", subprocess.DEVNULL), **options)


class Network:
    """The switch. The process that makes it moves into the switch's own namespace, at 198.18.0.1."""

    def __init__(self):
        _unshare()
        self._switch_ports = 0
        _run("ip link set lo up")
        _run("ip link add switch type bridge")
        _run("ip addr add 198.18.0.1/16 dev switch")
        _run("ip link set switch up")

    def add(self, name, address, down_mbit=0, up_mbit=0):
        """A new namespace on the switch. Rates are of its access link in Mbit/s; 0: not limited."""
        with _held_namespace() as home:
            _unshare()
            descriptor = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
            _run("ip link set lo up")
            _enter(home)
        node = Namespace(name, address, descriptor)
        self._switch_ports += 1
        port = f"port{self._switch_ports}"
        _run(f"ip link add {port} type veth peer name eth0 netns /proc/{os.getpid()}/fd/{descriptor}")
        _run(f"ip link set {port} master switch up")
        _shape(port, down_mbit)
        with node.entered():
            _run(f"ip addr add {address}/16 dev eth0")
            _run("ip link set eth0 up")
            _shape("eth0", up_mbit)
        return node


def stop(process, timeout_seconds=12):
    """SIGTERM, then SIGKILL; its exit status."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return process.returncode


def _shape(device, mbit):
    if mbit:
        # One timer tick of the rate, and never less than a full segment of 64 KiB, which veth passes whole.
        burst_bytes = max(66000, int(mbit * 1e6 / 8 * 0.008))
        _run(f"tc qdisc add dev {device} root tbf rate {mbit}mbit burst {burst_bytes} latency {QUEUE_MS}ms")


@contextlib.contextmanager
def _held_namespace():
    descriptor = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _unshare():
    _check(_libc.unshare(CLONE_NEWNET), "unshare")


def _enter(descriptor):
    _check(_libc.setns(descriptor, CLONE_NEWNET), "setns")


def _check(result, what):
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


def _run(command):
    done = subprocess.run(command.split(), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{command}: {done.stderr.strip()}")
