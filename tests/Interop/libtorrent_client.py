"""libtorrent as a viewer that ends when it has everything on the disk: MAGNET FOLDER PORT SETTINGS."""

import json
import sys
import time

import libtorrent as lt

magnet, folder, port, settings = sys.argv[1:]
session = lt.session({
    "listen_interfaces": f"0.0.0.0:{port},[::]:{port}", "enable_dht": False, "enable_lsd": False, "enable_upnp": False,
    "enable_natpmp": False, "enable_outgoing_utp": False, "enable_incoming_utp": False, "alert_mask": lt.alert.category_t.all_categories,
    **json.loads(settings)})
parameters = lt.parse_magnet_uri(magnet)
parameters.save_path = folder
parameters.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
torrent = session.add_torrent(parameters)
flushed = False
while True:
    for alert in session.pop_alerts():
        if alert.what() in ("peer_log", "peer_error", "peer_disconnected", "tracker_error", "torrent_error"):
            print(alert.message(), flush=True)
    if torrent.status().is_seeding and not flushed:
        torrent.flush_cache()
        flushed = True
    time.sleep(0.05)
