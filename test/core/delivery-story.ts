import { deepStrictEqual } from 'node:assert/strict';
import { deliveriesOf } from '../../core/deliveries.ts';
import type { Delivery } from '../../core/delivery.ts';
import type { ChatEvent } from '../../core/event.ts';
import { emptyChat, evolveChat } from '../../core/views/chat.ts';
import { rememberFollowing } from '../../core/views/followers.ts';
import { recordOf } from './arbitrary-events.ts';

interface Here {
  readonly user: string;
  readonly session: string;
  readonly server: string;
  readonly incarnation: number;
}
export const alice: Here = { user: 'alice', session: 'a1', server: 'north', incarnation: 1 };
export const aliceToo: Here = { ...alice, session: 'a2', server: 'south' };
export const bob: Here = { user: 'bob', session: 'b1', server: 'south', incarnation: 1 };
export const carol: Here = { user: 'carol', session: 'c1', server: 'north', incarnation: 1 };

export const opened = (data: Here): ChatEvent => ({ type: 'SessionOpened', data });
export const joined = (who: Here, name = 'Attic'): ChatEvent => ({
  type: 'RoomJoined',
  data: { room: name.toLowerCase(), name, ...who },
});
export const left = ({ user, session }: Here): ChatEvent => ({
  type: 'RoomLeft',
  data: { room: 'attic', user, session },
});
export const said = ({ user, session }: Here): ChatEvent => ({
  type: 'MessagePosted',
  data: { room: 'attic', user, session },
  text: 'hello',
});
export const sentTo = (to: string): ChatEvent => ({
  type: 'DirectMessagePosted',
  data: { from: 'alice', to },
  text: 'psst',
});
export const closed = ({ user, session }: Here, reason: 'logout' | 'takenOver'): ChatEvent => ({
  type: 'SessionClosed',
  data: { user, session, reason },
});
export const northLost: ChatEvent = {
  type: 'ServerLost',
  data: { server: 'north', incarnation: 1 },
};

/** What the last of these events shows to the sessions of a chat in which bob follows alice. */
export function shownBy(...events: readonly ChatEvent[]): readonly Delivery[] {
  const view = emptyChat();
  rememberFollowing(view.followers, 'bob', { targets: new Set(['alice']), revision: 0 });
  const records = events.map((event, index) => recordOf(event, 0, index + 1));
  for (const recorded of records.slice(0, -1)) evolveChat(view, recorded);
  return records.slice(-1).flatMap((recorded) => deliveriesOf(view, recorded));
}
/** The same, when the last event was caused by a command of this session. */
export function answersTo(session: string, event: ChatEvent): readonly Delivery[] {
  const recorded = recordOf(event);
  return deliveriesOf(emptyChat(), { ...recorded, actor: { ...recorded.actor, session } });
}
/** What a delivery shows to others, as the rules below are told. */
type Shown =
  | { kind: 'message' | 'subbed'; to: readonly string[]; room: string; user: string; text: string }
  | { kind: 'joined' | 'left'; to: readonly string[]; room: string; user: string }
  | { kind: 'direct'; to: readonly string[]; from: string; text: string }
  | Extract<Delivery, { kind: 'answer' | 'ended' | 'gap' | 'erased' }>;

function shownToOthers(delivery: Delivery): readonly Shown[] {
  switch (delivery.kind) {
    case 'message':
    case 'subbed': {
      const { kind, to, room, user, text } = delivery;
      return [{ kind, to, room, user, text }];
    }
    case 'joined':
    case 'left': {
      const { kind, to, room, user, isNews } = delivery;
      return isNews && to.length > 0 ? [{ kind, to, room, user }] : [];
    }
    case 'departed': {
      const { to, room, users } = delivery;
      return users.map((user) => ({ kind: 'left', to, room, user }));
    }
    case 'direct': {
      const { kind, to, from, text } = delivery;
      return to.length > 0 ? [{ kind, to, from, text }] : [];
    }
    default:
      return [delivery];
  }
}
export const message = (...to: string[]): Shown => ({
  kind: 'message',
  to,
  room: 'Attic',
  user: 'alice',
  text: 'hello',
});
export const subbed = (...to: string[]): Shown => ({ ...message(...to), kind: 'subbed' }) as Shown;
export const notice = (kind: 'joined' | 'left', user: string, ...to: string[]): Shown => ({
  kind,
  to,
  room: 'Attic',
  user,
});
export const shows = (deliveries: readonly Delivery[], ...expected: Shown[]): void =>
  deepStrictEqual(deliveries.flatMap(shownToOthers), expected);
export const here = [opened(alice), opened(bob), opened(carol)];
