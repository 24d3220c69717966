import { addressOf, placeAt } from '../state/address.ts';
import { screenOf } from '../state/screen.ts';
import type { Chat } from './chat.ts';
import { isWide, openPlace } from './places.ts';

/** What the browser's history keeps with an address. */
interface Kept {
  /** Whether the list lies one step back. */
  readonly fromList: boolean;
}

/**
 * Keeps the address that of what is open, and the browser's way back that of the person: from a room
 * to the list or to the room before. Has to be begun after what comes back to a place.
 */
export function keepAddress(chat: Chat): void {
  /** Undefined while nobody is logged in. */
  let shown: string | undefined;
  let isGoing = false;
  chat.store.onChange(() => {
    if (isGoing) return;
    const { link, open } = chat.state;
    const screen = screenOf(chat.state);
    if (screen === 'entry' && shown !== undefined) {
      shown = undefined;
      put('replaceState', '', null);
    }
    if (screen !== 'chat' || (shown === undefined && link.status !== 'online')) return;
    const address = addressOf(open);
    if (address === shown) return;
    const before = shown;
    shown = address;
    if (before === undefined) begin(address);
    else if (address !== '') put('pushState', address, { fromList: before === '' });
    else if ((history.state as Kept | null)?.fromList) history.back();
    else put('replaceState', '', { fromList: false });
  });
  addEventListener('popstate', () => {
    if (shown === undefined) return;
    const before = shown;
    const { panel } = chat.state;
    if (panel !== undefined && !isWide()) {
      // It lies over all else: the way back leads from it to what is under it.
      chat.dispatch({ type: 'panelOpened', panel: undefined });
      return put('pushState', before, { fromList: before !== '' });
    }
    isGoing = true;
    const isThere = openPlace(chat, placeAt(location.hash));
    isGoing = false;
    shown = addressOf(chat.state.open);
    if (!isThere) put('replaceState', shown, { fromList: false });
  });
}

/** On a phone the list lies behind what is open, also where the page was opened at its address. */
function begin(address: string): void {
  const isLoadedAgain = history.state !== null && addressOf(placeAt(location.hash)) === address;
  if (isLoadedAgain) return;
  const isBehind = address !== '' && !isWide();
  put('replaceState', isBehind ? '' : address, { fromList: false });
  if (isBehind) put('pushState', address, { fromList: true });
}

function put(how: 'pushState' | 'replaceState', address: string, kept: Kept | null): void {
  history[how](kept, '', `${location.pathname}${location.search}${address}`);
}
