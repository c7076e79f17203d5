// The upload page: files and folders go to the tus endpoint, resume by themselves, and show how far they are.
import Uppy, { type UppyFile } from "@uppy/core";
import Tus from "@uppy/tus";
import { fromDrop, fromPicker, type Chosen, type Folder } from "./chosen";
import { curlOfFile, curlOfFolder } from "./curl";
import * as folders from "./folders";
import { reasonOf } from "./reasons";
import { UploadRow, type RowActions } from "./uploadRow";
import { wireUnfinished } from "./unfinished";
import { say } from "./words";

type Meta = { title: string; filename: string; filetype: string; format: string; replaces?: string; relativePath?: string };
type Answer = Record<string, never>;
type Entry = UppyFile<Meta, Answer>;

/** An upload as this page has it; a folder has its row before it has an address to send to. */
interface Item {
  row: UploadRow;
  parts: { path: string; file: Blob }[];
  /** Of a folder; null for a single file. */
  mark: string | null;
  /** Begins a folder anew; null for a single file, whose client does that by itself. */
  restart: (() => void) | null;
  /** The server has its upload no more. */
  isGone: boolean;
}

/** About ten minutes of trying before a person has to press Retry; progress starts the count anew. */
const retryDelays = [500, 1000, 2000, 4000, 8000, ...Array<number>(40).fill(15_000)];

/** A connection that died without a word is noticed by its silence. */
const silenceSeconds = 30;
const finishingSeconds = 180;

const root = document.getElementById("upload")!;
const endpoint = root.dataset.endpoint!;
const replaces = root.dataset.replaces ?? null;
const list = document.getElementById("uploads")!;
const template = document.getElementById("upload-row") as HTMLTemplateElement;
const message = document.getElementById("upload-message")!;
const items = new Map<string, Item>();
/** Folders whose row is there and whose upload is being made. */
const beginning = new Map<string, Item>();
/** By their requests, the files whose uploads are being made. */
const creations = new WeakMap<object, string>();
let isChecking = false;

const uppy = new Uppy<Meta, Answer>({ id: "portal", autoProceed: true, allowMultipleUploadBatches: true });
uppy.use(Tus, {
  endpoint,
  limit: 2,
  retryDelays,
  removeFingerprintOnSuccess: true,
  allowedMetaFields: ["filename", "filetype", "title", "format", ...(replaces === null ? [] : ["replaces" as const])],
  // As soon as the server has the upload, its title and policy can be saved there.
  onBeforeRequest(request, file) {
    if (request.getMethod() === "POST") creations.set(request, file.id);
    else items.get(file.id)?.row.known(idOf(request.getURL()));
  },
  onAfterResponse(request, response) {
    const id = creations.get(request);
    const location = response.getHeader("Location");
    if (id && location) items.get(id)?.row.known(idOf(location));
  },
  onShouldRetry(error, attempt, _options, next) {
    const status = error.originalResponse?.getStatus();
    // Room does not come by itself: whoever can make it should hear of it at once.
    const again = status !== 507 && next(error);
    if (again) for (const { row } of items.values()) row.reconnecting(attempt + 1, !status);
    if (again && !error.originalResponse) void stopUnreadable();
    return again;
  },
});

uppy.on("file-added", (file) => {
  const folder = beginning.get(file.meta.relativePath ?? "");
  if (folder) {
    beginning.delete(folder.mark!);
    items.set(file.id, folder);
    return;
  }
  const name = file.name ?? "file";
  const title = startTitle(titleOf(name));
  const format = chosenFormat();
  const row = addRow(name, file.size ?? 0, null, title, format, actionsOf(file.id));
  items.set(file.id, { row, parts: [{ path: name, file: file.data as Blob }], mark: null, restart: null, isGone: false });
  uppy.setFileMeta(file.id, { title, filename: name, filetype: file.type ?? "", format, ...(replaces === null ? {} : { replaces }) });
});
uppy.on("upload-progress", (file, progress) => {
  if (file) items.get(file.id)?.row.progress(progress.bytesUploaded, Number(progress.bytesTotal ?? file.size));
});
uppy.on("upload-success", (file, response) => {
  const item = file && items.get(file.id);
  if (!item) return;
  if (item.mark !== null) folders.forget(item.mark);
  item.row.received(idOf(response.uploadURL ?? ""));
});
uppy.on("upload-error", (file, error, response) => {
  const item = file && items.get(file.id);
  if (!item) return;
  const xhr = (response?.body as unknown as { xhr?: XMLHttpRequest } | undefined)?.xhr;
  const reason = reasonOf(response?.status, xhr?.responseText ?? error.message);
  item.isGone = reason.gone;
  item.row.failed(reason);
});
uppy.on("upload-retry", (file) => {
  items.get(file.id)?.row.restarted();
});
uppy.on("file-removed", (file: Entry) => {
  const item = items.get(file.id);
  items.delete(file.id);
  if (item) removeRow(item.row);
});

wireDrop();
const unfinished = wireUnfinished(endpoint);
for (const input of root.querySelectorAll<HTMLInputElement>("input[type=file]")) {
  const take = (): void => {
    const chosen = fromPicker(input.files);
    input.value = "";
    add(chosen);
  };
  input.addEventListener("change", take);
  // Who is quick has chosen before this script came.
  if (input.files?.length) take();
}
// Back online: what had given up tries once more.
window.addEventListener("online", () => void uppy.retryAll());
window.addEventListener("offline", () => items.forEach(({ row }) => row.offline()));
window.addEventListener("beforeunload", (event) => {
  if ([...items.values(), ...beginning.values()].some(({ row }) => row.isUnfinished)) event.preventDefault();
});
setInterval(() => {
  for (const [id, { row }] of items) {
    row.tick();
    if (navigator.onLine && row.silentSeconds > (row.isFinishing ? finishingSeconds : silenceSeconds)) {
      row.reconnecting(1, true);
      // Pausing drops the dead request; resuming asks the server where to go on.
      if (uppy.pauseResume(id)) uppy.pauseResume(id);
    }
  }
}, 1000);

