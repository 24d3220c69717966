import { deepStrictEqual } from 'node:assert/strict';
import { deliveriesOf } from '../../core/deliveries.ts';
import type { Delivery } from '../../core/delivery.ts';
import type { ChatEvent } from '../../core/event.ts';
import { emptyChat, evolveChat } from '../../core/views/chat.ts';
import { rememberFollowing } from '../../core/views/followers.ts';
import { rule } from '../support/given.ts';
import { recordOf } from './arbitrary-events.ts';

interface Here {
  readonly user: string;
  readonly session: string;
  readonly server: string;
  readonly incarnation: number;
}
const alice: Here = { user: 'alice', session: 'a1', server: 'north', incarnation: 1 };
const aliceToo: Here = { ...alice, session: 'a2', server: 'south' };
const bob: Here = { user: 'bob', session: 'b1', server: 'south', incarnation: 1 };
const carol: Here = { user: 'carol', session: 'c1', server: 'north', incarnation: 1 };

const opened = (data: Here): ChatEvent => ({ type: 'SessionOpened', data });
const joined = (who: Here, name = 'Attic'): ChatEvent => ({
  type: 'RoomJoined',
  data: { room: name.toLowerCase(), name, ...who },
});
const left = ({ user, session }: Here): ChatEvent => ({
  type: 'RoomLeft',
  data: { room: 'attic', user, session },
});
const said = ({ user, session }: Here): ChatEvent => ({
  type: 'MessagePosted',
  data: { room: 'attic', user, session },
  text: 'hello',
});
const sentTo = (to: string): ChatEvent => ({
  type: 'DirectMessagePosted',
  data: { from: 'alice', to },
  text: 'psst',
});
const closed = ({ user, session }: Here, reason: 'logout' | 'takenOver'): ChatEvent => ({
  type: 'SessionClosed',
  data: { user, session, reason },
});
const northLost: ChatEvent = { type: 'ServerLost', data: { server: 'north', incarnation: 1 } };

/** What the last of these events shows to the sessions of a chat in which bob follows alice. */
function shownBy(...events: readonly ChatEvent[]): readonly Delivery[] {
  const view = emptyChat();
  rememberFollowing(view.followers, 'bob', { targets: new Set(['alice']), revision: 0 });
  const records = events.map((event, index) => recordOf(event, 0, index + 1));
  for (const recorded of records.slice(0, -1)) evolveChat(view, recorded);
  return records.slice(-1).flatMap((recorded) => deliveriesOf(view, recorded));
}
/** The same, when the last event was caused by a command of this session. */
function answersTo(session: string, event: ChatEvent): readonly Delivery[] {
  const recorded = recordOf(event);
  return deliveriesOf(emptyChat(), { ...recorded, actor: { ...recorded.actor, session } });
}
/** What a delivery shows to others, as the rules below are told. */
type Shown =
  | { kind: 'message' | 'subbed'; to: readonly string[]; room: string; user: string; text: string }
  | { kind: 'joined' | 'left'; to: readonly string[]; room: string; user: string }
  | { kind: 'direct'; to: readonly string[]; from: string; text: string }
  | Extract<Delivery, { kind: 'answer' | 'ended' | 'gap' }>;

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
const message = (...to: string[]): Shown => ({
  kind: 'message',
  to,
  room: 'Attic',
  user: 'alice',
  text: 'hello',
});
const subbed = (...to: string[]): Shown => ({ ...message(...to), kind: 'subbed' }) as Shown;
const notice = (kind: 'joined' | 'left', user: string, ...to: string[]): Shown => ({
  kind,
  to,
  room: 'Attic',
  user,
});
const shows = (deliveries: readonly Delivery[], ...expected: Shown[]): void =>
  deepStrictEqual(deliveries.flatMap(shownToOthers), expected);
const here = [opened(alice), opened(bob), opened(carol)];

