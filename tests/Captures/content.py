"""What is downloaded: one file, its torrents, and the peer that has it."""

import os
import random
import time

import libtorrent as lt

SIZE_BYTES = 8_401_113
PIECE_BYTES = 65_536
NAME = "film.bin"
# A download takes several announces' time.
SOURCE_BYTES_PER_SECOND = 1_200_000


def session(port=0):
    """A libtorrent session on loopback that announces nothing by itself."""
    return lt.session({
        "listen_interfaces": f"127.0.0.1:{port},[::1]:{port}",
        "enable_dht": False, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False,
        "enable_outgoing_utp": False, "enable_incoming_utp": False,
        "allow_multiple_connections_per_ip": True, "min_reconnect_time": 1, "unchoke_interval": 1,
        "choking_algorithm": 0, "unchoke_slots_limit": 20, "alert_mask": 0,
    })


class Content:
    """The file, in a folder, and .torrent files of it as they are asked for."""

    def __init__(self, folder):
        self.folder = folder
        self.path = os.path.join(folder, NAME)
        with open(self.path, "wb") as file:
            file.write(random.Random(1).randbytes(SIZE_BYTES))

    def torrent(self, path, tiers, hybrid, private):
        """Writes a .torrent and answers, without its trackers, its libtorrent.torrent_info. libtorrent gives nobody the metadata of a private one."""
        files = lt.file_storage()
        files.add_file(NAME, SIZE_BYTES)
        creator = (
            lt.create_torrent(files, PIECE_BYTES) if hybrid else lt.create_torrent(files, PIECE_BYTES, lt.create_torrent.v1_only))
        creator.set_priv(private)
        lt.set_piece_hashes(creator, self.folder)
        torrent = creator.generate()
        # Ours go without trackers.
        bare = lt.torrent_info(lt.bencode(torrent))
        torrent[b"announce-list"] = tiers
        torrent[b"announce"] = tiers[0][0]
        with open(path, "wb") as file:
            file.write(lt.bencode(torrent))
        return bare


class Source:
    """Has the content and sends it to whoever announces, one rate for all."""

    def __init__(self, content, info):
        self.session = session()
        while not self.session.listen_port():
            time.sleep(0.01)
        self.port = self.session.listen_port()
        parameters = lt.add_torrent_params()
        parameters.ti = info
        parameters.save_path = content.folder
        parameters.flags = lt.torrent_flags.seed_mode | lt.torrent_flags.upload_mode
        self.torrent = self.session.add_torrent(parameters)
        self.torrent.set_upload_limit(SOURCE_BYTES_PER_SECOND)
        self.stands = True

    def dial(self, family, port):
        """Some clients refuse peers on loopback that a tracker names, and take their calls."""
        if port and self.stands:
            self.torrent.connect_peer(("::1" if family == "6" else "127.0.0.1", port))

    def stand_still(self):
        """Sends nothing more, so that a client's counters can be read before it ends."""
        self.stands = False
        self.torrent.pause()

    def go_on(self):
        self.stands = True
        self.torrent.resume()

    def moved_bytes(self):
        return self.torrent.status().total_payload_upload


class Taker:
    """A second viewer: takes the content from the client that is looked at, and from nobody else."""

    def __init__(self, info, folder, port):
        self.session = session()
        parameters = lt.add_torrent_params()
        parameters.ti = info
        parameters.save_path = folder
        parameters.flags = 0
        self.torrent = self.session.add_torrent(parameters)
        self.port = port

    def got_bytes(self):
        """Dials again where there is no connection."""
        if self.torrent.status().num_peers == 0:
            self.torrent.connect_peer(("127.0.0.1", self.port))
        return self.torrent.status().total_payload_download
