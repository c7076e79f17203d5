"""Counts payload in what socket_trace saw sockets accept: bodies of HTTP responses, blocks of BitTorrent piece messages.

Only lengths, headers and the order of bytes are used, never a counter of the program that is watched.
"""

import collections
import struct

RECORD = struct.Struct("=QIc59s64s")

PIECE = 7
HANDSHAKE_LENGTH = 68
HANDSHAKE_START = b"\x13BitTorrent protocol"
SHORTEST_BLOCK_BYTES = 16 * 1024
MAX_HEAD_LENGTH = 65536
MAX_MESSAGE_LENGTH = 1 << 20


class StreamError(Exception):
    """The bytes are not of the protocol that they were taken for, or were sent unseen."""


class HttpMessages:
    """One direction of an HTTP/1.1 connection, fed in any slices.

    on_head(start_line, headers) is called at each head; it answers whether this message may have a body.
    on_body(length) is called for body bytes, chunk framing left out.
    """

    def __init__(self, on_head, on_body):
        self._on_head = on_head
        self._on_body = on_body
        self._state = self._head
        self._line = bytearray()
        self._left = 0
        self._until_close = False

    def feed(self, data):
        """`data`: the bytes, or their count where they came from a file and were not seen."""
        if isinstance(data, int):
            if self._state != self._body or data > self._left and not self._until_close:
                raise StreamError("bytes from a file outside of a body")
            self._body(data)
            return
        view = memoryview(data)
        while len(view) > 0:
            view = self._state(view) if self._state != self._body else view[self._body(len(view)) :]

    def _body(self, available):
        taken = available if self._until_close else min(available, self._left)
        self._left -= taken
        self._on_body(taken)
        if self._left == 0 and not self._until_close:
            self._state = self._head
        return taken

    def _head(self, view):
        view = self._take_until(view, b"\r\n\r\n")
        if view is None:
            return b""
        start_line, *lines = bytes(self._line[:-4]).decode("latin-1").split("\r\n")
        self._line.clear()
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if self._on_head(start_line, headers):
            if "chunked" in headers.get("transfer-encoding", "").lower():
                self._state = self._chunk_size
            elif "content-length" in headers:
                self._expect_body(int(headers["content-length"]))
            elif start_line.startswith("HTTP/"):
                self._until_close = True
                self._state = self._body
        return view

    def _expect_body(self, length):
        self._left = length
        self._state = self._body if length > 0 else self._head

    def _chunk_size(self, view):
        view = self._take_until(view, b"\r\n")
        if view is None:
            return b""
        self._left = int(bytes(self._line).split(b";")[0], 16)
        self._line.clear()
        self._state = self._chunk if self._left > 0 else self._trailer
        return view

    def _chunk(self, view):
        taken = min(len(view), self._left)
        self._left -= taken
        self._on_body(taken)
        if self._left == 0:
            self._state = self._chunk_end
        return view[taken:]

    def _chunk_end(self, view):
        view = self._take_until(view, b"\r\n")
        if view is None:
            return b""
        self._line.clear()
        self._state = self._chunk_size
        return view

    def _trailer(self, view):
        view = self._take_until(view, b"\r\n")
        if view is None:
            return b""
        if len(self._line) == 2:
            self._state = self._head
        self._line.clear()
        return view

    def _take_until(self, view, end):
        """Moves bytes to self._line up to `end`; what remains, or None where the end has not come yet."""
        seen = len(self._line)
        self._line += view[: MAX_HEAD_LENGTH + 1]
        at = self._line.find(end, max(0, seen - len(end)))
        if at < 0:
            if len(self._line) > MAX_HEAD_LENGTH:
                raise StreamError("a head without end")
            return None
        used = at + len(end)
        del self._line[used:]
        return view[used - seen :]


class HttpServerConnection:
    """Both directions of one connection to our server: counts the bodies of its answers by request path and status."""

    def __init__(self):
        self.bodies = collections.Counter()
        self._asked = collections.deque()
        self._current = None
        self._requests = HttpMessages(self._on_request, lambda _: None)
        self._responses = HttpMessages(self._on_response, self._on_body)

    def received(self, data):
        self._requests.feed(data)

    def sent(self, data):
        self._responses.feed(data)

    def _on_request(self, start_line, _):
        parts = start_line.split(" ")
        if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
            raise StreamError(f"no HTTP request: {start_line[:60]!r}")
        self._asked.append((parts[0], parts[1].partition("?")[0]))
        return True

    def _on_response(self, start_line, _):
        status = int(start_line.split(" ")[1])
        if 100 <= status < 200 and status != 101:
            return False
        if not self._asked:
            raise StreamError(f"an answer without a request: {start_line[:60]!r}")
        method, path = self._asked.popleft()
        self._current = (path, status)
        return method != "HEAD" and status not in (204, 304)

    def _on_body(self, length):
        self.bodies[self._current] += length


