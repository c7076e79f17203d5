"""Checks a .torrent file against the file it describes, by another implementation than ours; prints one JSON document."""

import hashlib
import json
import sys

import libtorrent as lt

torrent, content = sys.argv[1:]
info = lt.torrent_info(torrent)
wrong = 0
with open(content, "rb") as file:
    for piece in range(info.num_pieces()):
        data = file.read(info.piece_size(piece))
        wrong += hashlib.sha1(data).digest() != info.hash_for_piece(piece)
    wrong += len(file.read(1))
print(
    json.dumps(
        {
            "infoHash": str(info.info_hash()),
            "name": info.name(),
            "size": info.total_size(),
            "pieceLength": info.piece_length(),
            "pieces": info.num_pieces(),
            "private": info.priv(),
            "wrongPieces": wrong,
            "trackers": [tracker.url for tracker in info.trackers()],
            "webSeeds": [seed["url"] for seed in info.web_seeds()],
        }
    )
)
