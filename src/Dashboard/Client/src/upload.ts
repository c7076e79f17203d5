// The upload page: files go to the tus endpoint, resume by themselves, and show how far they are.
import Uppy, { type UppyFile } from "@uppy/core";
import Tus from "@uppy/tus";
import { UploadRow } from "./uploadRow";
import { wireUnfinished } from "./unfinished";

type Meta = { title: string; filename: string; filetype: string; format: string };
type Answer = Record<string, never>;
type Entry = UppyFile<Meta, Answer>;

/** About ten minutes of trying before a person has to press Retry; progress starts the count anew. */
const retryDelays = [500, 1000, 2000, 4000, 8000, ...Array<number>(40).fill(15_000)];

/** A connection that died without a word is noticed by its silence. */
const silenceSeconds = 30;
const finishingSeconds = 180;

const root = document.getElementById("upload")!;
const endpoint = root.dataset.endpoint!;
const list = document.getElementById("uploads")!;
const template = document.getElementById("upload-row") as HTMLTemplateElement;
const message = document.getElementById("upload-message")!;
const input = document.getElementById("file-input") as HTMLInputElement;
const rows = new Map<string, UploadRow>();

const uppy = new Uppy<Meta, Answer>({ id: "portal", autoProceed: true, allowMultipleUploadBatches: true });
uppy.use(Tus, {
  endpoint,
  limit: 2,
  retryDelays,
  removeFingerprintOnSuccess: true,
  allowedMetaFields: ["filename", "filetype", "title", "format"],
  onShouldRetry(error, attempt, _options, next) {
    const again = next(error);
    if (again) for (const row of rows.values()) row.reconnecting(attempt + 1);
    return again;
  },
});

uppy.on("file-added", (file) => {
  uppy.setFileMeta(file.id, {
    title: titleOf(file.name ?? ""),
    filename: file.name ?? "",
    filetype: file.type ?? "",
    format: chosenFormat(),
  });
  const row = new UploadRow(template, file.name ?? "file", file.size ?? 0, {
    pause: () => row.paused(uppy.pauseResume(file.id) ?? false),
    retry: () => void uppy.retryUpload(file.id),
    cancel: () => uppy.removeFile(file.id),
  });
  rows.set(file.id, row);
  list.append(row.element);
  list.hidden = false;
});
uppy.on("upload-progress", (file, progress) => {
  if (file) rows.get(file.id)?.progress(progress.bytesUploaded, Number(progress.bytesTotal ?? file.size));
});
uppy.on("upload-success", (file, response) => {
  if (file) rows.get(file.id)?.done(`/files/${idOf(response.uploadURL ?? "")}`);
});
uppy.on("upload-error", (file, error, response) => {
  if (file) rows.get(file.id)?.failed(reasonOf(error, response?.status), response?.status === 401);
});
uppy.on("upload-retry", (file) => {
  rows.get(file.id)?.restarted();
});
uppy.on("file-removed", (file: Entry) => {
  rows.get(file.id)?.element.remove();
  rows.delete(file.id);
  list.hidden = rows.size === 0;
});

input.addEventListener("change", () => {
  add(input.files);
  input.value = "";
});
wireDrop();
const unfinished = wireUnfinished(endpoint);
// Back online: what had given up tries once more.
window.addEventListener("online", () => void uppy.retryAll());
window.addEventListener("offline", () => rows.forEach((row) => row.offline()));
window.addEventListener("beforeunload", (event) => {
  if ([...rows.values()].some((row) => row.isUnfinished)) event.preventDefault();
});
setInterval(() => {
  for (const [id, row] of rows) {
    row.tick();
    if (navigator.onLine && row.silentSeconds > (row.isFinishing ? finishingSeconds : silenceSeconds)) {
      row.reconnecting(1);
      // Pausing drops the dead request; resuming asks the server where to go on.
      if (uppy.pauseResume(id)) uppy.pauseResume(id);
    }
  }
}, 1000);

function add(files: FileList | null | undefined): void {
  message.textContent = "";
  for (const file of files ?? []) {
    try {
      uppy.addFile({ name: file.name, type: file.type, data: file, source: "portal" });
      unfinished.taken(file.name, file.size);
    } catch (error) {
      message.textContent = `${file.name}: ${error instanceof Error ? error.message : "cannot be added."}`;
    }
  }
}

function wireDrop(): void {
  let depth = 0;
  const mark = (over: boolean): void => void root.classList.toggle("is-over", over);
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
  window.addEventListener("dragenter", (event) => {
    if (hasFiles(event)) mark(++depth > 0);
  });
  window.addEventListener("dragleave", (event) => {
    if (hasFiles(event)) mark(--depth > 0);
  });
  window.addEventListener("dragover", (event) => {
    if (hasFiles(event)) event.preventDefault();
  });
  // Anywhere on the page: a file dropped beside the zone must not replace the page and end the uploads.
  window.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    mark((depth = 0) > 0);
    add(event.dataTransfer?.files);
  });
}

function chosenFormat(): string {
  return root.querySelector<HTMLInputElement>("input[name=format]:checked")!.value;
}

function titleOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(0, dot) : name;
}

function idOf(url: string): string {
  return encodeURIComponent(new URL(url, location.href).pathname.split("/").pop() ?? "");
}

function reasonOf(error: { message: string }, status: number | undefined): string {
  switch (status) {
    case 401:
      return "Your sign-in has ended. Sign in again in another tab, then press Retry.";
    case 413:
      return "The server does not take files of this size.";
    case 507:
      return "The server has no space left.";
    case undefined:
      return "The server cannot be reached.";
    default:
      return `The server refused: ${status}. ${error.message.split(",")[0]}`;
  }
}