function add({ files, folders: dropped, empty }: Chosen): void {
  const complaints = empty.map((name) => say("empty-folder", name));
  if (replaces !== null && files.length + dropped.length + list.childElementCount > 1) {
    message.textContent = say("one-version");
    return;
  }
  for (const file of files) {
    try {
      const id = uppy.addFile({ name: file.name, type: file.type, data: file, source: "portal" });
      curlOfFile(file.name, { title: items.get(id)!.row.title, format: chosenFormat(), replaces });
      unfinished.taken(file.name, file.size);
    } catch (error) {
      complaints.push(`${file.name}: ${error instanceof Error ? error.message : say("cannot-be-added")}`);
    }
  }
  for (const folder of dropped) {
    if (folder.leftOut > 0) complaints.push(say("left-out", folder.name, folder.leftOut));
    if (!beginFolder(folder)) complaints.push(say("already-there", folder.name));
  }
  message.textContent = complaints.join(" ");
}

/** False: this folder is being uploaded already. */
function beginFolder(folder: Folder): boolean {
  const mark = folders.markOf(folder);
  if ([...items.values(), ...beginning.values()].some((item) => item.mark === mark)) return false;
  const size = folders.sizeOf(folder);
  const format = chosenFormat();
  const title = startTitle(folder.name);
  // One upload, whatever gets lost on the way and is sent again.
  let key = newKey();
  const item: Item = {
    row: addRow(folder.name, size, folder.entries.length, title, format, {
      pause: () => void 0,
      retry: () => void begin(),
      cancel: () => {
        beginning.delete(mark);
        removeRow(item.row);
      },
    }),
    parts: folder.entries,
    mark,
    restart: () => {
      folders.forget(mark);
      beginning.set(mark, item);
      item.isGone = false;
      key = newKey();
      void begin();
    },
    isGone: false,
  };
  const begin = async (): Promise<void> => {
    item.row.restarted();
    try {
      const url = (await folders.findStored(mark)) ?? (await folders.create(folder, mark, { title: item.row.title, format, replaces }, key));
      if (!beginning.has(mark)) {
        await terminate(url, mark);
        return;
      }
      const id = uppy.addFile({
        name: folder.name,
        type: "",
        // Not read before it is sent: a list of the files on the disk.
        data: new Blob(folder.entries.map((entry) => entry.file)),
        source: "portal",
        meta: { title, filename: folder.name, filetype: "", format, relativePath: mark },
      });
      // Without an endpoint: what the server lost must not become a file of all files' bytes.
      uppy.setFileState(id, { tus: { endpoint: null, uploadUrl: new URL(url, location.href).href, storeFingerprintForResuming: false } } as unknown as Partial<Entry>);
      item.row.known(idOf(url));
      item.row.actions = { ...actionsOf(id), cancel: () => void terminate(url, mark).finally(() => uppy.removeFile(id)) };
    } catch (error) {
      const reason = error instanceof folders.Refused ? reasonOf(error.status, error.body) : reasonOf(undefined, "");
      // A refusal is no answer to what comes next.
      if (error instanceof folders.Refused) key = newKey();
      item.row.failed(reason);
    }
  };
  beginning.set(mark, item);
  curlOfFolder(folder, { title, format, replaces });
  unfinished.taken(folder.name, size);
  void begin();
  return true;
}

async function terminate(url: string, mark: string): Promise<void> {
  folders.forget(mark);
  await fetch(url, { method: "DELETE", headers: folders.tusHeaders }).catch(() => null);
}

function actionsOf(id: string): RowActions {
  return {
    pause: () => items.get(id)?.row.paused(uppy.pauseResume(id) ?? false),
    retry: () => {
      const item = items.get(id);
      if (item?.isGone && item.restart) {
        items.delete(id);
        uppy.removeFile(id);
        item.restart();
      } else void uppy.retryUpload(id);
    },
    cancel: () => uppy.removeFile(id),
  };
}

function addRow(name: string, size: number, fileCount: number | null, title: string, format: string, actions: RowActions): UploadRow {
  const row = new UploadRow(template, { name, size, fileCount, title, policy: root.dataset.policy!, format }, actions);
  list.append(row.element);
  list.hidden = false;
  return row;
}

function removeRow(row: UploadRow): void {
  row.element.remove();
  list.hidden = list.childElementCount === 0;
}

/** What was changed or removed on the disk can be sent no more: trying again for ten minutes would not help. */
async function stopUnreadable(): Promise<void> {
  if (isChecking) return;
  isChecking = true;
  for (const [id, item] of items) {
    if (!item.row.isUnfinished) continue;
    const path = await folders.findUnreadable(item.parts);
    if (path === null) continue;
    if (!uppy.getFile(id).isPaused) uppy.pauseResume(id);
    item.row.failed({ words: say("why-unreadable", path), signedOut: false, gone: false });
  }
  isChecking = false;
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
    void fromDrop(event.dataTransfer!).then(add, () => (message.textContent = say("cannot-be-read")));
  });
}

function chosenFormat(): string {
  return root.querySelector<HTMLInputElement>("input[name=format]:checked")!.value;
}

/** A new version is called as the one before. */
function startTitle(own: string): string {
  return root.dataset.title ?? own;
}

function titleOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(0, dot) : name;
}

function idOf(url: string): string {
  return new URL(url, location.href).pathname.split("/").pop() ?? "";
}

function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
