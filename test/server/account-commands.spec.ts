import { deepStrictEqual } from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';

import type { PasswordHasher } from '../../adapters/password-hasher.ts';
import { historyMessagesMax } from '../../core/limits.ts';
import { setPassword } from '../../server/accounts.ts';
import { scene, scenes } from '../support/chat-harness.ts';

scenes('a password is changed for the next login', async (chat) => {
  const bob = await chat.login('bob', 0);
  for (const [typed, answer] of [
    ['/passwd', 'ERROR: Usage: /passwd <old> <new>'],
    ['/passwd letmein', 'ERROR: Usage: /passwd <old> <new>'],
    ['/passwd letmein new password', 'ERROR: Usage: /passwd <old> <new>'],
    [
      '/passwd letmein short77',
      'ERROR: A password has 8 to 128 printable characters and no spaces.',
    ],
    ['/passwd wrong correct-horse', 'ERROR: That is not your password.'],
    ['/passwd letmein correct-horse', 'SUCCESS: Password changed.'],
  ] as const) {
    bob.send(typed);
    await bob.reads(answer);
  }
  bob.send('/quit');
  await bob.closes();
  const again = await chat.client(1);
  again.send('LOGIN bob letmein');
  await again.sees('ERROR: Invalid credentials.');
  again.send('LOGIN bob correct-horse');
  await again.sees('SUCCESS: Welcome bob. You are in lobby.');
  deepStrictEqual((await credentialsOf(chat.log.credentials, 'bob')).length, 1);
});

scene('a password with older parameters is hashed again at login', async (chat) => {
  const server = chat.server(0);
  chat.hasher.needsRehash = () => true;
  const before = await credentialsOf(chat.log.credentials, 'alice');
  const alice = await chat.login('alice', 0);
  await alice.isServed();
  const after = await credentialsOf(chat.log.credentials, 'alice');
  deepStrictEqual([before.length, after.length], [1, 1]);
  deepStrictEqual(before[0] === after[0], false);
  deepStrictEqual(server.log.level, 'error');
  await alice.seesNothing();
});

for (const reason of ['reset', 'rehash'] as const) {
  const isIn = reason === 'rehash';
  const becomes = isIn ? 'hashed anew, and lets in' : 'replaced, and keeps out';
  scenes(`while a login checks a password it may be ${becomes}`, async (chat) => {
    const { isChecked, goOn } = holdNextCheck(chat.hasher);
    const bob = await chat.client(0);
    bob.send('LOGIN bob letmein TAKEOVER');
    await isChecked;
    const server = chat.server(1);
    const actor = { server: server.options.name, incarnation: server.incarnation };
    const password = isIn ? 'letmein' : 'correct-horse';
    deepStrictEqual(await setPassword(server, actor, { user: 'bob', password, reason }), undefined);
    goOn();
    await bob.sees(
      isIn ? 'SUCCESS: Welcome bob. You are in lobby.' : 'ERROR: Invalid credentials.',
    );
  });
}

/** The next password that is checked is held when its hash was found to fit, or not to. */
function holdNextCheck(hasher: PasswordHasher): {
  readonly isChecked: Promise<unknown>;
  readonly goOn: () => void;
} {
  const gate = new EventEmitter();
  const verify = hasher.verify.bind(hasher);
  hasher.verify = async (...args) => {
    hasher.verify = verify;
    const isRight = await verify(...args);
    const isLetGo = once(gate, 'letGo');
    gate.emit('checked');
    await isLetGo;
    return isRight;
  };
  return { isChecked: once(gate, 'checked'), goOn: () => gate.emit('letGo') };
}

