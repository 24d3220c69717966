import { parseUserName, type RoomName } from '../../../core/names.ts';
import type { Place } from '../state/page-state.ts';
import { directKey, roomKey, type TalkKey } from '../state/talk.ts';
import type { Chat } from './chat.ts';
import { failureOf } from './failure-words.ts';
import { needConnection } from './need-connection.ts';

/** From here on a panel stands beside the list and the messages; in a narrower window it hides one. */
const roomyWindow = '(width >= 60rem)';

/** Opens a room or a conversation, at a message if one is meant. A panel that would hide it closes. */
export function openTalkAt(chat: Chat, key: TalkKey, place?: number): void {
  const { open } = chat.state;
  if (!matchMedia(roomyWindow).matches) chat.dispatch({ type: 'panelOpened', panel: undefined });
  const asked = (open.kind === 'talk' ? (open.at?.asked ?? 0) : 0) + 1;
  const at = place === undefined ? {} : { at: { place, asked } };
  chat.dispatch({ type: 'opened', place: { kind: 'talk', key, ...at } });
}

/** On a phone the list is what one begins with, and comes back to. */
export const isWide = (): boolean => matchMedia('(width >= 45rem)').matches;

/** Opens what an address leads to. False, with words, where it leads to nothing that is there. */
export function openPlace(chat: Chat, place: Place): boolean {
  if (place.kind !== 'talk') chat.dispatch({ type: 'opened', place });
  else if (chat.state.talks.has(place.key)) openTalkAt(chat, place.key);
  else {
    const name = place.key.slice(place.key.indexOf(':') + 1);
    const peer = place.key === directKey(name) ? parseUserName(name) : undefined;
    if (peer === undefined || peer === chat.state.me) {
      chat.dispatch({ type: 'noticed', words: `You are not in ${name}.` });
      return false;
    }
    openDirect(chat, peer);
  }
  return true;
}

/** Opens a room; one that one is not in is joined before, or made. @throws what was refused */
export async function enterRoom(chat: Chat, { canonical, shown }: RoomName): Promise<void> {
  const key = roomKey(canonical);
  if (chat.state.talks.has(key)) openTalkAt(chat, key);
  else await joinRoom(chat, shown);
}

/** Joins a room, or makes it, and opens it. @throws what was refused */
export async function joinRoom(chat: Chat, name: string): Promise<void> {
  needConnection(chat);
  const room = await chat.client.request({ type: 'join', room: name });
  chat.dispatch({ type: 'roomJoined', room });
  openTalkAt(chat, roomKey(room.room));
}

export async function leaveRoom(chat: Chat, room: string): Promise<void> {
  await noticing(chat, 'You are still in the room.', async () => {
    await chat.client.request({ type: 'leave', room });
    chat.dispatch({ type: 'roomLeft', room });
  });
}

/** Lists the rooms that somebody is in. */
export async function listRooms(chat: Chat): Promise<void> {
  await noticing(chat, 'The rooms could not be listed.', async () => {
    const { rooms } = await chat.client.request({ type: 'rooms' });
    chat.dispatch({ type: 'roomsListed', rooms });
  });
}

/** Lists with whom one has written before, unless that was done. */
export async function listDirects(chat: Chat): Promise<void> {
  if (chat.state.areDirectsAsked) return;
  chat.dispatch({ type: 'directsAsked' });
  await noticing(chat, 'Past conversations could not be listed.', async () => {
    const { conversations } = await chat.client.request({ type: 'conversations' });
    chat.dispatch({ type: 'directsListed', directs: conversations });
  });
}

export function openDirect(chat: Chat, peer: string): void {
  chat.dispatch({ type: 'directStarted', peer });
  openTalkAt(chat, directKey(peer));
}

export async function follow(chat: Chat, user: string, follows: boolean): Promise<void> {
  await noticing(chat, '', async () => {
    await chat.client.request({ type: follows ? 'follow' : 'unfollow', user });
    chat.dispatch({ type: 'followChanged', user, follows });
  });
}

async function noticing(chat: Chat, what: string, run: () => Promise<void>): Promise<void> {
  try {
    needConnection(chat);
    await run();
  } catch (error) {
    chat.dispatch({ type: 'noticed', words: `${what} ${failureOf(error).words}`.trim() });
  }
}
