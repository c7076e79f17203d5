// A form whose outcome is shown while it is filled in: it is sent as its button "preview" would, and a part of the answer takes the place
// of the same part here. Without scripts the button does it.

const pauseMs = 400;

export function wireExample(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-live-form]")) {
    const id = form.dataset.liveForm ?? "";
    let timer = 0;
    let newest = 0;

    const show = async (): Promise<void> => {
      const turn = ++newest;
      const fields = new FormData(form);
      fields.set("do", "preview");
      try {
        const response = await fetch(location.pathname, {
          method: "POST",
          body: new URLSearchParams([...fields].map(([name, value]) => [name, String(value)])),
          signal: AbortSignal.timeout(10_000),
        });
        if (!response.ok || turn !== newest) return;
        const page = new DOMParser().parseFromString(await response.text(), "text/html");
        const next = page.getElementById(id);
        const here = document.getElementById(id);
        if (next && here) here.replaceChildren(...next.childNodes);
      } catch {
        // The figures stay as they are; saving says what is wrong.
      }
    };
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = window.setTimeout(() => void show(), pauseMs);
    });
  }
}
