// What parse-torrent, the parser of WebTorrent, reads: one answer for each torrent file or magnet link in the JSON list that is named.
import { readFile } from "node:fs/promises";
import parseTorrent from "parse-torrent";

const answers = [];
for (const item of JSON.parse(await readFile(process.argv[2], "utf8"))) {
  const read = await parseTorrent(item.startsWith("magnet:") ? item : new Uint8Array(await readFile(item)));
  answers.push({
    infoHash: read.infoHash ?? null,
    infoHashV2: read.infoHashV2 ?? null,
    name: read.name ?? null,
    isPrivate: read.private ?? false,
    length: read.length ?? null,
    pieceLength: read.pieceLength ?? null,
    pieces: read.pieces?.length ?? null,
    files: read.files?.map((file) => [file.path, file.length]) ?? [],
    announce: read.announce,
    urlList: read.urlList,
  });
}
console.log(JSON.stringify(answers));
