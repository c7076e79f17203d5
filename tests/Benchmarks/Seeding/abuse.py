"""What those who are served lose to those who abuse the seed. Everything on 127.0.0.0/8."""
import os
import resource
import socket
import struct
import subprocess
import sys
import threading
import time

# 20 viewers of 1 MB/s each, on a node that has a little more than that to give.
VIEWERS, VIEWER_RATE, NODE_LIMIT = 20, 1_000_000, 24_000_000


def greeting(content):
    return b"\x13BitTorrent protocol" + bytes(7) + b"\x04" + bytes.fromhex(content.info_hash) + b"-AB0001-" + os.urandom(12)


def message(kind, body=b""):
    return struct.pack(">IB", 1 + len(body), kind) + body


class Attack:
    """Runs in a thread from its start to its end; keeps its connections open."""

    announced = False

    def __init__(self, content, port):
        self.content, self.port = content, port
        self.sockets, self.ending = [], threading.Event()
        self.opened = self.closed = 0
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        time.sleep(2)
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.thread.join()
        for one in self.sockets:
            one.close()

    def connect(self, address):
        one = socket.socket()
        try:
            one.bind((address, 0))
            one.connect(("127.0.0.1", self.port))
        except OSError:
            one.close()
            return None
        one.setblocking(False)
        self.sockets.append(one)
        self.opened += 1
        return one

    def send(self, one, data):
        try:
            return one.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            self.drop(one)
            return -1

    def drop(self, one):
        if one in self.sockets:
            self.sockets.remove(one)
            one.close()
            self.closed += 1

    def drain(self):
        """Takes what has come, and lets go of what was closed."""
        for one in list(self.sockets):
            try:
                if not one.recv(1 << 20):
                    self.drop(one)
            except BlockingIOError:
                pass
            except OSError:
                self.drop(one)

    def run(self):
        raise NotImplementedError


def near(count):
    """Addresses of one /24."""
    return [f"127.2.0.{i + 1}" for i in range(count)]


def far(count):
    """Addresses of as many /24."""
    return [f"127.3.{i % 250}.{i // 250 + 1}" for i in range(count)]


class RequestFlood(Attack):
    """100 connections of 2 addresses that ask far more than they may have waiting, and take what comes."""

    addresses, connections = near(2), 100
    requests = message(6, struct.pack(">III", 0, 0, 16384)) * 2000

    def run(self):
        for i in range(self.connections):
            if one := self.connect(self.addresses[i % len(self.addresses)]):
                self.send(one, greeting(self.content) + message(15) + message(2))
        while not self.ending.is_set():
            for one in list(self.sockets):
                self.send(one, self.requests)
            self.drain()


class FloodOfNeighbours(RequestFlood):
    """100 connections of 100 addresses of one /24."""

    addresses = near(100)


class FloodFromAfar(RequestFlood):
    """100 connections of 100 addresses of 100 /24."""

    addresses = far(100)


class AnnouncedNeighbours(FloodOfNeighbours):
    """The same of one /24, whom the tracker has named as viewers."""

    announced = True


class AnnouncedFromAfar(FloodFromAfar):
    """The same of 100 /24, whom the tracker has named: nothing tells them from 100 viewers."""

    announced = True


