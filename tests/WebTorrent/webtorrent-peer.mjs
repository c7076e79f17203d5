// A WebTorrent client in Node, over TCP: PORT. It takes torrents, one a line: ["a.torrent", "its folder"]. It ends when its input does.
import { createInterface } from "node:readline";
import "./no-webrtc.mjs";

// See webtorrent-viewer.mjs.
Object.defineProperty(String.prototype, "buffer", { get: () => new ArrayBuffer(0) });

const { default: WebTorrent } = await import("webtorrent");

const [port] = process.argv.slice(2);
const client = new WebTorrent({ torrentPort: Number(port), dht: false, lsd: false, utPex: false, natUpnp: false, natPmp: false, utp: false, webSeeds: false });
const fail = (error) => {
  console.error(error);
  process.exit(1);
};
client.on("error", fail);
const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  const [torrent, path] = JSON.parse(line);
  client.add(torrent, { path });
});
lines.on("close", () => client.destroy((error) => (error ? fail(error) : process.exit(0))));
