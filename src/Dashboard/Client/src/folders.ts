// A folder is one upload: its files' names and sizes are told first, then their bytes go one after another to one tus address.
import { type Folder } from "./chosen";

export const tusHeaders = { "Tus-Resumable": "1.0.0" };

const keyPrefix = "distribution::folder::";

/** What this browser remembers of a folder's upload, so that the same folder, dropped again, goes on. */
export interface StoredFolder {
  name: string;
  size: number;
  count: number;
  uploadUrl: string;
}

export interface FolderWishes {
  title: string;
  format: string;
  replaces: string | null;
}

/** The server's refusal of an upload. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly body: string,
  ) {
    super(body);
  }
}

/** Names a folder by all that can be seen of it without reading its files: the same folder again has the same mark. */
export function markOf(folder: Folder): string {
  let one = 0x811c9dc5;
  let two = 0x9747b28c;
  // FNV-1a, twice: it tells folders of one browser apart, no more.
  const add = (text: string): void => {
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      one = Math.imul(one ^ unit, 0x01000193);
      two = Math.imul(two ^ unit, 0x01000193) + 1;
    }
  };
  add(`${folder.name}\n`);
  for (const { path, file } of folder.entries) add(`${path}\n${file.size}\n${file.lastModified}\n`);
  return [one, two].map((part) => (part >>> 0).toString(16).padStart(8, "0")).join("");
}

export function sizeOf(folder: Folder): number {
  return folder.entries.reduce((sum, entry) => sum + entry.file.size, 0);
}

/** Where an earlier visit left the folder's upload; null: nowhere, or the server has it no more. */
export async function findStored(mark: string): Promise<string | null> {
  const text = localStorage.getItem(keyPrefix + mark);
  if (text === null) return null;
  const { uploadUrl } = JSON.parse(text) as StoredFolder;
  const response = await fetch(uploadUrl, { method: "HEAD", headers: tusHeaders });
  if (response.ok) return uploadUrl;
  if (response.status === 404 || response.status === 410) {
    forget(mark);
    return null;
  }
  throw new Refused(response.status, "");
}

/** Tells the server the folder's files; answers where their bytes go. Sent twice with the same key, it makes one upload. */
export async function create(folder: Folder, mark: string, wishes: FolderWishes, idempotencyKey: string): Promise<string> {
  const response = await fetch("/api/v1/folders", {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": idempotencyKey },
    body: JSON.stringify({
      name: folder.name,
      title: wishes.title.trim() === "" ? undefined : wishes.title,
      format: wishes.format,
      replaces: wishes.replaces ?? undefined,
      files: folder.entries.map((entry) => ({ path: entry.path, size: entry.file.size })),
    }),
  });
  if (!response.ok) throw new Refused(response.status, await response.text());
  const { uploadUrl } = (await response.json()) as { uploadUrl: string };
  const stored: StoredFolder = { name: folder.name, size: sizeOf(folder), count: folder.entries.length, uploadUrl };
  try {
    localStorage.setItem(keyPrefix + mark, JSON.stringify(stored));
  } catch {
    // Without room it goes on all the same, but not after a reload.
  }
  return uploadUrl;
}

export function forget(mark: string): void {
  localStorage.removeItem(keyPrefix + mark);
}

/** Those of earlier visits, by their keys in the browser's store. */
export function listStored(): Map<string, StoredFolder> {
  const found = new Map<string, StoredFolder>();
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(keyPrefix)) found.set(key, JSON.parse(localStorage.getItem(key)!) as StoredFolder);
  }
  return found;
}

/** A file of them that cannot be read any more: changed, moved or removed since it was chosen. Null: all can. */
export async function findUnreadable(entries: { path: string; file: Blob }[]): Promise<string | null> {
  for (const { path, file } of entries) {
    try {
      if (file.size > 0) await file.slice(0, 1).arrayBuffer();
    } catch {
      return path;
    }
  }
  return null;
}
