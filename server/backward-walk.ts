import type { Delivery, Place } from '../core/delivery.ts';
import type { ChatEvent } from '../core/event.ts';
import type { Recorded } from '../core/event-store.ts';
import { roomsOf } from '../core/views/rooms.ts';
import type { Chat } from './chat.ts';
import type { HeldSession } from './held-session.ts';

/**
 * What a session would have been shown of records that it missed, one after the other from the
 * latest to the oldest. It starts where the view stands, and knows at each record in which rooms
 * the session was and whom its user followed: only the session's own events change that.
 */
export class BackwardWalk {
  readonly #chat: Chat;
  readonly #held: HeldSession;
  readonly #rooms: Set<string>;
  readonly #following: Set<string>;

  constructor(chat: Chat, held: HeldSession) {
    const { rooms, followers } = chat.follower.view;
    this.#chat = chat;
    this.#held = held;
    this.#rooms = new Set([...roomsOf(rooms, held.session)].map(({ room }) => room));
    this.#following = new Set(followers.following.get(held.user)?.targets ?? []);
  }

  /** What this record would have shown; undefined for nothing. */
  stepBack(recorded: Recorded): Delivery | undefined {
    const { event } = recorded;
    const delivery = this.#shown(recorded, event);
    this.#undo(event);
    return delivery;
  }

  #shown(recorded: Recorded, event: ChatEvent): Delivery | undefined {
    const { user, session } = this.#held;
    const sent = { to: [session], own: [] };
    switch (event.type) {
      case 'RoomJoined':
      case 'RoomLeft': {
        const { data } = event;
        if (data.session !== session && !this.#rooms.has(data.room)) return undefined;
        const kind = event.type === 'RoomJoined' ? 'joined' : 'left';
        const place = this.#placeOf(recorded, data.room);
        const room = this.#nameOf(data.room);
        // While this session is there, no other one of its user's comes or goes.
        const isNews = data.user !== user || data.session === session;
        return { kind, ...sent, room, user: data.user, place, isNews };
      }
      case 'MessagePosted': {
        const { room: canonical, user: author } = event.data;
        const { text } = event;
        const place = this.#placeOf(recorded, canonical);
        const said = { room: this.#nameOf(canonical), user: author, text, place };
        if (this.#rooms.has(canonical)) return { kind: 'message', ...sent, ...said };
        return this.#following.has(author) ? { kind: 'subbed', to: [session], ...said } : undefined;
      }
      case 'DirectMessagePosted': {
        const { from, to: recipient } = event.data;
        if (from !== user && recipient !== user) return undefined;
        const { revision: number, at } = recorded;
        const message = { from, recipient, text: event.text, number, at };
        return { kind: 'direct', ...sent, isKept: true, ...message };
      }
      case 'UserErased':
        return { kind: 'erased', to: [session], user: event.data.user };
      default:
        return undefined;
    }
  }

  #undo({ type, data }: ChatEvent): void {
    const { user, session } = this.#held;
    if (type === 'RoomJoined' && data.session === session) this.#rooms.delete(data.room);
    else if (type === 'RoomLeft' && data.session === session) this.#rooms.add(data.room);
    else if (type === 'UserSubscribed' && data.user === user) this.#following.delete(data.target);
    else if (type === 'UserUnsubscribed' && data.user === user) this.#following.add(data.target);
  }

  #placeOf({ partition, revision: number, at }: Recorded, room: string): Place {
    return { room, epoch: this.#chat.follower.view.epochs.get(partition) ?? '', number, at };
  }

  #nameOf(canonical: string): string {
    return this.#chat.follower.view.rooms.byRoom.get(canonical)?.name ?? canonical;
  }
}
