/**
 * A part of a page that changes by itself, marked data-refresh="seconds": asked for anew while somebody looks, and put in place as a whole.
 * What is open stays open, and nothing moves under a hand: while the focus is in it or something of it is open, it waits.
 */
export function wireRefresh(): void {
  for (const part of document.querySelectorAll<HTMLElement>("[data-refresh]")) follow(part);
}

function follow(part: HTMLElement): void {
  const seconds = Number(part.dataset.refresh);
  let asking = false;
  const ask = async (): Promise<void> => {
    if (asking || document.hidden || part.contains(document.activeElement) || part.querySelector("details[open]")) return;
    asking = true;
    try {
      const answer = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" }, redirect: "error" });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-refresh]");
      if (fresh && !part.contains(document.activeElement)) part.replaceChildren(...fresh.childNodes);
    } catch {
      // The next turn tries again; what is shown says by itself how old it is.
    } finally {
      asking = false;
    }
  };
  setInterval(() => void ask(), seconds * 1000);
}
