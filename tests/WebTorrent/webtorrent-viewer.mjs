// One WebTorrent viewer in Node, over TCP: SOURCE FOLDER PORT. Its counters go to standard output; it ends when its input does.
import "./no-webrtc.mjs";

// webtorrent 2.8.5 makes a name for its debug output of an info-hash, a string, as if it were bytes, and would end there.
Object.defineProperty(String.prototype, "buffer", { get: () => new ArrayBuffer(0) });

const { default: WebTorrent } = await import("webtorrent");

const [source, path, port] = process.argv.slice(2);
const client = new WebTorrent({ torrentPort: Number(port), dht: false, lsd: false, utPex: false, natUpnp: false, natPmp: false, utp: false, webSeeds: false });
const fail = (error) => {
  console.error(error);
  process.exit(1);
};
client.on("error", fail);
const torrent = client.add(source, { path });

setInterval(() => {
  if (torrent.ready) {
    const have = torrent.pieces.reduce((sum, piece, index) => sum + (piece === null ? lengthOf(index) : 0), 0);
    console.log(JSON.stringify({ have, received: torrent.received, uploaded: torrent.uploaded }));
  }
}, 100);

function lengthOf(index) {
  return index === torrent.pieces.length - 1 ? torrent.lastPieceLength : torrent.pieceLength;
}

process.stdin.resume();
process.stdin.on("end", () => client.destroy((error) => (error ? fail(error) : process.exit(0))));
