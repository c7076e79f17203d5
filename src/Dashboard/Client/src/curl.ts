// The same upload by curl: the page has it with an example, and here it gets the names of what was chosen last.
import { type Folder } from "./chosen";

/** More files than this make no command that anybody would paste. */
const mostFiles = 100;

export interface CurlWishes {
  title: string;
  format: string;
  replaces: string | null;
}

export function curlOfFile(name: string, wishes: CurlWishes): void {
  fill("file", {
    name: quote(name),
    path: quote(`./${name}`),
    more: pairs({ title: wishes.title, format: wishes.format, ...replaced(wishes) }),
  });
}

export function curlOfFolder(folder: Folder, wishes: CurlWishes): void {
  if (folder.entries.length > mostFiles) {
    fill("many", { name: quote(folder.name) });
    return;
  }
  const body = {
    name: folder.name,
    title: wishes.title,
    format: wishes.format,
    ...replaced(wishes),
    files: folder.entries.map((entry) => ({ path: entry.path, size: entry.file.size })),
  };
  fill("folder", {
    body: quote(JSON.stringify(body)),
    name: quote(`./${folder.name}`),
    paths: folder.entries.map((entry) => quote(`./${entry.path}`)).join(" "),
  });
}

function replaced({ replaces }: CurlWishes): { replaces?: string } {
  return replaces === null ? {} : { replaces };
}

function pairs(values: Record<string, string>): string {
  return Object.entries(values)
    .map(([key, value]) => `,${key} $(printf %s ${quote(value)} | base64 -w0)`)
    .join("");
}

function fill(kind: string, values: Record<string, string>): void {
  for (const block of document.querySelectorAll<HTMLElement>("[data-curl-of]")) {
    block.hidden = block.dataset.curlOf !== kind;
    if (block.hidden) continue;
    for (const place of block.querySelectorAll<HTMLElement>("[data-curl]")) place.textContent = values[place.dataset.curl!] ?? "";
  }
}

/** For a POSIX shell: nothing in it is anything but itself. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
