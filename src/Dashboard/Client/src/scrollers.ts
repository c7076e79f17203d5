/** Tables that are wider than the screen scroll: by the keyboard too, where they can have the focus. */
export function wireScrollers(): void {
  const boxes = document.querySelectorAll<HTMLElement>(".mud-table-container");
  const look = (): void => {
    for (const box of boxes) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };
  look();
  addEventListener("resize", look);
}
