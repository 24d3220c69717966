import { readFileSync } from 'node:fs';

import { test } from 'tap';

import { acknowledgedMsMax } from '../../adapters/line/line-link.ts';
import * as lmdbQueue from '../../adapters/lmdb/group-commit.ts';
import { outboxBytesMax, outboxStallMsMax } from '../../adapters/outbox.ts';
import { hashesPerNetworkMax, hashQueueMax } from '../../adapters/password-hasher.ts';
import * as redisQueue from '../../adapters/redis/commit-queue.ts';
import {
  strangersMax,
  strangersPerAddressMax,
  turnedAwayPerAddressMax,
} from '../../adapters/strangers.ts';
import { handshakeMsMax } from '../../adapters/tls/tls-door.ts';
import { parseServeOptions } from '../../cli/serve-options.ts';
import { errorCatalogue } from '../../core/error-catalogue.ts';
import {
  historyMessagesDefault,
  historyMessagesMax,
  keptRoomsMax,
  lineBytesMax,
  passwordCharactersMax,
  passwordCharactersMin,
  roomNameCodePointsMax,
  subscriptionsMax,
  textBytesMax,
  userNameCharactersMax,
  userNameCharactersMin,
} from '../../core/limits.ts';
import { erasedTakenMsMax } from '../../server/forgotten-text.ts';
import { historyRecordsMax } from '../../server/history.ts';
import { keptMessagesMax } from '../../server/inbox.ts';
import { messagesInFlightMax } from '../../server/input-turns.ts';
import { loginHeldMsMax, loginMsMax } from '../../server/login-clock.ts';
import { loginDelayMsMax } from '../../server/login-throttle.ts';
import { commandsPerSecondMax } from '../../server/pace.ts';

const text = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8');
const mebibyte = 1_048_576;
const served = parseServeOptions({}, {});
const messagesPerSecond = 'options' in served ? served.options.messagesPerSecond : 0;

/** The numbers in a row, in their order: those of the limit, and those of what is past it. */
const limits: Readonly<Record<string, readonly number[]>> = {
  'a line': [lineBytesMax],
  'a text': [textBytesMax],
  messages: [messagesPerSecond],
  'other commands, `/help` and what is no command aside': [commandsPerSecondMax],
  'messages under way': [messagesInFlightMax],
  subscriptions: [subscriptionsMax],
  'rooms that an account keeps (WebSocket)': [keptRoomsMax],
  'direct messages that a login shows': [keptMessagesMax],
  'connections that have not logged in': [
    strangersPerAddressMax,
    strangersMax,
    503,
    turnedAwayPerAddressMax,
  ],
  "a room's events that `/history` looks back over": [historyRecordsMax],
  'what waits for a slow client': [
    outboxBytesMax / mebibyte,
    outboxStallMsMax / 1_000,
    erasedTakenMsMax / 1_000,
  ],
  'passwords waiting to be checked': [hashQueueMax, hashesPerNetworkMax],
  'what waits for the store': [redisQueue.queuedCommitsMax, redisQueue.queuedBytesMax / mebibyte],
};

await test('the table of limits has the numbers of the program, and errors that there are', (t) => {
  const [, table = ''] = /\| what \| limit \| past it \|\n.*\n((?:\|.*\n)+)/.exec(text) ?? [];
  const rows = [...table.matchAll(/^\| (.+?) \| (.+) \|$/gm)];
  const documented = rows.map(([, what = '', rest = '']) => [what, numbersIn(rest)]);
  t.same(Object.fromEntries(documented), limits);
  for (const [, code = ''] of table.matchAll(/`([A-Z]\w+)`/g))
    t.ok(Object.hasOwn(errorCatalogue, code), code);
  t.equal(lmdbQueue.queuedJobsMax, redisQueue.queuedCommitsMax, 'as much waits for either store');
  t.equal(lmdbQueue.queuedBytesMax, redisQueue.queuedBytesMax);
  t.end();
});

await test('what the text says of times and names are the numbers of the program', (t) => {
  const prose = text.replaceAll(/\s+/g, ' ');
  for (const words of [
    `A handshake has ${handshakeMsMax / 1_000} seconds.`,
    `a client has ${loginMsMax / 1_000} seconds to log in`,
    `for ${loginHeldMsMax / 60_000} minutes in all`,
    `after ${loginDelayMsMax / 1_000} seconds at most`,
    `${historyMessagesDefault} messages unless told otherwise, ${historyMessagesMax} at most`,
    `${userNameCharactersMin} to ${userNameCharactersMax} of \`a-z`,
    `1 to ${roomNameCodePointsMax} letters`,
    `${passwordCharactersMin} to ${passwordCharactersMax} printable characters`,
    `at most ${textBytesMax} bytes of UTF-8`,
  ])
    t.ok(prose.includes(words), words);
  t.ok(prose.includes('connected for another half an hour'));
  t.equal(acknowledgedMsMax, 30 * 60_000);
  t.end();
});

function numbersIn(words: string): readonly number[] {
  return [...words.matchAll(/\d[\d,]*/g)].map(([digits]) => Number(digits.replaceAll(',', '')));
}
