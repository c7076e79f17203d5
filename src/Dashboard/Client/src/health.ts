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
