/**
 * Times are written in UTC; whoever asks for local ones reads those of their own clock, and UTC on hover. The choice stays in this browser. Without
 * scripts all is UTC, and there is no switch.
 */
const storageKey = "distribution-times";
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const germanMonths = ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sep.", "Okt.", "Nov.", "Dez."];

export function wireTimes(): void {
  let isLocal = read() === "local";
  const choices = document.querySelectorAll<HTMLButtonElement>("[data-times]");
  const show = (root: ParentNode): void => {
    for (const time of root.querySelectorAll<HTMLTimeElement>("time[data-shows]")) write(time, isLocal);
  };
  const showAll = (): void => {
    show(document);
    for (const choice of choices) choice.setAttribute("aria-pressed", String((choice.dataset.times === "local") === isLocal));
  };
  for (const choice of choices) {
    choice.addEventListener("click", () => {
      isLocal = choice.dataset.times === "local";
      keep(choice.dataset.times!);
      showAll();
    });
    choice.closest<HTMLElement>("[hidden]")?.removeAttribute("hidden");
  }
  showAll();
  // Parts of a page that are put in anew come in UTC.
  new MutationObserver((changes) => {
    if (!isLocal) return;
    for (const change of changes)
      for (const added of change.addedNodes) if (added instanceof HTMLElement) show(added.parentElement ?? document);
  }).observe(document.body, { childList: true, subtree: true });
}

function write(time: HTMLTimeElement, isLocal: boolean): void {
  // What the server wrote is kept, so that the way back needs no second spelling.
  const utc = (time.dataset.utc ??= time.textContent ?? "");
  const utcTitle = (time.dataset.utcTitle ??= time.title);
  const what = time.dataset.shows;
  const local = isLocal ? localText(new Date(time.dateTime), what === "date") : "";
  if (what === "ago") {
    time.title = isLocal ? local : utcTitle;
  } else {
    const text = isLocal ? local : utc;
    if (time.textContent !== text) time.textContent = text;
    time.title = isLocal ? (what === "date" ? `${utc}, UTC` : utc) : utcTitle;
  }
}

/** "12 Mar 2026, 15:05 UTC+1", or the date alone; in German "12. März 2026, 15:05 UTC+1", as the server writes it. */
export function localText(at: Date, dateOnly: boolean): string {
  const isGerman = document.documentElement.lang === "de";
  const date = isGerman
    ? `${at.getDate()}. ${germanMonths[at.getMonth()]} ${at.getFullYear()}`
    : `${at.getDate()} ${months[at.getMonth()]} ${at.getFullYear()}`;
  if (dateOnly) return date;
  const east = -at.getTimezoneOffset();
  const hours = Math.floor(Math.abs(east) / 60);
  const minutes = Math.abs(east) % 60;
  const zone = east === 0 ? "UTC" : `UTC${east < 0 ? "−" : "+"}${hours}${minutes === 0 ? "" : `:${two(minutes)}`}`;
  return `${date}, ${two(at.getHours())}:${two(at.getMinutes())} ${zone}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

// A browser may keep nothing for us, and says so by throwing.
function read(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

function keep(choice: string): void {
  try {
    localStorage.setItem(storageKey, choice);
  } catch {
    // It holds for this page alone.
  }
}
