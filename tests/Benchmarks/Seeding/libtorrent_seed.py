#!/usr/bin/python3
"""Seeds one torrent with libtorrent, everything unlimited, until it is ended."""
import sys
import time

import libtorrent

torrent, folder, port = sys.argv[1:]
session = libtorrent.session({
    "listen_interfaces": f"127.0.0.1:{port}",
    "enable_dht": False, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False,
    "connections_limit": 30000, "unchoke_slots_limit": -1, "upload_rate_limit": 0,
    "allow_multiple_connections_per_ip": True, "rate_limit_ip_overhead": False,
    "send_buffer_watermark": 3 << 20, "send_buffer_low_watermark": 1 << 20, "max_out_request_queue": 1500, "max_allowed_in_request_queue": 2000,
    "close_redundant_connections": False, "listen_queue_size": 3000, "alert_mask": 0, "seed_choking_algorithm": libtorrent.seed_choking_algorithm_t.round_robin if hasattr(libtorrent, "seed_choking_algorithm_t") else 0,
})
parameters = libtorrent.add_torrent_params()
parameters.ti = libtorrent.torrent_info(torrent)
parameters.save_path = folder
parameters.flags = libtorrent.torrent_flags.seed_mode | libtorrent.torrent_flags.upload_mode
handle = session.add_torrent(parameters)
handle.set_max_uploads(-1)
handle.set_max_connections(-1)
while True:
    time.sleep(60)
