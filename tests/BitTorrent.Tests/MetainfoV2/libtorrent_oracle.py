"""Makes, with libtorrent, the torrents that our encoder made of the same files, and reads ours.

Reads a JSON list of cases from the file that it is given: {"parent": folder on disk, "files": [[path below parent, size]...],
"pieceLength": int, "isPrivate": bool, "torrents": {"V1" | "V1Padded" | "V2" | "Hybrid": path of our .torrent file}}.
Writes a JSON list of {version: {"made": {"info": base64, "layers": {root: hashes}}, "read": {...}}}.
"""

import base64
import json
import sys

import libtorrent as lt

FLAGS = {
    "V1": lt.create_torrent.v1_only,
    "V1Padded": lt.create_torrent.v1_only | lt.create_torrent.canonical_files,
    "V2": lt.create_torrent.v2_only,
    "Hybrid": 0,
}


def make(case, version):
    storage = lt.file_storage()
    for path, size in case["files"]:
        storage.add_file(path, size)
    torrent = lt.create_torrent(storage, case["pieceLength"], FLAGS[version])
    torrent.set_priv(case["isPrivate"])
    lt.set_piece_hashes(torrent, case["parent"])
    made = torrent.generate()
    return {
        "info": base64.b64encode(lt.bencode(made[b"info"])).decode(),
        "layers": {root.hex(): hashes.hex() for root, hashes in made.get(b"piece layers", {}).items()},
    }


def read(path):
    info = lt.torrent_info(path)
    hashes = info.info_hashes()
    files = info.files()
    return {
        "v1": str(hashes.v1) if hashes.has_v1() else None,
        "v2": str(hashes.v2) if hashes.has_v2() else None,
        "pieces": info.num_pieces(),
        "isPrivate": info.priv(),
        "files": [
            [files.file_path(i), files.file_size(i)]
            for i in range(files.num_files())
            if not files.file_flags(i) & lt.file_storage.flag_pad_file
        ],
    }


answers = []
for case in json.load(open(sys.argv[1])):
    torrents = case["torrents"].items()
    answers.append({version: {"made": make(case, version), "read": read(path)} for version, path in torrents})
json.dump(answers, sys.stdout)
