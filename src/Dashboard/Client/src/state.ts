// A page that shows a state which will change by itself reloads when it has.
import { poll } from "./polling";

export function wireState(): void {
  const page = document.querySelector<HTMLElement>("[data-await-change]");
  if (!page) return;
  const end = poll<{ state: string }>({
    url: page.dataset.awaitChange!,
    seconds: 2,
    onAnswer(file) {
      if (file.state === page.dataset.state) return;
      end();
      location.reload();
    },
  });
}