class PeerConnection:
    """
    What one side of a BitTorrent connection sent (BEP 3): counts the blocks in its piece messages, unfinished ones too.

    A connection that is no BitTorrent in the clear (an edge calls a peer that hung up once more, encrypted) cannot be followed. It
    passes for one without blocks as long as it has sent less than a block; with more it is an error.
    """

    def __init__(self):
        self.payload = 0
        self.info_hash = None
        self._head = bytearray()
        self._wanted = HANDSHAKE_LENGTH
        self._payload_left = 0
        self._other_left = 0
        self._hidden = None

    def received(self, data):
        pass

    def sent(self, data):
        """`data`: the bytes, or their count where they came from a file and were not seen."""
        if self._hidden is not None:
            self._hide(data if isinstance(data, int) else len(data))
            return
        if isinstance(data, int):
            if data > self._payload_left:
                raise StreamError("bytes from a file outside of a block")
            self._payload(data)
            return
        view = memoryview(data)
        while len(view) > 0:
            if self._payload_left > 0:
                taken = self._payload(len(view))
            elif self._other_left > 0:
                taken = min(len(view), self._other_left)
                self._other_left -= taken
            else:
                taken = min(len(view), self._wanted - len(self._head))
                self._head += view[:taken]
                known = min(len(self._head), len(HANDSHAKE_START))
                if self.info_hash is None and self._head[:known] != HANDSHAKE_START[:known]:
                    self._hidden = 0
                    self._hide(len(self._head) + len(view) - taken)
                    return
                if len(self._head) == self._wanted:
                    self._wanted = self._next()
            view = view[taken:]

    def _hide(self, length):
        self._hidden += length
        if self._hidden >= SHORTEST_BLOCK_BYTES:
            raise StreamError(f"{self._hidden} bytes that are no BitTorrent in the clear")

    def _payload(self, available):
        taken = min(available, self._payload_left)
        self._payload_left -= taken
        self.payload += taken
        return taken

    def _next(self):
        """The head has as many bytes as were wanted: how many it takes now. A piece message has 13 before its block."""
        head = bytes(self._head)
        if self.info_hash is None:
            self.info_hash = head[28:48].hex()
        else:
            length = int.from_bytes(head[:4], "big")
            if length > MAX_MESSAGE_LENGTH:
                raise StreamError(f"a message of {length} bytes")
            if len(head) == 4 and length > 0:
                return 5
            if len(head) == 5 and head[4] == PIECE:
                return 13
            if len(head) == 13:
                self._payload_left = length - 9
            elif length > 0:
                self._other_left = length - 1
        self._head.clear()
        return 4


class SocketBook:
    """Follows all connections of one traced process.

    classify(local, remote), with "address:port" texts, gives a new connection's walker, or None where it is of no interest.
    """

    def __init__(self, classify):
        self._classify = classify
        self._connections = {}
        self.system_calls = 0

    def read(self, stream):
        """Until the traced process ends. Raises StreamError at the first byte that cannot be followed."""
        while head := stream.read(RECORD.size):
            cookie, length, kind, local, remote = RECORD.unpack(head)
            self.system_calls += 1
            if kind == b"U":
                raise StreamError("the process sends through io_uring, which is not followed")
            data = length if kind == b"F" else stream.read(length)
            if cookie not in self._connections:
                ends = _text(local), _text(remote)
                self._connections[cookie] = (*ends, self._classify(*ends))
            local, remote, walker = self._connections[cookie]
            if walker is not None:
                try:
                    walker.received(data) if kind == b"R" else walker.sent(data)
                except (StreamError, ValueError, IndexError) as error:
                    raise StreamError(f"{local} to {remote}: {error}") from error

    def connections(self):
        """(local, remote, walker) of each that was followed."""
        return [each for each in self._connections.values() if each[2] is not None]


def _text(field):
    return field.partition(b"\0")[0].decode()
