import { readFileSync } from 'node:fs';

import { test } from 'tap';

import { answerText, deliveryText } from '../../adapters/line/line-text.ts';
import type { Answer } from '../../core/answer.ts';
import type { Delivery } from '../../core/delivery.ts';

const text = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8');

const at = Date.parse('2026-11-23T10:00:00Z');
const said = { number: 17, at, user: 'alice', text: 'hello' };
const lobby = { room: 'lobby', canonical: 'lobby' };

const answers: readonly Answer[] = [
  { kind: 'authRequired' },
  { kind: 'takeoverHint' },
  { kind: 'moreDirect' },
  { kind: 'welcome', user: 'alice', room: 'lobby' },
  { kind: 'registered', user: 'alice' },
  { kind: 'goodbye' },
  { kind: 'goodbye', user: 'alice' },
  { kind: 'joined', room: 'IITKGP' },
  { kind: 'retention', room: 'lobby', days: 90 },
  { kind: 'retention', room: 'lobby' },
  {
    kind: 'rooms',
    rooms: ['IITKGP', 'lobby'].map((name) => ({ room: name.toLowerCase(), name, members: 1 })),
  },
  { kind: 'rooms', rooms: [] },
  { kind: 'members', ...lobby, users: ['alice', 'bob'] },
  { kind: 'members', ...lobby, users: [] },
  { kind: 'subscribed', target: 'alice' },
  { kind: 'unsubscribed', target: 'alice' },
  { kind: 'subscriptions', targets: ['alice', 'bob'] },
  { kind: 'subscriptions', targets: [] },
  { kind: 'directStored', to: 'alice', number: 1 },
  { kind: 'history', ...lobby, messages: [said, said], more: false, isCut: false },
  {
    kind: 'history',
    ...lobby,
    messages: [said, said],
    more: false,
    isCut: false,
    expired: { from: 3, to: 9 },
  },
  { kind: 'passwordChanged' },
  { kind: 'session', user: 'alice', server: 'HOST-PORT', since: at, rooms: ['lobby'] },
  { kind: 'receipts', on: true },
  { kind: 'error', code: 'InvalidCredentials', subject: '' },
  { kind: 'error', code: 'AlreadyLoggedIn', subject: '' },
  { kind: 'error', code: 'TakenOver', subject: '' },
];

const place = { room: 'lobby', epoch: 'e', number: 17, at };
const hello = { to: ['bobs'], user: 'alice', room: 'lobby', text: 'hello', place };
const moved = { to: ['bobs'], own: [], user: 'alice', room: 'lobby', place, isNews: true };
const direct = { to: ['bobs'], own: [], from: 'alice', recipient: 'bob', text: 'hello' };

const deliveries: readonly Delivery[] = [
  { kind: 'message', own: [], ...hello },
  { kind: 'subbed', ...hello },
  { kind: 'direct', ...direct, isKept: false, number: 1, at },
  { kind: 'joined', ...moved },
  { kind: 'left', ...moved },
];

await test('the document shows each reply and each line as the program writes it, and no other', (t) => {
  const written = [...answers.map(answerText), ...deliveries.map(deliveryText)]
    .flatMap((lines) => lines.split('\n'))
    .filter((line) => line !== '');
  const [, shown = ''] = /## Logging in\n([\s\S]*)\n## Receipts\n/.exec(text) ?? [];
  for (const line of written) t.ok(shown.includes(line), line);
  const replies = [...shown.matchAll(/`([^`\n]+)`/g)]
    .map(([, words = '']) => words)
    .filter((words) => /^(\[|#|[A-Z]+: |[A-Z][a-z]+ |\w+ on )/.test(words));
  t.ok(replies.length > 20, 'there are some');
  t.same(
    replies.filter((words) => !written.includes(words)),
    [],
  );
  t.end();
});
