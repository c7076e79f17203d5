"""`python3 -m unittest` in this folder: the walkers count the same whatever the slices that a socket took."""

import random
import struct
import unittest

from streams import HttpServerConnection, PeerConnection, StreamError

INFO_HASH = bytes(range(20))


def sliced(data, seed):
    chance = random.Random(seed)
    at = 0
    while at < len(data):
        length = chance.choice([1, 2, 3, 5, 13, 68, 100, 1000])
        yield data[at : at + length]
        at += length


def message(number, body=b""):
    return struct.pack(">IB", 1 + len(body), number) + body


class HttpTest(unittest.TestCase):
    REQUESTS = (
        b"GET /webseed/a/b.mp4 HTTP/1.1\r\nHost: h\r\nRange: bytes=0-999\r\n\r\n"
        b"GET /webseed/a/b.mp4?x=1 HTTP/1.1\r\nHost: h\r\n\r\n"
        b"POST /api/v1/edge/n/heartbeat HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nGET /\r\n0\r\n\r\n"
        b"HEAD /webseed/a/b.mp4 HTTP/1.1\r\n\r\n"
        b"GET /announce?left=0 HTTP/1.1\r\n\r\n"
    )
    RESPONSES = (
        b"HTTP/1.1 206 Partial Content\r\nContent-Length: 1000\r\n\r\n" + b"HTTP/1.1 200 OK\r\n\r\n".ljust(1000, b"x")
        + b"HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nno!"
        + b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n\r\n\r\n\r\n0A;x=y\r\n0123456789\r\n0\r\n\r\n"
        + b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"
        + b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nd8:int"
    )

    def test_bodies_by_path_and_status_in_any_slices(self):
        for seed in range(50):
            connection = HttpServerConnection()
            for part in sliced(self.REQUESTS, seed):
                connection.received(part)
            for part in sliced(self.RESPONSES, seed + 1000):
                connection.sent(part)
            self.assertEqual(
                {
                    ("/webseed/a/b.mp4", 206): 1000,
                    ("/webseed/a/b.mp4", 404): 3,
                    ("/api/v1/edge/n/heartbeat", 200): 14,
                    ("/announce", 200): 6,
                },
                dict(connection.bodies),
            )

    def test_a_body_from_a_file(self):
        connection = HttpServerConnection()
        connection.received(b"GET /f HTTP/1.1\r\n\r\n")
        connection.sent(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab")
        connection.sent(5)
        self.assertEqual({("/f", 200): 7}, dict(connection.bodies))
        with self.assertRaises(StreamError):
            connection.sent(4)

    def test_an_answer_that_nobody_asked_for(self):
        with self.assertRaises(StreamError):
            HttpServerConnection().sent(b"HTTP/1.1 200 OK\r\n\r\n")


class PeerTest(unittest.TestCase):
    def test_blocks_in_any_slices(self):
        stream = (
            b"\x13BitTorrent protocol" + bytes(8) + INFO_HASH + b"-XX0001-abcdefghijkl"
            + message(5, b"\xff" * 7)
            + bytes(4)
            + message(1)
            + message(7, struct.pack(">II", 3, 16384) + bytes(16384))
            + message(20, b"\x00d1:md11:ut_metadatai2eee")
            + message(7, struct.pack(">II", 4, 0) + b"\x07" * 16384)[: 13 + 100]
        )
        for seed in range(50):
            connection = PeerConnection()
            for part in sliced(stream, seed):
                connection.sent(part)
            self.assertEqual(16484, connection.payload)
            self.assertEqual(INFO_HASH.hex(), connection.info_hash)

    def test_a_block_from_a_file(self):
        connection = PeerConnection()
        connection.sent(b"\x13BitTorrent protocol" + bytes(48) + message(7, bytes(8 + 100))[:13])
        connection.sent(100)
        self.assertEqual(100, connection.payload)
        with self.assertRaises(StreamError):
            connection.sent(1)

    def test_an_encrypted_stream_has_less_than_a_block_or_is_told(self):
        connection = PeerConnection()
        connection.sent(bytes(96))
        connection.sent(bytes(16 * 1024 - 97))
        self.assertEqual(0, connection.payload)
        with self.assertRaises(StreamError):
            connection.sent(bytes(1))


if __name__ == "__main__":
    unittest.main()
