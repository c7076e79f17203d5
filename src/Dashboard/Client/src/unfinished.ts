// Uploads that an earlier visit left unfinished. tus keeps their addresses in this browser; the bytes have to be chosen again.
import { bytesText } from "./units";

interface Stored {
  size: number;
  metadata: { filename?: string; name?: string };
  uploadUrl: string;
}

const tusHeaders = { "Tus-Resumable": "1.0.0" };

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
    const name = stored.metadata.filename ?? stored.metadata.name ?? "A file";
    const response = await fetch(stored.uploadUrl, { method: "HEAD", headers: tusHeaders });
    if (response.status === 404 || response.status === 410 || response.status === 403) {
      localStorage.removeItem(key);
      return;
    }
    const offset = Number(response.headers.get("Upload-Offset") ?? NaN);
    const there = Number.isFinite(offset) && stored.size > 0 ? `, ${Math.floor((offset / stored.size) * 100)}% is there` : "";
    const row = (template.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
    row.querySelector('[data-part="name"]')!.textContent = name;
    row.querySelector('[data-part="figures"]')!.textContent = `${bytesText(stored.size)}${there}`;
    const discard = row.querySelector<HTMLButtonElement>('[data-part="discard"]')!;
    discard.setAttribute("aria-label", `Discard ${name}`);
    discard.addEventListener("click", async () => {
      if (!confirm(`Discard the unfinished upload of ${name}?`)) return;
      await fetch(stored.uploadUrl, { method: "DELETE", headers: tusHeaders }).catch(() => null);
      localStorage.removeItem(key);
      drop(markOf(name, stored.size));
    });
    shown.set(markOf(name, stored.size), row);
    list.append(row);
    section.hidden = false;
  };

  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith("tus::")) continue;
    try {
      const stored = JSON.parse(localStorage.getItem(key)!) as Stored;
      if (new URL(stored.uploadUrl, base).href.startsWith(base)) void show(key, stored).catch(() => null);
    } catch {
      // Another program's entry.
    }
  }
  return { taken: (name, size) => drop(markOf(name, size)) };
}

function markOf(name: string, size: number): string {
  return `${size}:${name}`;
}