scenes('history shows the last messages of the room one is in', async (chat) => {
  const alice = await chat.join('alice', 0, 'Attic');
  alice.send('/history');
  await alice.reads('Nothing has been said in Attic.');
  alice.send(...Array.from({ length: 30 }, (_, number) => `number ${number}`));
  alice.send('/history 2', '/history');
  const two = await shown(alice, 2);
  deepStrictEqual(two, ['#30 alice: number 28', '#31 alice: number 29']);
  const twenty = await shown(alice, 20);
  deepStrictEqual([twenty[0], twenty[19]], ['#12 alice: number 10', '#31 alice: number 29']);
  const bob = await chat.join('bob', 1, 'attic');
  bob.send('/history 200');
  deepStrictEqual((await shown(bob, 30)).length, 30);
  bob.send('/join lobby', '/history');
  await bob.reads('SUCCESS: Joined lobby', 'Nothing has been said in lobby.');
});

scene('history is bounded', async (chat) => {
  const alice = await chat.login('alice', 0);
  for (const asked of ['0', '201', '-1', '1.5', 'x', '1 2', '99999']) {
    alice.send(`/history ${asked}`);
    await alice.reads('ERROR: Usage: /history [n]');
  }
  alice.send(...Array.from({ length: historyMessagesMax + 1 }, () => 'x'.repeat(3_800)));
  alice.send(`/history ${historyMessagesMax}`);
  deepStrictEqual((await shown(alice, historyMessagesMax)).length, historyMessagesMax);
  await alice.seesNothing();
});

scene('a session is described by its server, its time and its room', async (chat) => {
  const alice = await chat.login('alice', 1);
  alice.send('/sessions', '/join attic', '/sessions', '/sessions all');
  const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`;
  await alice.seesMatching(new RegExp(`^alice on server-1 since ${time}, in lobby$`));
  await alice.reads('SUCCESS: Joined attic');
  await alice.seesMatching(new RegExp(`^alice on server-1 since ${time}, in attic$`));
  await alice.reads('ERROR: Usage: /sessions');
});

scene('help lists every command, or shows one', async (chat) => {
  const alice = await chat.login('alice', 0);
  alice.send('/help', '/help /JOIN', '/help foo', '/help \u001b[31mfoo');
  const { before } = await alice.seesMatching(/^Any other line is a message/);
  deepStrictEqual(
    before.map((line) => line.split(' ')[0]),
    '/join /rooms /who /subscribe /unsubscribe /subscriptions /msg /history /passwd /sessions /receipts /help /logout /quit'.split(
      ' ',
    ),
  );
  await alice.reads('/join <room>  Go to a room; you leave the one you are in.');
  await alice.reads('ERROR: Unknown command /foo. Try /help.');
  await alice.reads('ERROR: Unknown command /foo. Try /help.');
});

scenes('/logout and /quit say goodbye and close', async (chat) => {
  for (const command of ['/logout', '/quit', '/LogOut']) {
    const alice = await chat.login('alice', 0);
    alice.send(`${command} now`, command, 'not said any more');
    await alice.reads(`ERROR: Usage: ${command.toLowerCase()}`, 'SUCCESS: Goodbye alice.');
    deepStrictEqual(await alice.closes(), []);
  }
  deepStrictEqual(chat.records('MessagePosted').length, 0);
  deepStrictEqual(
    chat.records('SessionClosed').map(({ event }) => 'reason' in event.data && event.data.reason),
    ['logout', 'logout', 'logout'],
  );
});

async function shown(client: Parameters<typeof lines>[0], howMany: number): Promise<string[]> {
  await client.seesMatching(new RegExp(`^The last ${howMany} of \\w+:$`));
  return lines(client, howMany);
}

/** History lines, without their times. */
async function lines(
  client: { seesMatching(pattern: RegExp): Promise<{ readonly line: string }> },
  howMany: number,
): Promise<string[]> {
  const found: string[] = [];
  while (found.length < howMany) {
    const { line } = await client.seesMatching(/^#\d+ \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ /);
    found.push(line.replace(/ \S+Z /, ' '));
  }
  return found;
}

async function credentialsOf(
  credentials: { list(): AsyncIterable<{ readonly user: string; readonly id: string }> },
  user: string,
): Promise<string[]> {
  const ids: string[] = [];
  for await (const credential of credentials.list())
    if (credential.user === user) ids.push(credential.id);
  return ids;
}
