import { deepStrictEqual } from 'node:assert/strict';

import type { Answer } from '../../../core/answer.ts';
import type { Delivery } from '../../../core/delivery.ts';
import { answerText, deliveryText } from '../../../adapters/line/line-text.ts';
import { lineBytesMax, textBytesMax } from '../../../core/limits.ts';
import { rule } from '../../support/given.ts';

const said = (text: string): Delivery => ({
  kind: 'message',
  to: ['s'],
  room: 'lobby',
  user: 'alice',
  text,
});

const answers: readonly (readonly [Answer, string])[] = [
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
  [{ kind: 'stored', room: 'Attic', epoch: 'e-1', number: 42 }, 'STORED Attic e-1 42\n'],
  [{ kind: 'directStored', to: 'bob' }, 'SUCCESS: Sent to bob.\n'],
  [{ kind: 'rooms', names: ['IITKGP', 'lobby'] }, 'Rooms: IITKGP, lobby\n'],
  [{ kind: 'rooms', names: [] }, 'No active rooms.\n'],
  [{ kind: 'members', room: 'lobby', users: ['alice', 'bob'] }, 'In lobby: alice, bob\n'],
  [{ kind: 'members', room: 'lobby', users: [] }, 'Nobody is in lobby.\n'],
  [{ kind: 'subscriptions', targets: ['alice', 'bob'] }, 'Subscriptions: alice, bob\n'],
  [{ kind: 'subscriptions', targets: [] }, 'You follow nobody.\n'],
  [
    { kind: 'history', room: 'lobby', messages: [], isCut: false },
    'Nothing has been said in lobby.\n',
  ],
  [
    { kind: 'history', room: 'lobby', messages: [], isCut: true },
    'Nothing has been said in lobby lately.\n',
  ],
  [
    {
      kind: 'history',
      room: 'lobby',
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

rule('each delivery has its words', () => {
  const to = ['s'];
  const deliveries: readonly (readonly [Delivery, string])[] = [
    [said('hello'), '[lobby] alice: hello\n'],
    [said(''), '[lobby] alice: \n'],
    [{ kind: 'subbed', to, user: 'alice', text: 'hello' }, '[Subbed] alice: hello\n'],
    [{ kind: 'direct', to, from: 'alice', text: 'hello' }, '[DM] alice: hello\n'],
    [{ kind: 'joined', to, room: 'lobby', user: 'bob' }, '[lobby] Server: bob joined.\n'],
    [{ kind: 'left', to, room: 'lobby', user: 'bob' }, '[lobby] Server: bob left.\n'],
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
    deliveryText({ kind: 'message', to: [], room, user, text }),
    answerText({
      kind: 'history',
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
