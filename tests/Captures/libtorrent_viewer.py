"""One libtorrent viewer: SOURCE FOLDER RESUME-FILE PORT. Its counters go to standard output; it ends when its input does.

Settings are libtorrent's own, apart from discovery that would leave loopback, and `min_announce_interval`, which is lowered so that
announces come every few seconds and not every five minutes."""

import json
import os
import sys
import threading

import libtorrent as lt

SETTINGS = {
    "enable_dht": False, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False,
    "allow_multiple_connections_per_ip": True, "min_announce_interval": 1, "alert_mask": lt.alert.category_t.storage_notification,
}


def parameters(source, folder, resume):
    if os.path.exists(resume):
        with open(resume, "rb") as file:
            read = lt.read_resume_data(file.read())
    elif source.startswith("magnet:"):
        read = lt.parse_magnet_uri(source)
    else:
        read = lt.add_torrent_params()
        read.ti = lt.torrent_info(source)
    read.save_path = folder
    read.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
    return read


def main():
    source, folder, resume, port = sys.argv[1:]
    session = lt.session({**SETTINGS, "listen_interfaces": f"127.0.0.1:{port},[::1]:{port}"})
    torrent = session.add_torrent(parameters(source, folder, resume))
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    while not ended.wait(0.1):
        status = torrent.status()
        if status.has_metadata and status.state not in (status.checking_files, status.checking_resume_data):
            print(json.dumps({
                "have": status.total_wanted_done, "received": status.total_payload_download,
                "uploaded": status.total_payload_upload}), flush=True)
    torrent.save_resume_data(lt.save_resume_flags_t.save_info_dict)
    saved = False
    while not saved:
        session.wait_for_alert(100)
        for alert in session.pop_alerts():
            if isinstance(alert, lt.save_resume_data_alert):
                with open(resume, "wb") as file:
                    file.write(lt.write_resume_data_buf(alert.params))
                saved = True
            elif isinstance(alert, lt.save_resume_data_failed_alert):
                saved = True
    # The session's end tells the tracker.
    del torrent, session


main()
