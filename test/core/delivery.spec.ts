import { deepStrictEqual } from 'node:assert/strict';
import { deliveriesOf } from '../../core/deliveries.ts';
import type { Delivery } from '../../core/delivery.ts';
import type { ChatEvent } from '../../core/event.ts';
import { emptyChat, evolveChat } from '../../core/views/chat.ts';
import { rule } from '../support/given.ts';
import { recordOf } from './arbitrary-events.ts';
import {
  alice,
  aliceToo,
  bob,
  carol,
  closed,
  here,
  joined,
  left,
  message,
  northLost,
  notice,
  opened,
  said,
  sentTo,
  shownBy,
  shows,
  subbed,
} from './delivery-story.ts';

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
