// Uploads that an earlier visit left unfinished. This browser keeps their addresses; the bytes have to be chosen again.
import { listStored, tusHeaders } from "./folders";
import { bytesText } from "./units";
import { say } from "./words";

interface Stored {
  name: string;
  size: number;
  uploadUrl: string;
  /** Of a folder; null for a single file. */
  count: number | null;
}

export function wireUnfinished(endpoint: string): { taken(name: string, size: number): void } {
  const section = document.getElementById("unfinished")!;
  const list = section.querySelector("ul")!;
  const template = document.getElementById("unfinished-row") as HTMLTemplateElement;
  const base = new URL(endpoint, location.href).href;
  const shown = new Map<string, HTMLElement>();

  const drop = (mark: string): void => {
    shown.get(mark)?.remove();
    shown.delete(mark);
    section.hidden = shown.size === 0;
  };
  const show = async (key: string, stored: Stored): Promise<void> => {
    const response = await fetch(stored.uploadUrl, { method: "HEAD", headers: tusHeaders });
    if (response.status === 404 || response.status === 410 || response.status === 403) {
      localStorage.removeItem(key);
      return;
    }
    const offset = Number(response.headers.get("Upload-Offset") ?? NaN);
    const facts = [
      ...(stored.count === null ? [] : [say("files", stored.count)]),
      bytesText(stored.size),
      ...(Number.isFinite(offset) && stored.size > 0 ? [say("is-there", Math.floor((offset / stored.size) * 100))] : []),
    ];
    const row = (template.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
    row.querySelector('[data-part="name"]')!.textContent = stored.name;
    row.querySelector('[data-part="figures"]')!.textContent = facts.join(" · ");
    row.querySelector('[data-part="todo"]')!.textContent = say(stored.count === null ? "choose-file-again" : "choose-folder-again");
    const discard = row.querySelector<HTMLButtonElement>('[data-part="discard"]')!;
    discard.setAttribute("aria-label", `${discard.textContent} ${stored.name}`);
    discard.addEventListener("click", async () => {
      if (!confirm(say("confirm-discard", stored.name))) return;
      await fetch(stored.uploadUrl, { method: "DELETE", headers: tusHeaders }).catch(() => null);
      localStorage.removeItem(key);
      drop(markOf(stored.name, stored.size));
    });
    shown.set(markOf(stored.name, stored.size), row);
    list.append(row);
    section.hidden = false;
  };

  for (const [key, stored] of [...storedFiles(), ...listStored()]) {
    if (new URL(stored.uploadUrl, base).href.startsWith(base)) void show(key, stored).catch(() => null);
  }
  return { taken: (name, size) => drop(markOf(name, size)) };
}

// As the tus client keeps them.
function storedFiles(): Map<string, Stored> {
  const found = new Map<string, Stored>();
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith("tus::")) continue;
    try {
      const { size, metadata, uploadUrl } = JSON.parse(localStorage.getItem(key)!) as {
        size: number;
        metadata: { filename?: string; name?: string };
        uploadUrl: string;
      };
      found.set(key, { name: metadata.filename ?? metadata.name ?? "?", size, uploadUrl, count: null });
    } catch {
      // Another program's entry.
    }
  }
  return found;
}

function markOf(name: string, size: number): string {
  return `${size}:${name}`;
}
