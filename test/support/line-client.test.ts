import { readFileSync } from 'node:fs';
import { test } from 'tap';
import { errorCatalogue } from '../../core/error-catalogue.ts';
import { type HistoryEvent, HistoryList } from '../checker/history.ts';
import { connect, type LineClient, type LineClientOptions } from './line-client.ts';
import {
  type ScriptedConnection,
  type ScriptedLineServer,
  startScriptedLineServer,
} from './scripted-line-server.ts';
import { readServerLine } from './server-line.ts';
import { until } from './until.ts';

const welcome = 'SUCCESS: Welcome alice. You are in lobby.';

interface Pair extends AsyncDisposable {
  readonly client: LineClient;
  readonly server: ScriptedConnection;
  readonly history: HistoryList;
}

/** A client, and the other end of its connection, which the test speaks by hand. */
async function connected(
  script: ScriptedLineServer,
  options: Partial<LineClientOptions> = {},
): Promise<Pair> {
  const history = new HistoryList('alice');
  const ca = readFileSync(script.caFile);
  const client = await connect({ port: script.port, ca, history, ...options });
  return {
    client,
    history,
    server: await script.connection(),
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

/** The same, logged in and with receipts. */
async function loggedIn(script: ScriptedLineServer): Promise<Pair> {
  const pair = await connected(script);
  const { client, server } = pair;
  const login = client.login('alice', 'password123').then(() => client.receipts());
  await server.logsIn('alice', 'password123');
  await login;
  return pair;
}

const kinds = ({ events }: HistoryList): readonly string[] => events.map(({ kind }) => kind);

const last = ({ events }: HistoryList): HistoryEvent | undefined => events.at(-1);

const kindOf = (code: keyof typeof errorCatalogue): unknown =>
  readServerLine(`ERROR: ${errorCatalogue[code]}`);

await test('the line client', async (suite) => {
  await using script = await startScriptedLineServer(suite.testdir());

  await suite.test('records its login, and never the password', async (t) => {
    const { client, server, history } = await connected(script);
    const login = client.tryLogin('alice', 'password123', { takeover: true });
    await server.reads('LOGIN alice password123 TAKEOVER');
    server.send(welcome);
    t.equal(await login, welcome);
    t.has(client, { user: 'alice', room: 'lobby' });
    t.strictSame(kinds(history), ['opened', 'line', 'login', 'welcome']);
    t.notMatch(JSON.stringify(history.events), /password123/);
    await client[Symbol.asyncDispose]();
    t.has(last(history), { kind: 'closed', reason: 'cut off by the client', complete: false });
  });

  await suite.test('tells why a login was refused, and tries again', async (t) => {
    await using pair = await connected(script);
    const { client, server } = pair;
    const refused = client.login('alice', 'wrong-password');
    await server.reads('LOGIN alice wrong-password');
    server.send('ERROR: User already logged in elsewhere.', 'AUTH_REQUIRED: LOGIN <user> <pass>');
    server.send('To end the other session: LOGIN <user> <pass> TAKEOVER');
    await t.rejects(refused, /login as alice was answered: ERROR: User already logged in/);
    const login = client.login('alice', 'password123');
    await server.reads('LOGIN alice password123');
    server.send(welcome);
    await login;
  });

  await suite.test(
    'gives each message its own answer, however they mix with other lines',
    async (t) => {
      await using pair = await loggedIn(script);
      const { client, server, history } = pair;
      const outcomes = ['one', 'two', '/three', 'four'].map((text) => client.say(text));
      await server.reads('one', 'two', '//three', 'four');
      server.send(
        'STORED lobby epoch 4',
        '[lobby] bob: hi',
        `ERROR: ${errorCatalogue.Unavailable}`,
      );
      server.send('[lobby] Server: carol joined.', `ERROR: ${errorCatalogue.OutcomeUnknown}`);
      server.send(`ERROR: ${errorCatalogue.ServerStopping}`, 'STORED lobby epoch 9');
      t.match(await Promise.all(outcomes), [
        { status: 'ok', room: 'lobby', epoch: 'epoch', number: 4 },
        { status: 'error', text: /^ERROR: Not stored/ },
        { status: 'unknown', text: /^ERROR: Not confirmed/ },
        { status: 'ok', room: 'lobby', epoch: 'epoch', number: 9 },
      ]);
      t.match(history.events.slice(-11), [
        { kind: 'invoke', message: 1, room: 'lobby', text: 'one' },
        { kind: 'invoke', message: 2 },
        { kind: 'invoke', message: 3, text: '/three' },
        { kind: 'invoke', message: 4 },
        { kind: 'ok', message: 1, number: 4 },
        { kind: 'message', room: 'lobby', user: 'bob', text: 'hi' },
        { kind: 'error', message: 2 },
        { kind: 'entered', room: 'lobby', user: 'carol' },
        { kind: 'unknown', message: 3 },
        { kind: 'line', line: /stopping/ },
        { kind: 'ok', message: 4, number: 9 },
      ]);
    },
  );

  await suite.test('knows what is unknown when the connection breaks', async (t) => {
    const { client, server, history } = await loggedIn(script);
    const outcome = client.say('in flight');
    await server.reads('in flight');
    server.vanish();
    t.match(await outcome, { status: 'unknown', text: /^the connection is over: / });
    t.match(await client.closed, /closed by the server|ECONNRESET/);
    t.strictSame(kinds(history).slice(-3), ['invoke', 'unknown', 'closed']);
    t.throws(() => client.say('too late'), /not sent, the connection is over/);
    await t.rejects(client.send('too late'), /not sent/);
    await t.rejects(client.command('/who'), /not sent/);
    await t.rejects(client.expect('anything'), /the connection is over/);
    t.strictSame(kinds(history).slice(-3), ['invoke', 'unknown', 'closed'], 'nothing is added');
  });

  await suite.test('says nothing while it does not know in which room it is', async (t) => {
    await using pair = await loggedIn(script);
    const { client, server, history } = pair;
    const join = client.join('IITKGP');
    t.throws(() => client.say('where am I'), /depends on a \/join/);
    await server.reads('/join IITKGP');
    server.send('SUCCESS: Joined IITKGP');
    await join;
    t.equal(client.room, 'IITKGP');
    const outcome = client.say('here');
    t.has(last(history), { kind: 'invoke', room: 'IITKGP', text: 'here' });
    server.send('STORED IITKGP epoch 1');
    t.has(await outcome, { status: 'ok' });
    const refused = client.join('a:b');
    server.send('ERROR: a:b is no room name');
    await t.rejects(refused, /no room name/);
    t.equal(client.room, 'IITKGP');
  });

  await suite.test('records what it is shown, and receipts that answer nothing', async (t) => {
    await using pair = await loggedIn(script);
    const { client, server, history } = pair;
    server.send('[Subbed] bob: away', '[DM] bob: psst', '[A.b] Server: bob left.');
    server.send('[lobby] bob: [x] y: z', 'STORED lobby epoch 1', 'In lobby: alice', 'the end');
    await client.expect('the end');
    t.match(history.events.slice(-7), [
      { kind: 'subbed', user: 'bob', text: 'away' },
      { kind: 'direct', user: 'bob', text: 'psst' },
      { kind: 'left', room: 'A.b', user: 'bob' },
      { kind: 'message', room: 'lobby', user: 'bob', text: '[x] y: z' },
      { kind: 'stray', line: 'STORED lobby epoch 1' },
      { kind: 'line', line: 'In lobby: alice' },
      { kind: 'line', line: 'the end' },
    ]);
  });

  await suite.test('expects lines one after another, and tells what came instead', async (t) => {
    await using pair = await loggedIn(script);
    const { client, server } = pair;
    server.send('a1', 'b', 'a2');
    const first = await client.expect(/^a/);
    t.equal(first.text, 'a1');
    t.ok(first.at <= performance.now());
    t.equal((await client.expect(/^a/)).text, 'a2', 'b was passed');
    await t.rejects(client.expect('b', 50), /waited 50 ms for the line b \(unread: 0/);
    server.send('c');
    await t.rejects(client.expect('b', 50), /unread: 1, the last \["c"\]/);
  });

  await suite.test('holds no more than the last lines, whatever it is sent', async (t) => {
    await using pair = await loggedIn(script);
    const { client, server } = pair;
    const before = client.received;
    for (let number = 0; number < 20_000; number++) server.send(`[lobby] bob: ${number}`);
    const bound = { what: 'all lines to arrive', withinMs: 10_000 };
    await until(() => client.received - before === 20_000, bound);
    await t.rejects(client.expect('[lobby] bob: 0', 50), /lines were dropped unread/);
    t.equal((await client.expect('[lobby] bob: 19999')).text, '[lobby] bob: 19999');
  });

  await suite.test('ends in good order, and says whether it had everything', async (t) => {
    const { client, history } = await loggedIn(script);
    await client.close({ complete: true });
    t.has(last(history), { kind: 'closed', reason: 'closed by the client', complete: true });
    t.notOk(client.isOpen);
  });

  await suite.test('without line ends sends each line as one record', async (t) => {
    await using pair = await connected(script, { lineEnds: false });
    const { client, server } = pair;
    const records: string[] = [];
    server.stream.on('data', (chunk: Buffer) => records.push(chunk.toString()));
    const lines = ['LOGIN alice password123', '/join IITKGP', '/who', '/rooms', 'é'];
    await Promise.all(lines.map((line) => client.send(line)));
    const bound = { what: 'all records to arrive', withinMs: 5_000 };
    await until(() => records.join('').length === lines.join('').length, bound);
    t.strictSame(records, lines);
  });

  await suite.test('hides no damage: bytes that are no text end the connection', async (t) => {
    const { client, server, history } = await loggedIn(script);
    server.write(Buffer.from([0x5b, 0xff, 0x0a]));
    t.match(await client.closed, /what was received cannot be read/);
    t.match(last(history), { kind: 'closed', reason: /cannot be read/ });
  });
});

await test('a server that nobody vouches for is not trusted', async (t) => {
  await using script = await startScriptedLineServer(t.testdir());
  await using other = await startScriptedLineServer(t.testdir({ other: {} }));
  const ca = readFileSync(other.caFile);
  await t.rejects(connect({ port: script.port, ca }), /certificate|signature/i);
});

await test("the client tells the server's errors apart by its words", async (t) => {
  t.strictSame(kindOf('OutcomeUnknown'), { kind: 'error', outcome: 'unknown' });
  const unasked = ['TakenOver', 'SessionEnded', 'ServerStopping', 'ServerRestarted'] as const;
  for (const code of [...unasked, 'SlowReader', 'LoginTimedOut', 'ContinuityBroken'] as const)
    t.strictSame(kindOf(code), { kind: 'notice' }, code);
  for (const code of ['Unavailable', 'TooManyMessages', 'NotInAnyRoom', 'InternalError'] as const)
    t.strictSame(kindOf(code), { kind: 'error', outcome: 'refused' }, code);
});
