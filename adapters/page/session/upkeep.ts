import { placeAt } from '../state/address.ts';
import { openTalk, type PageState } from '../state/page-state.ts';
import { keyOf, lobbyKey } from '../state/talk.ts';
import type { Chat } from './chat.ts';
import { keep, readKept } from './kept.ts';
import { loadGap, loadOlder } from './loading.ts';
import { isWide, listDirects, openPlace, openTalkAt } from './places.ts';

/** What a user who comes back in the same tab finds again. */
interface KeptPlaces {
  readonly open: PageState['open'];
  readonly peers: readonly string[];
}

/** Lists past conversations, loads what is opened, fills its gaps once, and comes back to the place that was open. */
export function keepUp(chat: Chat): void {
  const tried = new Set<string>();
  let user: string | undefined;
  let kept: { readonly open: PageState['open']; readonly count: number } | undefined;
  chat.store.onChange(() => {
    const { link, me } = chat.state;
    if (link.status !== 'online' || me === undefined) {
      user = undefined;
      return;
    }
    if (user !== me) {
      user = me;
      comeBack(chat, me);
    }
    void listDirects(chat);
    load(chat, tried);
    const { open, talks } = chat.state;
    if (kept?.open === open && kept.count === talks.size) return;
    kept = { open, count: talks.size };
    keep(me, 'places', placesOf(chat.state));
  });
}

function comeBack(chat: Chat, me: string): void {
  const kept = readKept(me, 'places') as KeptPlaces | undefined;
  for (const peer of kept?.peers ?? []) chat.dispatch({ type: 'directStarted', peer });
  const { open, talks } = chat.state;
  if (open.kind !== 'nothing') return;
  const addressed = placeAt(location.hash);
  if (addressed.kind !== 'nothing' && openPlace(chat, addressed)) return;
  const place = kept?.open;
  if (place?.kind === 'followed') chat.dispatch({ type: 'opened', place });
  else if (place?.kind === 'talk' && talks.has(place.key)) openTalkAt(chat, place.key);
  else if (isWide() && talks.has(lobbyKey)) openTalkAt(chat, lobbyKey);
}

function load(chat: Chat, tried: Set<string>): void {
  const talk = openTalk(chat.state);
  if (talk === undefined) return;
  const key = keyOf(talk);
  if (talk.timeline.older === 'unasked') void loadOlder(chat, key);
  for (const entry of talk.timeline.entries) {
    if (entry.kind !== 'gap' || entry.reason !== 'passedOver') continue;
    const name = `${key} ${entry.place}`;
    if (tried.has(name)) continue;
    tried.add(name);
    void loadGap(chat, key, entry);
  }
}

function placesOf({ open, talks }: PageState): KeptPlaces {
  const peers = [...talks.values()].flatMap((talk) => (talk.kind === 'direct' ? talk.peer : []));
  return { open: open.kind === 'talk' ? { kind: 'talk', key: open.key } : open, peers };
}
