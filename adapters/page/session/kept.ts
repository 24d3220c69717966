import type { SavedSession, SavedSessionStore } from '../../websocket-client/saved-session.ts';

const sessionItem = 'securechat.session';

/**
 * The session as this tab keeps it: in `sessionStorage`, which ends with the tab and is no other
 * tab's. The token is a secret: it is in no address, and nowhere that outlives the tab.
 */
export const keptSession: SavedSessionStore = {
  load: () => read(sessionItem) as SavedSession | undefined,
  save: (session) => write(sessionItem, session),
  clear: () => write(sessionItem, undefined),
};

/** Something else that a tab keeps for a user while it is open: a draft, the place that is open. */
export function readKept(user: string, what: string): unknown {
  return read(itemOf(user, what));
}

export function keep(user: string, what: string, value: unknown): void {
  write(itemOf(user, what), value);
}

/** After a logout nothing of the user stays. */
export function forget(user: string): void {
  try {
    for (const item of Object.keys(sessionStorage))
      if (item.startsWith(itemOf(user, ''))) sessionStorage.removeItem(item);
  } catch {
    // Without a storage nothing was kept.
  }
}

const itemOf = (user: string, what: string): string => `securechat.of.${user}.${what}`;

function read(item: string): unknown {
  try {
    const text = sessionStorage.getItem(item);
    return text === null ? undefined : JSON.parse(text);
  } catch {
    // Storage is refused by the browser, or somebody wrote into it: as if nothing was there.
    return undefined;
  }
}

function write(item: string, value: unknown): void {
  try {
    if (value === undefined) sessionStorage.removeItem(item);
    else sessionStorage.setItem(item, JSON.stringify(value));
  } catch {
    // Refused or full: what was to be kept lasts until the page is loaded again.
  }
}
