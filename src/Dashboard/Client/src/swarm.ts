// The live numbers of a file's page.
import { poll } from "./polling";
import { bytesText } from "./units";

type Swarm = Record<string, number>;

export function wireSwarm(): void {
  const panel = document.querySelector<HTMLElement>("[data-swarm]");
  if (!panel) return;
  const age = panel.querySelector<HTMLElement>("[data-swarm-age]")!;
  let updatedAt: number | null = null;
  let trouble = "";

  const showAge = (): void => {
    const seconds = updatedAt === null ? null : Math.round((performance.now() - updatedAt) / 1000);
    const told = seconds === null ? "" : seconds < 1 ? "updated just now" : `updated ${seconds} s ago`;
    age.textContent = [trouble, told].filter(Boolean).join(" · ");
    panel.classList.toggle("is-stale", trouble !== "");
  };
  poll<Swarm>({
    url: panel.dataset.swarm!,
    seconds: 3,
    onAnswer(swarm) {
      for (const cell of panel.querySelectorAll<HTMLElement>("[data-field]")) {
        const value = swarm[cell.dataset.field!];
        if (typeof value === "number") show(cell, value);
      }
      updatedAt = performance.now();
      trouble = "";
      showAge();
    },
    onFailure(status) {
      trouble = status === 401 ? "signed out" : status === null ? "the server does not answer" : `the server answers ${status}`;
      showAge();
    },
  });
  setInterval(showAge, 1000);
}

function show(cell: HTMLElement, value: number): void {
  switch (cell.dataset.unit) {
    case "rate":
      cell.textContent = `${bytesText(value)}/s`;
      cell.title = `${value.toLocaleString("en-US")} bytes per second`;
      break;
    case "copies":
      cell.textContent = value.toFixed(2);
      break;
    default:
      cell.textContent = value.toLocaleString("en-US");
  }
}
