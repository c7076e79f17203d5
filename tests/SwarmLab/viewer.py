"""One viewer: libtorrent with its default settings but encryption, in the namespace it was started in.

Standard input: one JSON object, then a line at the moment to begin. Standard output: the line "ready", then at the end the viewer's
own books as JSON. `received` holds the blocks that libtorrent took, by where they came from, duplicates left out.
"""

import faulthandler
import hashlib
import json
import os
import sys
import time

import libtorrent as lt

BLOCK_LENGTH = 16384
# Polled: what session.wait_for_alert gives Python lies in a queue that libtorrent may move meanwhile, which crashes.
POLL_SECONDS = 0.1


def main():
    faulthandler.enable()
    settings = json.loads(sys.stdin.readline())
    session = lt.session(
        {
            "listen_interfaces": f"{settings['address']}:6881",
            "enable_dht": False,
            "enable_lsd": False,
            "enable_upnp": False,
            "enable_natpmp": False,
            # Off (pe_disabled): the lab reads what the edge's sockets send.
            "in_enc_policy": 2,
            "out_enc_policy": 2,
            **({"unchoke_slots_limit": 0, "upload_rate_limit": 1} if settings["download_only"] else {}),
            **settings["settings"],
            "alert_queue_size": 1 << 20,
            "alert_mask": lt.alert.category_t.error_notification
            | lt.alert.category_t.status_notification
            | lt.alert.category_t.tracker_notification
            | lt.alert.category_t.block_progress_notification,
        }
    )
    is_magnet = settings["torrent"].startswith("magnet:")
    parameters = lt.parse_magnet_uri(settings["torrent"]) if is_magnet else lt.add_torrent_params()
    if not is_magnet:
        parameters.ti = lt.torrent_info(settings["torrent"])
    parameters.save_path = settings["folder"]
    parameters.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
    print("ready", flush=True)
    if not sys.stdin.readline():
        return
    time.sleep(settings["delay_seconds"])

    began = time.monotonic()
    if settings["in_order"]:
        parameters.flags |= lt.torrent_flags.sequential_download
    torrent = session.add_torrent(parameters)
    deadline = began + settings["timeout_seconds"]
    early = []
    while not torrent.status().has_metadata and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
        early += session.pop_alerts()
    books = Books(torrent.torrent_file(), settings["web_seed"], settings["edges"])
    books.take(early)
    done_seconds = None
    while time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
        books.take(session.pop_alerts())
        if done_seconds is None and 0 < settings["leave_at"] <= torrent.status().progress:
            break
        if done_seconds is None and torrent.status().is_seeding:
            done_seconds = time.monotonic() - began
            deadline = min(deadline, time.monotonic() + settings["linger_seconds"])
    books.stop(torrent, session)

    status = torrent.status(lt.torrent_handle.query_accurate_download_counters)
    print(
        json.dumps(
            {
                "address": settings["address"],
                "done_seconds": done_seconds,
                "left_early": done_seconds is None and settings["leave_at"] > 0,
                "received": books.received,
                "verified_bytes": status.total_done,
                "failed_bytes": status.total_failed_bytes,
                "redundant_bytes": status.total_redundant_bytes,
                "payload_download_bytes": status.total_payload_download,
                "payload_upload_bytes": status.total_payload_upload,
                "events": books.events,
                "sha256": _sha256(f"{settings['folder']}/{torrent.torrent_file().name()}") if done_seconds else None,
            }
        ),
        flush=True,
    )
    # The books are out and every connection is closed: spare the session's teardown, which now and then crashes under Python.
    os._exit(0)


class Books:
    """What libtorrent says it took, block by block."""

    def __init__(self, torrent, web_seed, edges):
        self.received = {"web_seed": 0, "edge": 0, "peers": 0}
        self._web_seed = web_seed
        self._edges = edges
        self.events = []
        self._torrent = torrent
        self._paused = self._told = False

    def take(self, alerts):
        for alert in alerts:
            if isinstance(alert, lt.block_finished_alert):
                left = self._torrent.piece_size(alert.piece_index) - alert.block_index * BLOCK_LENGTH
                self.received[self._source(*alert.ip)] += min(left, BLOCK_LENGTH)
            elif isinstance(alert, lt.torrent_paused_alert):
                self._paused = True
            elif isinstance(alert, lt.tracker_reply_alert):
                self._told = True
            elif isinstance(alert, (lt.tracker_error_alert, lt.tracker_warning_alert, lt.url_seed_alert, lt.hash_failed_alert)):
                self.events.append(alert.message())

    def _source(self, address, port):
        if f"{address}:{port}" == self._web_seed:
            return "web_seed"
        return "edge" if address in self._edges else "peers"

    def stop(self, torrent, session, timeout_seconds=3):
        """Leaves the swarm: closes every connection, tells the tracker, and waits for its answer."""
        self._paused = self._told = False
        torrent.pause()
        deadline = time.monotonic() + timeout_seconds
        while not (self._paused and self._told) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
            self.take(session.pop_alerts())


def _sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    main()
