#!/usr/bin/python3
"""One viewer after another at one address: each takes the file whole, leaves, and the next one, with another peer id, begins.

Standard input: one JSON object {"listen", "torrent", "folder", "rateBytes", "webSeed", "patienceSeconds"}; after a line "last" the viewer under way
finishes its file and is the last one; when it is closed all ends at once. Standard output: a line for each that is complete, with the SHA-256 of what it
has; or, once nothing has come for patienceSeconds, "stuck" and a JSON object of what the client says of itself, and the end.
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
# Who was told of nobody before an edge was up, or lost all when server and edge were killed, would wait for libtorrent's least interval, 5 minutes;
# and a viewer that left over uTP can look connected for as long.
ASK_AGAIN_SECONDS = 2


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
        held, since, asked = 0, time.monotonic(), time.monotonic()
        while not (status := torrent.status()).is_seeding:
            if status.total_done != held:
                held, since, asked = status.total_done, time.monotonic(), time.monotonic()
            if time.monotonic() - since > plan["patienceSeconds"]:
                print("stuck", json.dumps(state_of(torrent, status)), flush=True)
                os._exit(3)
            if time.monotonic() - asked > ASK_AGAIN_SECONDS:
                asked = time.monotonic()
                torrent.force_reannounce(0, -1, lt.reannounce_flags_t.ignore_min_interval)
            if select.select([sys.stdin], [], [], TICK_SECONDS)[0]:
                if not sys.stdin.readline():
                    os._exit(1)
                is_last = True
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


def state_of(torrent, status):
    return {
        "state": str(status.state), "error": status.errc.message(), "paused": bool(status.flags & lt.torrent_flags.paused), "done": status.total_done,
        "peersKnown": status.list_peers, "candidates": status.connect_candidates,
        "trackers": [{"url": one["url"], "fails": one["fails"], "message": one["message"], "next": str(one["next_announce"]),
                      "endpoints": str(one["endpoints"])} for one in torrent.trackers()],
        "peers": [{"ip": one.ip, "flags": int(one.flags), "progress": one.progress, "down": one.down_speed, "queue": one.download_queue_length}
                  for one in torrent.get_peer_info()],
    }


KEPT = []

if __name__ == "__main__":
    main()