class AnnouncedTakers(AnnouncedFromAfar):
    """The same 100, but each takes the whole file in its order, again and again: as long as it is new to them they are viewers."""

    def run(self):
        asked = {}
        for i in range(self.connections):
            if one := self.connect(self.addresses[i % len(self.addresses)]):
                self.send(one, greeting(self.content) + message(15) + message(2))
                asked[one] = i * 64
        while not self.ending.is_set():
            for one in list(self.sockets):
                got = 0
                try:
                    got = len(one.recv(1 << 20))
                    if not got:
                        self.drop(one)
                        continue
                except BlockingIOError:
                    pass
                except OSError:
                    self.drop(one)
                    continue
                self.owed[one] = self.owed.get(one, 64 * 16384) + got
                while self.owed[one] >= 16384:
                    block = asked[one] % (self.content.size // 16384)
                    per_piece = self.content.piece_length // 16384
                    if self.send(one, message(6, struct.pack(">III", block // per_piece, block % per_piece * 16384, 16384))) <= 0:
                        break
                    asked[one] += 1
                    self.owed[one] -= 16384

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.owed = {}


class ChokedFlood(RequestFlood):
    """100 connections of 2 addresses that are not interested: every request is refused."""

    def run(self):
        for i in range(self.connections):
            if one := self.connect(self.addresses[i % len(self.addresses)]):
                self.send(one, greeting(self.content) + message(15))
        while not self.ending.is_set():
            for one in list(self.sockets):
                self.send(one, self.requests)
            self.drain()


class SlowReaders(Attack):
    """500 connections of 5 addresses that ask for much and take a kilobyte a second."""

    addresses = near(5)

    def run(self):
        asked = message(6, struct.pack(">III", 0, 0, 16384)) * 400
        for i in range(500):
            if one := self.connect(self.addresses[i % len(self.addresses)]):
                self.send(one, greeting(self.content) + message(15) + message(2) + asked)
        while not self.ending.wait(1):
            for one in list(self.sockets):
                try:
                    one.recv(1024)
                except OSError:
                    pass


class SlowReadersFromAfar(SlowReaders):
    """500 connections of 500 addresses that ask for much and take a kilobyte a second."""

    addresses = far(500)


class SlowLoris(Attack):
    """1,000 connections of 50 addresses that send their handshake byte by byte."""

    def run(self):
        for i in range(1000):
            self.connect(f"127.4.0.{i % 50 + 1}")
        hello = greeting(self.content)
        for byte in hello:
            if self.ending.wait(0.3):
                return
            for one in list(self.sockets):
                self.send(one, bytes([byte]))


class OneAddress(RequestFlood):
    """A thousand connections of one address that want as much as they can get."""

    def run(self):
        for _ in range(1000):
            if one := self.connect("127.5.0.1"):
                self.send(one, greeting(self.content) + message(15) + message(2) + self.requests[: 17 * 64])
        asked = self.requests[: 17 * 64]
        while not self.ending.is_set():
            self.drain()
            for one in list(self.sockets):
                self.send(one, asked)
            time.sleep(0.02)


class BogusMessages(Attack):
    """Connections without end that greet and then send rubbish."""

    def run(self):
        i = 0
        while not self.ending.is_set():
            i += 1
            if one := self.connect(f"127.6.{i // 250 % 250}.{i % 250 + 1}"):
                self.send(one, greeting(self.content) + os.urandom(4000))
            if len(self.sockets) > 200:
                self.drop(self.sockets[0])


class HalfOpen(Attack):
    """20,000 connections of 20,000 addresses that never say a word, from processes of their own: one may not have so many descriptors."""

    processes, each = 4, 5_000

    def run(self):
        children = [
            subprocess.Popen([sys.executable, __file__, str(self.port), str(i * self.each), str(self.each)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for i in range(self.processes)]
        for child in children:
            self.opened += int(child.stdout.readline())
        self.are_open.set()
        self.ending.wait()
        for child in children:
            child.stdin.close()
        for child in children:
            self.left += int(child.stdout.readline())
            child.wait()

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.are_open, self.left = threading.Event(), 0

    def __enter__(self):
        super().__enter__()
        self.are_open.wait(120)
        return self


def hold_half_open(port, first, count):
    """Opens connections, says how many, holds them until standard input ends, and says how many the node left open."""
    raise_limit()
    held = []
    for i in range(first, first + count):
        one = socket.socket()
        try:
            one.bind((f"127.{100 + i // 62_500}.{i // 250 % 250}.{i % 250 + 1}", 0))
            one.connect(("127.0.0.1", port))
            held.append(one)
        except OSError:
            one.close()
    print(len(held), flush=True)
    sys.stdin.read()
    left = 0
    for one in held:
        one.setblocking(False)
        try:
            one.recv(1)
        except BlockingIOError:
            left += 1
        except OSError:
            pass
    print(left, flush=True)


def raise_limit():
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def viewers(load, seed, content, seconds):
    result = load(seed, content, VIEWERS, "--rate", VIEWER_RATE, "--depth", 32, seconds=seconds, warmup=2)
    return result


ATTACKS = (RequestFlood, FloodOfNeighbours, FloodFromAfar, AnnouncedNeighbours, AnnouncedFromAfar, AnnouncedTakers, ChokedFlood, SlowReaders, SlowReadersFromAfar,
           SlowLoris, OneAddress, BogusMessages, HalfOpen)


def run(load, start_limited, seconds, only):
    """load(seed, content, connections, …) runs viewers; start_limited(limits, viewers) starts a node whose tracker has named those addresses."""
    raise_limit()
    chosen = [attack for attack in ATTACKS if not only or attack.__name__ in only.split(",")]
    # The load generator's addresses.
    named = [f"127.1.0.{i + 1}" for i in range(VIEWERS)]
    for announced in (False, True):
        attacks = [attack for attack in chosen if attack.announced == announced]
        if not attacks:
            continue
        def start():
            return start_limited((NODE_LIMIT,), named + (near(100) + far(100) if announced else []))

        seed, content = start()
        try:
            alone = viewers(load, seed, content, seconds)
            print(f"{'nobody':20} {alone['mb_per_s']:6.2f} MB/s of {VIEWERS * VIEWER_RATE / 1e6:.0f}, Jain {alone['jain_fairness']:.3f}", flush=True)
            for attack in attacks:
                # The load asks for the same each time, and the node remembers who takes the same again.
                seed.stop()
                seed, content = start()
                with attack(content, seed.port) as running:
                    under = viewers(load, seed, content, seconds)
                    left = len(running.sockets)
                left = getattr(running, "left", left)
                print(f"{attack.__name__:20} {under['mb_per_s']:6.2f} MB/s, {under['mb_per_s'] / alone['mb_per_s']:.1%} of alone, slowest viewer {under['per_conn_mb']['min'] / under['seconds']:.2f} MB/s, "
                      f"first block p99 {under['first_block_ms']['p99']:.0f} ms; opened {running.opened}, left {left}; seed {under['seed']['cpu_s'] / under['seconds']:.2f} cores", flush=True)
                time.sleep(1)
        finally:
            seed.stop()


if __name__ == "__main__":
    hold_half_open(*map(int, sys.argv[1:]))
