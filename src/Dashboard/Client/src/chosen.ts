// What a publisher dropped or chose: single files, and folders with everything in them.

export interface FolderEntry {
  /** Below the folder, elements joined by a slash. */
  path: string;
  file: File;
}

export interface Folder {
  name: string;
  entries: FolderEntry[];
  /** Files that systems keep for themselves, left out. */
  leftOut: number;
}

export interface Chosen {
  files: File[];
  folders: Folder[];
  /** Names of folders without a single file. */
  empty: string[];
}

/** Notes of file managers, which nobody means to publish. */
const systemFiles = new Set([".DS_Store", "Thumbs.db", "desktop.ini"]);

/** Of a picker. One for folders tells each file's path, the folder's name first. */
export function fromPicker(files: FileList | null): Chosen {
  const chosen: Chosen = { files: [], folders: [], empty: [] };
  const found = new Map<string, FolderEntry[]>();
  for (const file of files ?? []) {
    const slash = file.webkitRelativePath.indexOf("/");
    if (slash < 0) {
      chosen.files.push(file);
      continue;
    }
    const name = file.webkitRelativePath.slice(0, slash);
    found.set(name, found.get(name) ?? []);
    found.get(name)!.push({ path: file.webkitRelativePath.slice(slash + 1), file });
  }
  for (const [name, entries] of found) take(chosen, name, entries);
  return chosen;
}

/** Of a drop. The browser shows its entries during the event alone, so they are taken before the first wait. */
export async function fromDrop(transfer: DataTransfer): Promise<Chosen> {
  const chosen: Chosen = { files: [], folders: [], empty: [] };
  const directories: FileSystemDirectoryEntry[] = [];
  for (const item of transfer.items) {
    const entry = item.kind === "file" ? item.webkitGetAsEntry() : null;
    if (entry?.isDirectory) directories.push(entry as FileSystemDirectoryEntry);
    else if (item.kind === "file") chosen.files.push(item.getAsFile()!);
  }
  for (const directory of directories) {
    const entries: FolderEntry[] = [];
    await walk(directory, "", entries);
    take(chosen, directory.name, entries);
  }
  return chosen;
}

function take(chosen: Chosen, name: string, all: FolderEntry[]): void {
  const entries = all.filter((entry) => !systemFiles.has(entry.path.slice(entry.path.lastIndexOf("/") + 1)));
  if (entries.length === 0) {
    chosen.empty.push(name);
    return;
  }
  entries.sort((left, right) => comparePaths(left.path, right.path));
  chosen.folders.push({ name, entries, leftOut: all.length - entries.length });
}

async function walk(directory: FileSystemDirectoryEntry, below: string, entries: FolderEntry[]): Promise<void> {
  const reader = directory.createReader();
  // It tells a hundred at a time, and none at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (some.length === 0) return;
    for (const entry of some) {
      const path = below + entry.name;
      if (entry.isDirectory) await walk(entry as FileSystemDirectoryEntry, `${path}/`, entries);
      else entries.push({ path, file: await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail)) });
    }
  }
}

/** Element by element as UTF-8 bytes: the order of v2 torrents, and the command line's. */
export function comparePaths(left: string, right: string): number {
  const lefts = left.split("/");
  const rights = right.split("/");
  for (let i = 0; i < Math.min(lefts.length, rights.length); i++) {
    const order = compareCodePoints(lefts[i]!, rights[i]!);
    if (order !== 0) return order;
  }
  return lefts.length - rights.length;
}

// The order of UTF-8 bytes is that of code points, of which UTF-16 writes the highest with surrogates in the middle of its range.
function compareCodePoints(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const a = left.charCodeAt(i);
    const b = right.charCodeAt(i);
    if (a !== b) return place(a) - place(b);
  }
  return left.length - right.length;
}

function place(unit: number): number {
  return unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit;
}
