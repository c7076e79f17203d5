#!/usr/bin/python3
"""Downloads one torrent with libtorrent from one peer, by TCP alone or by uTP alone, and ends: TORRENT FOLDER [HOST:]PORT tcp|utp."""
import sys
import time

import libtorrent

torrent, folder, where, transport = sys.argv[1:]
host, _, port = where.rpartition(":")
session = libtorrent.session({
    "listen_interfaces": "0.0.0.0:0", "enable_dht": False, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False,
    "out_enc_policy": 2, "in_enc_policy": 2, "alert_mask": 0, "max_out_request_queue": 500,
    **{f"enable_{way}_{one}": one == transport for way in ("incoming", "outgoing") for one in ("tcp", "utp")},
})
parameters = libtorrent.add_torrent_params()
parameters.ti = libtorrent.torrent_info(torrent)
parameters.save_path = folder
parameters.flags &= ~(libtorrent.torrent_flags.auto_managed | libtorrent.torrent_flags.paused)
handle = session.add_torrent(parameters)
handle.connect_peer((host or "127.0.0.1", int(port)))
while not handle.status().is_seeding:
    time.sleep(0.05)
