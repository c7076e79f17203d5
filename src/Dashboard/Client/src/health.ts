/**
 * Asks the web seed for a file's head, as a viewer's client would, and says what came back. Only where the portal and the web seed have one
 * origin: a page may ask no other.
 */
export function wireHealth(): void {
  for (const part of document.querySelectorAll<HTMLElement>("[data-probe]")) void probe(part);
}

async function probe(part: HTMLElement): Promise<void> {
  const url = new URL(part.dataset.probe!, location.href);
  if (url.origin !== location.origin) return;
  const badge = part.querySelector<HTMLElement>("[data-probe-state]")!;
  const words = part.querySelector<HTMLElement>("[data-probe-words]")!;
  const say = (isGood: boolean, text: string): void => {
    badge.className = `badge ${isGood ? "badge-published" : "badge-failed"}`;
    badge.textContent = (isGood ? part.dataset.good : part.dataset.fails) ?? "";
    words.textContent = text;
  };
  try {
    const answer = await fetch(url, { method: "HEAD", credentials: "omit", signal: AbortSignal.timeout(10_000) });
    const isWhole = answer.ok && answer.headers.get("Content-Length") === part.dataset.size;
    say(isWhole, isWhole ? part.dataset.whole! : `${part.dataset.refused!} (${answer.status})`);
  } catch {
    say(false, part.dataset.silent!);
  }
}

/**
 * Writes what the live swarm says of edges or viewers into the line of health that follows it.
 * @param counts What the words leave room for, in their order.
 */
export function followHealth(what: string, count: number, counts: number[]): void {
  const part = document.querySelector<HTMLElement>(`[data-follow="${what}"]`);
  if (!part) return;
  const badge = part.querySelector<HTMLElement>(".badge")!;
  const words = part.querySelector<HTMLElement>("[data-words]")!;
  const template = (count > 0 ? part.dataset.goodWords : part.dataset.noneWords) ?? "";
  const said = counts.reduce((text, value, place) => text.replace(`{${place}}`, value.toLocaleString("en-US")), template);
  if (words.textContent === said) return;
  badge.classList.toggle("badge-published", count > 0);
  badge.textContent = (count > 0 ? part.dataset.good : part.dataset.none) ?? "";
  words.textContent = said;
}
