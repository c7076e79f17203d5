// Buttons with data-copy="id of an element": copy its value or text, and say so.

export function wireCopyButtons(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
    button.hidden = false;
    const label = button.textContent;
    let back = 0;
    button.addEventListener("click", async () => {
      const source = document.getElementById(button.dataset.copy!);
      if (!source) return;
      const copied = await copy(source);
      button.textContent = (copied ? button.dataset.copied : button.dataset.byHand) ?? "";
      button.classList.toggle("is-done", copied);
      clearTimeout(back);
      back = window.setTimeout(() => {
        button.textContent = label;
        button.classList.remove("is-done");
      }, 2500);
    });
  }
}

async function copy(source: HTMLElement): Promise<boolean> {
  const text = source instanceof HTMLInputElement || source instanceof HTMLTextAreaElement ? source.value : source.innerText;
  try {
    // There is no clipboard on plain http, localhost excepted.
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    if (source instanceof HTMLInputElement || source instanceof HTMLTextAreaElement) source.select();
    else getSelection()?.selectAllChildren(source);
    return document.execCommand("copy");
  }
}
