import { deepStrictEqual } from 'node:assert/strict';

import type { Answer } from '../../../core/answer.ts';
import type { Delivery } from '../../../core/delivery.ts';
import { answerText, deliveryText } from '../../../adapters/line/line-text.ts';
import { lineBytesMax, textBytesMax } from '../../../core/limits.ts';
import { rule } from '../../support/given.ts';

const place = { room: 'lobby', epoch: 'e-1', number: 7, at: 1_000 };
const sent = { to: ['s'], own: [] };
const said = (text: string, room = 'lobby', user = 'alice'): Delivery => ({
  kind: 'message',
  ...sent,
  room,
  user,
  text,
  place,
});

const history = { kind: 'history', room: 'lobby', canonical: 'lobby', more: false } as const;

const answers: readonly (readonly [Answer, string])[] = [
  [
    { kind: 'greeting', server: 'north', registrationOpen: true },
    'AUTH_REQUIRED: LOGIN <user> <pass>\n',
  ],
  [{ kind: 'authRequired' }, 'AUTH_REQUIRED: LOGIN <user> <pass>\n'],
  [{ kind: 'takeoverHint' }, 'To end the other session: LOGIN <user> <pass> TAKEOVER\n'],
  [{ kind: 'registered', user: 'alice' }, 'SUCCESS: Registered alice.\n'],
  [
    { kind: 'welcome', user: 'alice', room: 'lobby' },
    'SUCCESS: Welcome alice. You are in lobby.\n',
  ],
  [{ kind: 'goodbye' }, 'SUCCESS: Goodbye.\n'],
  [{ kind: 'goodbye', user: 'alice' }, 'SUCCESS: Goodbye alice.\n'],
  [{ kind: 'joined', room: 'IITKGP' }, 'SUCCESS: Joined IITKGP\n'],
  [{ kind: 'subscribed', target: 'alice' }, 'SUCCESS: Subscribed to alice\n'],
  [{ kind: 'unsubscribed', target: 'alice' }, 'SUCCESS: Unsubscribed from alice\n'],
  [{ kind: 'passwordChanged' }, 'SUCCESS: Password changed.\n'],
  [{ kind: 'receipts', on: true }, 'SUCCESS: Receipts on.\n'],
  [{ kind: 'receipts', on: false }, 'SUCCESS: Receipts off.\n'],
  [
    { kind: 'stored', room: 'Attic', canonical: 'attic', epoch: 'e-1', number: 42 },
    'STORED Attic e-1 42\n',
  ],
  [{ kind: 'directStored', to: 'bob', number: 3 }, 'SUCCESS: Sent to bob.\n'],
  [
    {
      kind: 'rooms',
      rooms: [
        { room: 'iitkgp', name: 'IITKGP', members: 1 },
        { room: 'lobby', name: 'lobby', members: 2 },
      ],
    },
    'Rooms: IITKGP, lobby\n',
  ],
  [{ kind: 'rooms', rooms: [] }, 'No active rooms.\n'],
  [
    { kind: 'members', room: 'lobby', canonical: 'lobby', users: ['alice', 'bob'] },
    'In lobby: alice, bob\n',
  ],
  [{ kind: 'members', room: 'lobby', canonical: 'lobby', users: [] }, 'Nobody is in lobby.\n'],
  [{ kind: 'subscriptions', targets: ['alice', 'bob'] }, 'Subscriptions: alice, bob\n'],
  [{ kind: 'subscriptions', targets: [] }, 'You follow nobody.\n'],
  [{ ...history, messages: [], isCut: false }, 'Nothing has been said in lobby.\n'],
  [
    { ...history, messages: [], isCut: false, expired: { from: 1, to: 9 } },
    'What was said from #1 to #9 is no longer kept.\n',
  ],
  [{ ...history, messages: [], isCut: true }, 'Nothing has been said in lobby lately.\n'],
  [
    {
      ...history,
      messages: [{ number: 7, at: 1_000, user: 'alice', text: 'hello\nworld' }],
      isCut: false,
    },
    'The last 1 of lobby:\n' +
      '#7 1970-01-01T00:00:01Z alice: hello\n#7 1970-01-01T00:00:01Z alice: world\n',
  ],
  [
    { kind: 'session', user: 'alice', server: 'north', since: 0, rooms: ['lobby', 'attic'] },
    'alice on north since 1970-01-01T00:00:00Z, in lobby, attic\n',
  ],
  [
    { kind: 'session', user: 'alice', server: 'north', since: 0, rooms: [] },
    'alice on north since 1970-01-01T00:00:00Z, in no room\n',
  ],
  [
    { kind: 'error', code: 'AlreadyLoggedIn', subject: 'alice' },
    'ERROR: User already logged in elsewhere.\n',
  ],
  [{ kind: 'error', code: 'NoSuchUser', subject: '{}' }, 'ERROR: There is no user {}.\n'],
];
rule('each answer has its words', () => {
  for (const [answer, text] of answers) deepStrictEqual(answerText(answer), text);
});

