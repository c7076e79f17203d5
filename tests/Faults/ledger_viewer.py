#!/usr/bin/python3
"""One viewer after another at one address: each takes the file whole, leaves, and the next one, with another peer id, begins.

Standard input: one JSON object {"listen", "torrent", "folder", "rateBytes", "webSeed"}; when it is closed the viewer under way finishes its file and is
the last one. Standard output: a line for each that is complete, with the SHA-256 of what it has.
"""

import hashlib
import json
import os
import select
import shutil
import sys
import time

import libtorrent as lt

TICK_SECONDS = 0.1


def main():
    plan = json.loads(sys.stdin.readline())
    address = plan["listen"].rpartition(":")[0]
    is_last = False
    while not is_last:
        session = lt.session({
            "listen_interfaces": plan["listen"], "outgoing_interfaces": address, "enable_dht": False, "enable_lsd": False,
            "enable_upnp": False, "enable_natpmp": False, "in_enc_policy": 2, "out_enc_policy": 2,
            "allow_multiple_connections_per_ip": True, "max_failcount": 1000, "min_reconnect_time": 1,
            "urlseed_wait_retry": 1, "tracker_backoff": 20,
        })
        parameters = lt.add_torrent_params()
        parameters.ti = lt.torrent_info(plan["torrent"])
        if not plan["webSeed"]:
            parameters.ti.set_web_seeds([])
        parameters.save_path = plan["folder"]
        parameters.download_limit = plan["rateBytes"]
        parameters.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
        torrent = session.add_torrent(parameters)
        while not torrent.status().is_seeding:
            time.sleep(TICK_SECONDS)
            is_last = is_last or bool(select.select([sys.stdin], [], [], 0)[0])
        path = os.path.join(plan["folder"], torrent.torrent_file().name())
        with open(path, "rb") as file:
            print(hashlib.file_digest(file, "sha256").hexdigest(), flush=True)
        torrent.pause()
        time.sleep(1)
        session.remove_torrent(torrent)
        # Its teardown now and then crashes under Python; it ends with the process.
        KEPT.append(session)
        session.pause()
        shutil.rmtree(plan["folder"])
        os.mkdir(plan["folder"])
        # The port is its own until the session is gone.
        host, _, port = plan["listen"].rpartition(":")
        plan["listen"] = f"{host}:{int(port) + 1}"
    os._exit(0)


KEPT = []

if __name__ == "__main__":
    main()
