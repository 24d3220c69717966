import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

interface MenuProps {
  readonly label: string;
  /** What it belongs to: it stands below or above it. */
  readonly anchor: HTMLElement;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** How far a menu keeps from its anchor and from the window's edges. */
const distancePx = 6;

/**
 * A menu that arrow keys go through, and that closes by itself when something else is meant. The
 * focus goes back to where it was.
 */
export function Menu({ label, anchor, onClose, children }: MenuProps) {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const menu = element.current;
    if (menu === null) return undefined;
    const before = document.activeElement;
    menu.showPopover();
    place(menu, anchor);
    items(menu)[0]?.focus();
    const toggled = (event: Event): void => {
      if ((event as ToggleEvent).newState === 'closed') onClose();
    };
    menu.addEventListener('toggle', toggled);
    return () => {
      menu.removeEventListener('toggle', toggled);
      const hadFocus = menu.contains(document.activeElement);
      if (menu.matches(':popover-open')) menu.hidePopover();
      if (hadFocus && before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
    // The menu of another anchor is another menu.
  }, [anchor]);
  return (
    <div
      ref={element}
      class="menu"
      popover="auto"
      role="menu"
      aria-label={label}
      onKeyDown={(event) => move(event, element.current)}
      onClick={(event) => {
        if ((event.target as Element).closest('[role^=menuitem]')) onClose();
      }}
    >
      {children}
    </div>
  );
}

interface MenuItemProps {
  readonly onChoose: () => void;
  /** For one of several of which one holds. */
  readonly checked?: boolean;
  readonly children: ComponentChildren;
}

export function MenuItem({ onChoose, checked, children }: MenuItemProps) {
  const role = checked === undefined ? 'menuitem' : 'menuitemradio';
  return (
    <button
      type="button"
      class="menu-item"
      role={role}
      aria-checked={checked}
      tabIndex={-1}
      onClick={onChoose}
    >
      {children}
    </button>
  );
}

function items(menu: HTMLElement): readonly HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>('[role^=menuitem]')];
}

function move(event: KeyboardEvent, menu: HTMLElement | null): void {
  if (menu === null) return;
  if (event.key === 'Tab') menu.hidePopover();
  const all = items(menu);
  const here = all.indexOf(document.activeElement as HTMLElement);
  const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: -1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  all.at(next % all.length)?.focus();
}

/** Below the anchor if there is room, else above it; always whole in the window. */
function place(menu: HTMLElement, anchor: HTMLElement): void {
  const at = anchor.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const below = at.bottom + distancePx;
  const above = at.top - distancePx - height;
  const top = below + height <= innerHeight - distancePx ? below : Math.max(above, distancePx);
  const left = Math.min(Math.max(at.left, distancePx), innerWidth - width - distancePx);
  menu.style.top = `${top}px`;
  menu.style.left = `${left}px`;
}
