"""One libtorrent viewer: downloads a magnet or a .torrent file and tells, as JSON lines, how it goes.

Lines on standard output have an "event": "metadata", "progress" (a few times a second), "finished", and "stopped" with the
final counts. It seeds after it has finished; a line (or the end) on standard input stops it.
"""

import argparse
import json
import sys
import threading

import libtorrent as lt


def tell(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)


def counts(status):
    return {
        "haveBytes": status.total_wanted_done,
        "wantedBytes": status.total_wanted,
        "payloadDownloadBytes": status.total_payload_download,
        "payloadUploadBytes": status.total_payload_upload,
        "wastedBytes": status.total_failed_bytes + status.total_redundant_bytes,
        "peers": status.num_peers,
        "seeding": status.is_seeding,
    }


def parameters(options):
    if options.magnet:
        params = lt.parse_magnet_uri(options.magnet)
    else:
        params = lt.add_torrent_params()
        params.ti = lt.torrent_info(options.torrent)
        if options.no_web_seeds:
            params.ti.set_web_seeds([])
    if options.no_web_seeds:
        params.url_seeds = []
    params.save_path = options.save
    params.download_limit = options.download_limit
    params.upload_limit = options.upload_limit
    params.flags &= ~lt.torrent_flags.auto_managed
    params.flags &= ~lt.torrent_flags.paused
    return params


def main():
    parser = argparse.ArgumentParser()
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--magnet")
    source.add_argument("--torrent")
    parser.add_argument("--save", required=True)
    parser.add_argument("--listen", default="127.0.0.1:0")
    parser.add_argument("--no-web-seeds", action="store_true")
    parser.add_argument("--download-limit", type=int, default=-1, help="bytes per second")
    parser.add_argument("--upload-limit", type=int, default=-1, help="bytes per second")
    options = parser.parse_args()

    session = lt.session(
        {
            "listen_interfaces": options.listen,
            "enable_dht": False,
            "enable_lsd": False,
            "enable_upnp": False,
            "enable_natpmp": False,
            "allow_multiple_connections_per_ip": True,
            "stop_tracker_timeout": 2,
            "urlseed_wait_retry": 2,
            "min_reconnect_time": 2,
            "alert_mask": lt.alert.category_t.error_notification
            | lt.alert.category_t.status_notification
            | lt.alert.category_t.tracker_notification,
        }
    )
    torrent = session.add_torrent(parameters(options))

    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), stop.set()), daemon=True).start()
    finished = metadata = False
    # Polled: the alert that session.wait_for_alert gives Python can move in memory while it is read, which crashes.
    while not stop.wait(0.25):
        for alert in session.pop_alerts():
            print(alert.message(), file=sys.stderr, flush=True)
        status = torrent.status()
        if status.has_metadata and not metadata:
            metadata = True
            tell("metadata", infoHash=str(torrent.info_hash()))
        tell("progress", **counts(status))
        if status.is_seeding and not finished:
            finished = True
            tell("finished", **counts(status))

    last = counts(torrent.status())
    # The session's end sends the tracker its "stopped".
    session.pause()
    del torrent
    del session
    tell("stopped", **last)


main()
