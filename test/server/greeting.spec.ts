import { deepStrictEqual } from 'node:assert/strict';

import { HasherBusy } from '../../adapters/password-hasher.ts';
import { setSuspended } from '../../server/accounts.ts';
import { scene, scenes } from '../support/chat-harness.ts';

const authRequired = 'AUTH_REQUIRED: LOGIN <user> <pass>';
const refused = ['ERROR: Invalid credentials.', authRequired];

scenes('each demonstration account logs in with its password', async (chat) => {
  for (const [user, password] of [
    ['alice', 'password123'],
    ['bob', 'letmein'],
    ['dave', '123456'],
    ['eve', 'qwerty'],
  ]) {
    const client = await chat.client(0);
    client.send(`LOGIN ${user} ${password}`);
    await client.sees(`SUCCESS: Welcome ${user}. You are in lobby.`);
  }
});

scene('the word LOGIN and the name are read in any case, the password is not', async (chat) => {
  const client = await chat.client(0);
  client.send('LOGIN alice PASSWORD123');
  await client.reads(...refused);
  client.send('lOgIn ALICE password123');
  await client.reads('SUCCESS: Welcome alice. You are in lobby.');
});

scene('an unknown user, a wrong password and a malformed attempt get the same', async (chat) => {
  const client = await chat.client(0);
  for (const attempt of [
    'LOGIN nobody password123',
    'LOGIN alice wrong',
    'LOGIN server password123',
    'LOGIN alice',
    'LOGIN',
    'LOGIN alice password123 please',
    'LOGIN alice password123 TAKEOVER now',
    'hello',
    '/join lobby',
    '/who',
  ]) {
    // Each from an address of its own: failures slow down.
    const one = await chat.client(0);
    one.send(attempt);
    await one.reads(...refused);
    one.vanish();
  }
  client.send('', '  ', '\t');
  client.send('/quit');
  await client.reads('SUCCESS: Goodbye.');
});

scene('an unknown user costs as much work as a wrong password', async (chat) => {
  const { hasher } = chat;
  for (const attempt of ['LOGIN alice wrong', 'LOGIN nobody wrong', 'LOGIN x wrong']) {
    const client = await chat.client(0);
    const { hashes, verifications } = hasher;
    client.send(attempt);
    await client.reads(...refused);
    deepStrictEqual([hasher.hashes - hashes, hasher.verifications - verifications], [0, 1]);
  }
});

scene('before login there is help, and a way out', async (chat) => {
  const client = await chat.client(0);
  client.send('/help', '/help join');
  for (let times = 0; times < 2; times++)
    await client.reads(
      'LOGIN <user> <password>           Log in.',
      'LOGIN <user> <password> TAKEOVER  Log in here and end your other session.',
      'REGISTER <user> <password>        Make an account, where registration is open.',
      '/quit                             Close the connection.',
    );
  client.send('/QUIT');
  await client.reads('SUCCESS: Goodbye.');
  deepStrictEqual(await client.closes(), []);
});

scene('lines that cannot be read are told so before login too', async (chat) => {
  const client = await chat.client(0);
  client.write(Buffer.concat([Buffer.alloc(4097, 'x'), Buffer.from('\n\xff\xfe\n', 'latin1')]));
  await client.reads('ERROR: Line too long (4096 bytes at most).', authRequired);
  await client.reads('ERROR: The line is not UTF-8 text.', authRequired);
  client.send('LOGIN alice password123');
  await client.reads('SUCCESS: Welcome alice. You are in lobby.');
});

scenes('a registration makes an account and logs in', async (chat) => {
  const carol = await chat.client(0);
  carol.send('register Carol correct-horse');
  await carol.reads('SUCCESS: Registered carol.', 'SUCCESS: Welcome carol. You are in lobby.');
  carol.send('/quit');
  await carol.closes();
  const again = await chat.client(1);
  again.send('LOGIN carol correct-horse');
  await again.reads('SUCCESS: Welcome carol. You are in lobby.');
});

