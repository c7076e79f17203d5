// A client of npm's bittorrent-tracker, over whichever transport the URL names, without WebRTC: it announces and scrapes, and makes no offers. One argument: JSON with
//   infoHash (hexadecimal), announce (a URL).
// Prints a line of JSON for each event of the client; reads commands from standard input: update LEFT, complete, scrape, stop.
import { createInterface } from "node:readline";
import "./no-webrtc.mjs";

const { default: Client } = await import("bittorrent-tracker");

const options = JSON.parse(process.argv[2]);
let left = 1000;

function tell(event, more) {
  console.log(JSON.stringify({ event, ...more }));
}

const client = new Client({
  infoHash: options.infoHash,
  peerId: Buffer.from("-TS0001-0123456789ab"),
  port: 1,
  announce: [options.announce],
  getAnnounceOpts: () => ({ left, uploaded: 0, downloaded: 0, numwant: 0 }),
});
client.on("update", (data) => tell("update", { complete: data.complete, incomplete: data.incomplete, interval: data.interval }));
client.on("scrape", (data) => tell("scrape", { complete: data.complete, incomplete: data.incomplete, downloaded: data.downloaded }));
client.on("warning", (error) => tell("warning", { message: error.message }));
client.on("error", (error) => tell("error", { message: error.message }));
client.start();

const commands = {
  update(value) {
    left = Number(value);
    client.update();
  },
  complete() {
    left = 0;
    client.complete();
  },
  scrape() {
    client.scrape();
  },
  stop() {
    client.stop();
  },
};
for await (const line of createInterface({ input: process.stdin })) {
  const [command, value] = line.split(" ");
  commands[command](value);
}
client.destroy();
