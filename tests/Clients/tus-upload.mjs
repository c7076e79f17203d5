// Uploads a file with tus-js-client, as a publisher's own program would. One argument: JSON with
//   endpoint, key, path, store (a file that remembers uploads), chunkSize, parallel, stopAt (bytes after which it breaks off).
// Prints one line of JSON: { stopped, url, requests }, the requests as "METHOD status".
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import tus from "tus-js-client";

const options = JSON.parse(process.argv[2]);
const requests = [];

function finish(stopped) {
  console.log(JSON.stringify({ stopped, url: upload.url, requests }));
  process.exit(0);
}

const upload = new tus.Upload(createReadStream(options.path), {
  endpoint: options.endpoint,
  headers: { Authorization: `Bearer ${options.key}` },
  metadata: { filename: basename(options.path), filetype: "video/mp4" },
  chunkSize: options.chunkSize ?? Infinity,
  parallelUploads: options.parallel ?? 1,
  retryDelays: [100, 500, 1000],
  urlStorage: new tus.FileUrlStorage(options.store),
  onAfterResponse(request, response) {
    requests.push(`${request.getMethod()} ${response.getStatus()}`);
  },
  onProgress(bytes) {
    if (options.stopAt && bytes >= options.stopAt) {
      options.stopAt = 0;
      upload.abort().then(() => finish(true));
    }
  },
  onError(error) {
    console.error(String(error));
    process.exit(1);
  },
  onSuccess() {
    finish(false);
  },
});

const previous = await upload.findPreviousUploads();
if (previous.length > 0) upload.resumeFromPreviousUpload(previous[0]);
upload.start();
