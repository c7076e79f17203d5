"""Recomputes a ledger's export by the format of docs/accounting.md and nothing else: a second implementation, of the standard library alone.

Prints one JSON document with the report's figures, or one line that says what does not fit and where.
"""

import collections
import hashlib
import json
import sys

# P-256 (FIPS 186-5), y² = x³ − 3x + b.
P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)


def add(one, other):
    if one is None or other is None:
        return one or other
    if one[0] == other[0] and (one[1] + other[1]) % P == 0:
        return None
    if one == other:
        slope = (3 * one[0] ** 2 - 3) * pow(2 * one[1], -1, P)
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, P)
    x = (slope * slope - one[0] - other[0]) % P
    return x, (slope * (one[0] - x) - one[1]) % P


def times(number, point):
    sum = None
    while number:
        if number & 1:
            sum = add(sum, point)
        point, number = add(point, point), number >> 1
    return sum


def signed(key, line):
    """ECDSA with SHA-256 of the line up to its signature."""
    body, _, rest = line.rpartition(b',"signature":"')
    r, s = int(rest[:64], 16), int(rest[64:128], 16)
    if rest[128:] != b'"}' or not (0 < r < N and 0 < s < N):
        return False
    digest = int.from_bytes(hashlib.sha256(body).digest(), "big")
    point = add(times(digest * pow(s, -1, N) % N, G), times(r * pow(s, -1, N) % N, key))
    return point is not None and point[0] % N == r


def verify(lines):
    key = previous = end = None
    figures = ("low", "high", "webSeed", "direct", "edge", "edgeFill", "viewerUpload")
    others = ("cdn", "edgeMetadata", "edgeOverhead", "waste")  # of format 2; on lines where one of them is not 0
    files = collections.defaultdict(collections.Counter)
    hours = collections.defaultdict(collections.Counter)  # of a viewer: in how many hours it got and gave
    for number, line in enumerate(lines, 1):
        assert end is None, f"line {number}: something follows the end"
        assert line.endswith(b"\n"), f"line {number}: cut off"
        line = line[:-1]
        entry = json.loads(line)
        place = f"line {number}, entry {entry.get('seq')}"
        if entry["kind"] == "end":
            end = entry
            assert signed(key, line), f"{place}: signature"
            assert (end["last"], end["head"]) == (previous["seq"], previous["hash"]), f"{place}: another chain's end"
            assert previous["kind"] == "checkpoint", f"line {number - 1}, entry {previous['seq']}: not signed"
            continue
        body, _, rest = line.rpartition(b',"hash":"')
        assert hashlib.sha256(body).hexdigest() == rest[:64].decode(), f"{place}: hash"
        assert entry["prev"] == (previous["hash"] if previous else "0" * 64), f"{place}: prev"
        assert entry["seq"] == (previous["seq"] + 1 if previous else 0), f"{place}: seq"
        if entry["kind"] == "start":
            assert entry["format"] in (1, 2), f"{place}: format"
            point = bytes.fromhex(entry["key"])[-64:]
            key = int.from_bytes(point[:32], "big"), int.from_bytes(point[32:], "big")
        elif entry["kind"] == "checkpoint":
            assert signed(key, line), f"{place}: signature"
        else:
            file = files[entry["file"]]
            for name in figures:
                file[name] += entry[name]
            for name in others:
                file[name] += entry.get(name, 0)
            for viewer in entry["viewers"]:
                before, after = int(viewer[22]), int(viewer[23])
                seen = hours[entry["file"], viewer[:22]]
                seen["got"] += (after & 1) - (before & 1)
                seen["gave"] += (after >> 1) - (before >> 1)
        previous = entry
    assert end is not None, "the end is missing"
    for (file, _), seen in hours.items():
        files[file]["viewers"] += seen["got"] > 0
        files[file]["downloadOnlyViewers"] += seen["got"] > 0 and seen["gave"] == 0
    return {"last": end["last"], "head": end["head"], "prices": json.loads(end["prices"]), "files": files}


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as export:
        try:
            print(json.dumps(verify(export)))
        except AssertionError as problem:
            sys.exit(str(problem))