const come = (kind: 'joined' | 'left', isNews: boolean): Delivery => ({
  kind,
  ...sent,
  room: 'lobby',
  user: 'bob',
  place,
  isNews,
});

rule('each delivery has its words', () => {
  const to = ['s'];
  const deliveries: readonly (readonly [Delivery, string])[] = [
    [said('hello'), '[lobby] alice: hello\n'],
    [said(''), '[lobby] alice: \n'],
    [
      { kind: 'subbed', to, room: 'attic', user: 'alice', text: 'hello', place },
      '[Subbed] alice: hello\n',
    ],
    [
      {
        kind: 'direct',
        ...sent,
        from: 'alice',
        recipient: 'bob',
        text: 'hello',
        number: 1,
        at: 0,
        isKept: false,
      },
      '[DM] alice: hello\n',
    ],
    [come('joined', true), '[lobby] Server: bob joined.\n'],
    [come('left', true), '[lobby] Server: bob left.\n'],
    [come('joined', false), ''],
    [
      { kind: 'departed', to, room: 'Lobby', canonical: 'lobby', users: ['bob', 'eve'], at: 0 },
      '[Lobby] Server: bob left.\n[Lobby] Server: eve left.\n',
    ],
    [{ kind: 'answer', to: ['s'], answer: { kind: 'goodbye' } }, 'SUCCESS: Goodbye.\n'],
    [{ kind: 'ended', to: ['s'], reason: 'logout' }, ''],
  ];
  for (const [delivery, text] of deliveries) deepStrictEqual(deliveryText(delivery), text);
});
rule('each line of a text of several has the full prefix', () =>
  deepStrictEqual(
    deliveryText(said('one\n[lobby] Server: bob left.\n')),
    '[lobby] alice: one\n[lobby] alice: [lobby] Server: bob left.\n[lobby] alice: \n',
  ),
);
rule('the longest text behind the longest prefix is one line that old clients can read', () => {
  const room = '𐀀'.repeat(50);
  const user = 'a'.repeat(32);
  const text = 'x'.repeat(textBytesMax);
  const at = Date.UTC(2026, 10, 23);
  const shown = [
    deliveryText(said(text, room, user)),
    answerText({
      ...history,
      room,
      messages: [{ number: Number.MAX_SAFE_INTEGER, at, user, text }],
      isCut: false,
    }),
  ].flatMap((lines) => lines.split('\n'));
  const longest = Math.max(...shown.map((line) => Buffer.byteLength(`${line}\n`)));
  deepStrictEqual([longest <= lineBytesMax, longest], [true, 4_038]);
});
rule('no line of the help is wider than a terminal', () => {
  for (const help of [{ kind: 'help' }, { kind: 'help', topic: 'login' }] as const) {
    const lines = answerText(help).split('\n');
    deepStrictEqual(
      lines.filter((line) => line.length > 80),
      [],
    );
  }
});
