// The live swarm of a file's page: the server tells what changes (server-sent events), the page never asks.
import { followHealth } from "./health";
import { rateText } from "./units";

interface LiveSwarm extends Record<string, unknown> {
  seeders: number;
  edges: number;
  leechers: number;
  leechersByTenth: number[];
}

/** The server speaks every five seconds at least; after this silence something is wrong. */
const silentSeconds = 12;

/** A refused stream is not tried again by the browser itself. */
const retrySeconds = 30;

export function wireLive(): void {
  const panel = document.querySelector<HTMLElement>("[data-live]");
  if (!panel) return;
  const age = panel.querySelector<HTMLElement>("[data-live-age]")!;
  const said = panel.querySelector<HTMLElement>("[data-live-said]")!;
  const pause = panel.querySelector<HTMLButtonElement>("[data-live-pause]")!;
  let source: EventSource | null = null;
  let updatedAt: number | null = null;
  let connectedAt = 0;
  let isPaused = false;
  let isClosed = false;
  let retry = 0;

  const showAge = (): void => {
    const now = performance.now();
    const seconds = updatedAt === null ? null : Math.floor((now - updatedAt) / 1000);
    const silence = (now - Math.max(updatedAt ?? 0, connectedAt)) / 1000;
    const words = panel.dataset;
    const trouble = (isClosed ? words.sayClosed : isPaused ? words.sayPaused : silence > silentSeconds ? words.saySilent : "") ?? "";
    const told = seconds === null ? "" : seconds < 1 ? words.sayNow! : words.sayAgo!.replace("{0}", String(seconds));
    age.textContent = [trouble, told].filter(Boolean).join(" · ");
    panel.classList.toggle("is-stale", trouble !== "");
    // Only what changes the meaning of the numbers is spoken, not each second.
    if (said.textContent !== trouble) said.textContent = trouble;
  };
  const close = (): void => {
    clearTimeout(retry);
    source?.close();
    source = null;
  };
  const open = (): void => {
    close();
    if (isPaused || isClosed || document.hidden) return;
    connectedAt = performance.now();
    const opened = new EventSource(panel.dataset.live!);
    source = opened;
    opened.addEventListener("swarm", (event) => {
      show(panel, JSON.parse((event as MessageEvent<string>).data) as LiveSwarm);
      updatedAt = performance.now();
      showAge();
    });
    opened.addEventListener("closed", () => {
      isClosed = true;
      pause.hidden = true;
      close();
      showAge();
    });
    opened.addEventListener("error", () => {
      if (opened.readyState === EventSource.CLOSED) retry = window.setTimeout(open, retrySeconds * 1000);
    });
  };

  pause.hidden = false;
  pause.addEventListener("click", () => {
    isPaused = !isPaused;
    pause.setAttribute("aria-pressed", String(isPaused));
    open();
    showAge();
  });
  // A page that nobody sees costs nothing: the stream ends, and begins anew with all that is.
  document.addEventListener("visibilitychange", open);
  open();
  setInterval(showAge, 1000);
}

function show(panel: HTMLElement, swarm: LiveSwarm): void {
  for (const cell of panel.querySelectorAll<HTMLElement>("[data-field]")) {
    const value = swarm[cell.dataset.field!];
    if (typeof value === "number") showNumber(cell, value);
    else if (value === null) showText(cell, "–");
  }
  const most = Math.max(1, ...swarm.leechersByTenth);
  let lookedAt = 0;
  for (const cell of panel.querySelectorAll<HTMLElement>("[data-tenth]")) {
    const count = swarm.leechersByTenth[Number(cell.dataset.tenth)] ?? 0;
    lookedAt += count;
    cell.style.setProperty("--share", (count / most).toFixed(3));
    showText(cell.querySelector<HTMLElement>("[data-count]")!, count.toLocaleString("en-US"));
  }
  panel.querySelector<HTMLElement>("[data-live-sample]")!.hidden = lookedAt >= swarm.leechers;
  followHealth("edges", swarm.edges, [swarm.edges]);
  const viewers = swarm.seeders + swarm.leechers;
  followHealth("viewers", viewers, [viewers, swarm.seeders]);
}

function showNumber(cell: HTMLElement, value: number): void {
  switch (cell.dataset.unit) {
    case "rate":
      showText(cell, rateText(value));
      cell.title = `${value.toLocaleString("en-US")} bytes/s`;
      break;
    case "copies":
      showText(cell, value.toFixed(2));
      break;
    case "share":
      showText(cell, shareText(value));
      break;
    case "rest":
      showText(cell, shareText(1 - value));
      break;
    default:
      showText(cell, value.toLocaleString("en-US"));
  }
}

function shareText(share: number): string {
  return `${(share * 100).toFixed(0)}%`;
}

function showText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