rule('a message is shown to the other members of its room', () =>
  shows(
    shownBy(...here, joined(alice), joined(bob), joined(carol), said(alice)),
    message('b1', 'c1'),
  ),
);
rule('a message is shown to a follower who is in another room, as one to a subscriber', () =>
  shows(
    shownBy(...here, joined(alice), joined(carol), joined(bob, 'lobby'), said(alice)),
    message('c1'),
    subbed('b1'),
  ),
);
rule('a follower in the room gets the message once, as a member', () =>
  shows(shownBy(...here, joined(alice), joined(bob), said(alice)), message('b1')),
);
rule('a follower who is away gets nothing', () =>
  shows(shownBy(opened(alice), joined(alice), said(alice)), message()),
);
rule('a message reaches nobody who joins later or left before', () =>
  shows(
    shownBy(opened(alice), opened(carol), joined(alice), joined(carol), left(carol), said(alice)),
    message(),
  ),
);
rule('a sender’s other session does not get the message back', () =>
  shows(shownBy(...here, joined(alice), joined(aliceToo), joined(bob), said(alice)), message('b1')),
);
rule('whoever sent a message learns its place in the log', () => {
  const view = emptyChat();
  evolveChat(view, recordOf({ type: 'EpochStarted', data: { epoch: 'e1', from: 1 } }));
  evolveChat(view, recordOf(joined(alice)));
  const recorded = recordOf(said(alice), 0, 7);
  shows(
    deliveriesOf(view, { ...recorded, actor: { ...recorded.actor, session: 'a1' } }),
    message(),
    {
      kind: 'answer',
      to: ['a1'],
      answer: { kind: 'stored', room: 'Attic', canonical: 'attic', epoch: 'e1', number: 7 },
    },
  );
});

rule('a join is answered, and shown to the members before', () =>
  shows(
    shownBy(...here, joined(bob), joined(carol), joined(alice, 'ATTIC')),
    { kind: 'answer', to: ['a1'], answer: { kind: 'joined', room: 'Attic' } },
    notice('joined', 'alice', 'b1', 'c1'),
  ),
);
rule('the first to join is answered alone', () =>
  shows(shownBy(...here, joined(alice)), {
    kind: 'answer',
    to: ['a1'],
    answer: { kind: 'joined', room: 'Attic' },
  }),
);
rule('the join of a login is part of its welcome', () => {
  const view = emptyChat();
  evolveChat(view, recordOf(joined(bob, 'lobby')));
  const login = { ...recordOf(opened(alice)), cause: 'login' };
  shows(deliveriesOf(view, login), {
    kind: 'answer',
    to: ['a1'],
    answer: { kind: 'welcome', user: 'alice', room: 'lobby' },
  });
  evolveChat(view, login);
  const lobby = { ...recordOf(joined(alice, 'lobby')), cause: 'login' };
  shows(deliveriesOf(view, lobby), { kind: 'joined', to: ['b1'], room: 'lobby', user: 'alice' });
});
rule('a user’s second session in a room is no news to the others', () =>
  shows(shownBy(...here, joined(bob), joined(alice), joined(aliceToo)), {
    kind: 'answer',
    to: ['a2'],
    answer: { kind: 'joined', room: 'Attic' },
  }),
);
rule('who leaves is shown to those who stay', () =>
  shows(
    shownBy(...here, joined(alice), joined(bob), joined(carol), left(alice)),
    notice('left', 'alice', 'b1', 'c1'),
  ),
);
rule('the last to leave is shown to nobody', () =>
  shows(shownBy(...here, joined(alice), left(alice))),
);
rule('a user leaves with the last of their sessions', () => {
  const both = [...here, joined(bob), joined(alice), joined(aliceToo), left(alice)];
  shows(shownBy(...both));
  shows(shownBy(...both, left(aliceToo)), notice('left', 'alice', 'b1'));
});
rule('a leaving that was stored twice is shown once', () =>
  shows(shownBy(...here, joined(alice), joined(bob), left(alice), left(alice))),
);
rule('a server’s end shows each of its users leaving to those who stay', () =>
  shows(
    shownBy(...here, joined(carol), joined(alice), joined(bob), northLost),
    notice('left', 'alice', 'b1'),
    notice('left', 'carol', 'b1'),
  ),
);
rule('a server’s end shows nobody leaving who is in the room by another server too', () =>
  shows(shownBy(...here, joined(alice), joined(aliceToo), joined(bob), northLost)),
);
rule('a server’s end that is told twice shows the leaving once', () =>
  shows(shownBy(...here, joined(alice), joined(bob), northLost, northLost)),
);

type Came = Extract<Delivery, { kind: 'joined' | 'left' }>;
const isMessage = (one: Delivery) => one.kind === 'message';
const isCame = (one: Delivery): one is Came => one.kind === 'joined' || one.kind === 'left';

