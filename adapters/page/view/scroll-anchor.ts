/** A row that is in sight, and how far it is from the top of the box. */
export interface Anchor {
  readonly row: string;
  readonly offsetPx: number;
}

/** If the first row goes away (a message takes the place of what was on its way), the next holds. */
const anchorsMax = 4;

/** The first rows that are in sight. */
export function anchorsIn(box: HTMLElement): readonly Anchor[] {
  const top = box.getBoundingClientRect().top;
  const anchors: Anchor[] = [];
  for (const chunk of box.querySelectorAll('.chunk')) {
    if (chunk.getBoundingClientRect().bottom <= top) continue;
    for (const row of chunk.querySelectorAll<HTMLElement>('[data-row]')) {
      const at = row.getBoundingClientRect();
      if (at.bottom <= top) continue;
      anchors.push({ row: row.dataset['row'] ?? '', offsetPx: at.top - top });
      if (anchors.length === anchorsMax) return anchors;
    }
  }
  return anchors;
}

/** Scrolls so that the first of them that is still there is where it was. */
export function restore(box: HTMLElement, anchors: readonly Anchor[]): void {
  for (const { row, offsetPx } of anchors) {
    const element = box.querySelector(`[data-row="${CSS.escape(row)}"]`);
    if (element === null) continue;
    const offset = element.getBoundingClientRect().top - box.getBoundingClientRect().top;
    if (Math.abs(offset - offsetPx) >= 1) box.scrollTop += offset - offsetPx;
    return;
  }
}
