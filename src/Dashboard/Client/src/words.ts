// What the scripts of a page say: written by the page, in the reader's language, in a template of marked elements.

const template = document.getElementById("words") as HTMLTemplateElement | null;

/** The words of that name, with values in the places {0}, {1}, … */
export function say(name: string, ...values: (string | number)[]): string {
  const text = template?.content.querySelector(`[data-word="${name}"]`)?.textContent?.trim() ?? name;
  return text.replace(/\{(\d)\}/g, (_, place: string) => String(values[Number(place)] ?? ""));
}
