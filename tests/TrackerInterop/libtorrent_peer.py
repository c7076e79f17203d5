"""A libtorrent session at an address of its own: ADDRESS PORT. It takes torrents, one a line: ["a.torrent", "its folder"]. It ends when its input does."""

import json
import sys

import libtorrent as lt

address, port = sys.argv[1:]
session = lt.session({
    "listen_interfaces": f"{address}:{port}", "outgoing_interfaces": address,
    "enable_dht": False, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False, "unchoke_slots_limit": -1,
})
for line in sys.stdin:
    torrent, folder = json.loads(line)
    parameters = lt.add_torrent_params()
    parameters.ti = lt.torrent_info(torrent)
    parameters.save_path = folder
    parameters.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
    session.add_torrent(parameters)
