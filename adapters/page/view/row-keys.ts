/**
 * Arrow keys go from message to message, Enter to the menu of its author, Escape back to the
 * composer. Page keys scroll, as everywhere.
 */
export function moveAmongRows(event: KeyboardEvent, onLeave: () => void): void {
  const box = event.currentTarget as HTMLElement;
  const target = event.target as HTMLElement;
  const row = target.closest<HTMLElement>('[data-row]');
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  switch (event.key) {
    case 'ArrowDown':
    case 'ArrowUp': {
      event.preventDefault();
      const next = event.key === 'ArrowDown' ? nextRow(box, row) : rowBefore(box, row);
      if (next === undefined && event.key === 'ArrowDown') onLeave();
      next?.focus();
      return;
    }
    case 'Enter':
      if (target !== row) return;
      event.preventDefault();
      row.querySelector<HTMLElement>('[data-person]')?.click();
      return;
    case 'Escape':
      event.preventDefault();
      onLeave();
      return;
    default:
  }
}

function nextRow(box: HTMLElement, row: HTMLElement | null): HTMLElement | undefined {
  const rows = rowsIn(box);
  return row === null ? rows.at(-1) : rows[rows.indexOf(row) + 1];
}

function rowBefore(box: HTMLElement, row: HTMLElement | null): HTMLElement | undefined {
  const rows = rowsIn(box);
  return row === null ? rows.at(-1) : rows[rows.indexOf(row) - 1];
}

function rowsIn(box: HTMLElement): readonly HTMLElement[] {
  return [...box.querySelectorAll<HTMLElement>('[data-row][tabindex]')];
}
