#!/usr/bin/python3
"""Viewers in one libtorrent session: each magnet of the plan is downloaded; what was waited for, and what came out, is told at the end.

The plan is JSON on standard input: {"listen", "folder", "rateBytes", "magnets": [{"name", "magnet", "sha256"}]}. A line on standard
output twice a second says how much of all there is; the last one is the result.
"""

import hashlib
import json
import os
import sys
import time

import libtorrent as lt

TICK_SECONDS = 0.2


def main():
    plan = json.loads(sys.stdin.readline())
    session = lt.session({
        "listen_interfaces": plan["listen"], "enable_dht": False, "enable_lsd": False, "enable_upnp": False,
        "enable_natpmp": False, "allow_multiple_connections_per_ip": True, "active_downloads": -1, "active_limit": -1,
        "connections_limit": 2000, "max_failcount": 100, "min_reconnect_time": 2,
    })
    viewers = []
    for one in plan["magnets"]:
        params = lt.parse_magnet_uri(one["magnet"])
        params.url_seeds = []
        params.save_path = os.path.join(plan["folder"], one["name"])
        params.download_limit = plan["rateBytes"]
        params.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
        viewers.append({"handle": session.add_torrent(params), "bytes": 0, "at": time.monotonic(), "gap": 0, "done": False,
                        "folder": params.save_path, **one})
    told = 0
    while not all(viewer["done"] for viewer in viewers):
        time.sleep(TICK_SECONDS)
        now = time.monotonic()
        for viewer in viewers:
            if viewer["done"]:
                continue
            status = viewer["handle"].status()
            if status.total_payload_download > viewer["bytes"]:
                viewer["bytes"], viewer["at"] = status.total_payload_download, now
            viewer["gap"] = max(viewer["gap"], now - viewer["at"])
            viewer["done"] = status.is_seeding
        if now - told > 0.5:
            told = now
            tell(viewers, False)
    tell(viewers, True)
    sys.stdin.readline()


def tell(viewers, is_end):
    results = []
    for viewer in viewers:
        status = viewer["handle"].status()
        result = {"name": viewer["name"], "gap": viewer["gap"], "down": status.total_payload_download, "up": status.total_payload_upload,
                  "peers": status.num_peers, "progress": status.progress, "state": str(status.state)}
        if is_end:
            result["right"] = digest(viewer) == viewer["sha256"]
        results.append(result)
    print(json.dumps({"end": is_end, "viewers": results}), flush=True)


def digest(viewer):
    viewer["handle"].flush_cache()
    info = viewer["handle"].torrent_file()
    path = os.path.join(viewer["folder"], info.files().file_path(0))
    deadline = time.monotonic() + 20
    # The last blocks may still be on their way to the disk.
    while True:
        sha = hashlib.sha256()
        with open(path, "rb") as file:
            while part := file.read(1 << 20):
                sha.update(part)
        if sha.hexdigest() == viewer["sha256"] or time.monotonic() > deadline:
            return sha.hexdigest()
        time.sleep(0.2)


if __name__ == "__main__":
    main()