rule('what somebody does is also for their own sessions in the room', () => {
  const both = [...here, joined(alice), joined(bob), joined(aliceToo)];
  const posted = shownBy(...both, said(alice)).find(isMessage);
  deepStrictEqual([posted?.to, posted?.own], [['b1'], ['a1', 'a2']]);
  const came = shownBy(...here, joined(alice), joined(bob), joined(aliceToo)).find(isCame);
  deepStrictEqual([came?.to, came?.own, came?.isNews], [['b1'], ['a1', 'a2'], false]);
  const went = shownBy(...both, left(alice)).find(isCame);
  deepStrictEqual([went?.to, went?.own, went?.isNews], [['b1'], ['a1', 'a2'], false]);
  const last = shownBy(...here, joined(alice), left(alice)).find(isCame);
  deepStrictEqual([last?.to, last?.own, last?.isNews], [[], ['a1'], true]);
});
rule('a room’s event is shown with its place', () => {
  const posted = shownBy(...here, joined(alice), said(alice)).find(isMessage);
  deepStrictEqual(posted?.place, { room: 'attic', epoch: '', number: 5, at: 1_005 });
  const came = shownBy(...here, joined(alice)).find(isCame);
  deepStrictEqual(came?.place, { room: 'attic', epoch: '', number: 4, at: 1_004 });
});
rule('a server’s end is shown once a room, to those who stay in it', () => {
  const ends = shownBy(...here, joined(carol), joined(alice), joined(bob), northLost);
  deepStrictEqual(ends, [
    {
      kind: 'departed',
      to: ['b1'],
      room: 'Attic',
      canonical: 'attic',
      users: ['alice', 'carol'],
      at: 1_007,
    },
  ]);
});
rule('a server’s end leaves members who may come back', () => {
  const web: ChatEvent = {
    type: 'RoomJoined',
    data: { room: 'attic', name: 'Attic', ...alice, resumable: true },
  };
  shows(
    shownBy(...here, web, joined(carol), joined(bob), northLost),
    notice('left', 'carol', 'a1', 'b1'),
  );
});

rule('a direct message is shown to its recipient', () =>
  shows(shownBy(...here, sentTo('bob')), {
    kind: 'direct',
    to: ['b1'],
    from: 'alice',
    text: 'psst',
  }),
);
rule('a direct message is for its sender’s session too, also when its user is away', () => {
  deepStrictEqual(shownBy(opened(alice), sentTo('bob')), [
    {
      kind: 'direct',
      to: [],
      own: ['a1'],
      isKept: false,
      from: 'alice',
      recipient: 'bob',
      text: 'psst',
      number: 2,
      at: 1_002,
    },
  ]);
  deepStrictEqual(shownBy(sentTo('bob')), []);
});
rule('a logout is answered before the session is ended', () =>
  shows(
    shownBy(...here, closed(alice, 'logout')),
    { kind: 'answer', to: ['a1'], answer: { kind: 'goodbye', user: 'alice' } },
    { kind: 'ended', to: ['a1'], reason: 'logout' },
  ),
);
rule('a session that was ended by something else is told why', () =>
  shows(shownBy(...here, closed(alice, 'takenOver')), {
    kind: 'ended',
    to: ['a1'],
    reason: 'takenOver',
  }),
);

const user = 'alice';
const changed = (reason: 'changed' | 'reset' | 'rehash'): ChatEvent => ({
  type: 'PasswordChanged',
  data: { user, credential: 'second', reason },
});
const answered: readonly (readonly [ChatEvent, Extract<Delivery, { kind: 'answer' }>['answer']])[] =
  [
    [sentTo('bob'), { kind: 'directStored', to: 'bob', number: 1 }],
    [
      { type: 'AccountRegistered', data: { user, credential: 'c' } },
      { kind: 'registered', user },
    ],
    [changed('changed'), { kind: 'passwordChanged' }],
    [
      { type: 'UserSubscribed', data: { user, target: 'bob' } },
      { kind: 'subscribed', target: 'bob' },
    ],
    [
      { type: 'UserUnsubscribed', data: { user, target: 'bob' } },
      { kind: 'unsubscribed', target: 'bob' },
    ],
  ];
for (const [event, answer] of answered)
  rule(`${event.type} answers the session that asked, and no tool`, () => {
    shows(answersTo('a1', event), { kind: 'answer', to: ['a1'], answer });
    shows(shownBy(event));
  });
for (const reason of ['reset', 'rehash'] as const)
  rule(`a password’s ${reason} is no news to any session`, () =>
    shows(answersTo('a1', changed(reason))),
  );