scene('each refusal of a registration says why', async (chat) => {
  const client = await chat.client(0);
  const usage = 'ERROR: Usage: REGISTER <user> <password>';
  const password = 'ERROR: A password has 8 to 128 printable characters and no spaces.';
  for (const [typed, answer] of [
    ['REGISTER', usage],
    ['REGISTER carol', usage],
    ['REGISTER carol some password', usage],
    ['REGISTER c password123', name('c')],
    ['REGISTER Subbed password123', reserved('Subbed')],
    [`REGISTER ${'c'.repeat(33)} password123`, name('c'.repeat(33))],
    ['REGISTER carol short77', password],
    [`REGISTER carol ${'x'.repeat(129)}`, password],
    ['REGISTER carol pass\u0007word', password],
    ['REGISTER ALICE password123', 'ERROR: The name alice is taken.'],
  ] as const) {
    client.send(typed);
    await client.reads(answer, authRequired);
  }
});

scene(
  'where registration is closed it is refused',
  async (chat) => {
    const client = await chat.client(0);
    client.send('REGISTER carol password123');
    await client.reads('ERROR: Registration is closed on this server.', authRequired);
    deepStrictEqual(chat.hasher.hashes, 4, 'only the demonstration accounts were hashed');
  },
  { registrationOpen: false },
);

scene('a password is the same however its characters are composed', async (chat) => {
  const carol = await chat.client(0);
  carol.send('REGISTER carol pässwörter'.normalize('NFD'));
  await carol.reads('SUCCESS: Registered carol.', 'SUCCESS: Welcome carol. You are in lobby.');
  const again = await chat.client(1);
  again.send('LOGIN carol pässwörter TAKEOVER'.normalize('NFC'));
  await again.reads('SUCCESS: Welcome carol. You are in lobby.');
});

scene('what is typed behind a login waits for it and belongs to the session', async (chat) => {
  const bob = await chat.login('bob', 1);
  const alice = await chat.client(0);
  alice.write('LOGIN alice password123\nhello\n/receipts on\n');
  await bob.reads('[lobby] Server: alice joined.', '[lobby] alice: hello');
  await alice.reads('SUCCESS: Welcome alice. You are in lobby.', 'SUCCESS: Receipts on.');
});

scene('when too many passwords wait to be checked a login is told when to try', async (chat) => {
  chat.hasher.gate = Promise.reject(new HasherBusy(7));
  chat.hasher.gate.catch(() => {});
  const client = await chat.client(0);
  for (const attempt of ['LOGIN alice password123', 'REGISTER carol password123']) {
    client.send(attempt);
    await client.reads('ERROR: Busy, try again in 7 s.', authRequired);
  }
});

scene('an account that is suspended is told so, once its password is right', async (chat) => {
  const actor = { server: 'tool', incarnation: 0 };
  await setSuspended(chat.server(1), actor, { user: 'alice', suspended: true });
  const client = await chat.client(0);
  client.send('LOGIN alice wrong');
  await client.reads(...refused);
  client.send('LOGIN alice password123');
  await client.reads('ERROR: This account is suspended.', authRequired);
  await setSuspended(chat.server(1), actor, { user: 'alice', suspended: false });
  client.send('LOGIN alice password123');
  await client.reads('SUCCESS: Welcome alice. You are in lobby.');
});

scene('to suspend an account ends its session with a reason', async (chat) => {
  const alice = await chat.login('alice', 0);
  const bob = await chat.login('bob', 1);
  await alice.reads('[lobby] Server: bob joined.');
  const actor = { server: 'tool', incarnation: 0 };
  await setSuspended(chat.server(1), actor, { user: 'alice', suspended: true });
  deepStrictEqual(await alice.closes(), ['ERROR: This account is suspended.']);
  await bob.reads('[lobby] Server: alice left.');
});

const reserved = (typed: string): string =>
  `ERROR: ${typed} is a name that the server speaks in: take another.`;
const name = (typed: string): string =>
  `ERROR: ${typed} is no user name: 2 to 32 letters a-z, digits, - and _.`;
