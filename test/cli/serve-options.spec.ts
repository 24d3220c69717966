import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { parseRange } from '../../adapters/address-range.ts';
import { LogArchive } from '../../adapters/log-file/archive.ts';
import { parseServeOptions, serveFlags, type ServeOptions } from '../../cli/serve-options.ts';
import { type Environment, variableOf } from '../../cli/settings.ts';
import { optionsOf, problemsOf } from './parsed-serve-options.ts';

/** What is given of a master key that is in a file. */
const sealedBy = (file: string, make = true) => ({ master: { file, make }, seals: true });
/** What a server is given that was told nothing of browsers. */
const firstFree = (port: number) => ({ port, portMax: 8_542 });

await test('without a word, one server for this machine on the embedded store', async (t) => {
  t.strictSame(optionsOf({}), {
    servers: [{ name: '127.0.0.1-1222', host: '127.0.0.1', port: 1222, web: firstFree(8443) }],
    web: { allowedOrigins: [] },
    store: { kind: 'embedded', dir: './data', sealing: sealedBy('data/master.key') },
    checkpoints: {},
    certificates: { dir: './certs', names: [] },
    tlsMin: 'TLSv1.3',
    demo: false,
    registration: 'open',
    messagesPerSecond: 1_000,
    logLevel: 'info',
  });
});

await test('every flag is an environment variable too, and counts before it', async (t) => {
  const values: Environment = {
    SECURECHAT_HOST: 'localhost',
    SECURECHAT_PORT: '1300, 1301',
    SECURECHAT_NAME: 'chat',
    SECURECHAT_WEB_PORT: '1443,0',
    SECURECHAT_WEB_URL: 'https://chat.example, https://CHAT.example:444/',
    SECURECHAT_ALLOWED_ORIGIN: 'http://localhost:5173',
    SECURECHAT_METRICS_FROM: '10.0.0.0/8',
    SECURECHAT_DATA: '/elsewhere',
    SECURECHAT_PARTITIONS: '8',
    SECURECHAT_MASTER_KEY_FILE: '/run/secrets/master-key',
    SECURECHAT_SEAL: 'on',
    SECURECHAT_CERT: 'package.json',
    SECURECHAT_KEY: 'tsconfig.json',
    SECURECHAT_TLS_MIN: '1.2',
    SECURECHAT_DEMO: '1',
    SECURECHAT_REGISTRATION: 'closed',
    SECURECHAT_MESSAGES_PER_SECOND: '5000',
    SECURECHAT_LOG_LEVEL: 'warn',
    SECURECHAT_AUDIT_KEY_FILE: '/run/secrets/audit-key',
    SECURECHAT_CHECKPOINTS: '/checkpoints',
    SECURECHAT_CHECKPOINT_WITHIN: '3',
    SECURECHAT_RETAIN: '90d',
    SECURECHAT_ARCHIVE: '/archive',
  };
  const fromEnvironment: ServeOptions = {
    servers: [
      {
        name: 'chat-1300',
        host: 'localhost',
        port: 1300,
        web: { port: 1443, url: 'https://chat.example' },
      },
      { name: 'chat-1301', host: 'localhost', port: 1301 },
    ],
    web: {
      allowedOrigins: ['http://localhost:5173'],
      metricsReaders: [parseRange('10.0.0.0/8') ?? []].flat(),
    },
    store: {
      kind: 'embedded',
      dir: '/elsewhere',
      partitions: 8,
      sealing: sealedBy('/run/secrets/master-key', false),
    },
    certificates: { certFile: 'package.json', keyFile: 'tsconfig.json' },
    tlsMin: 'TLSv1.2',
    demo: true,
    registration: 'closed',
    messagesPerSecond: 5_000,
    checkpoints: {
      keyFile: '/run/secrets/audit-key',
      checkpoints: '/checkpoints',
      withinMs: 3_000,
    },
    trimming: { days: 90, archive: new LogArchive('/archive') },
    logLevel: 'warn',
  };
  t.strictSame(optionsOf({}, values), fromEnvironment);
  const web = { webPort: ['0'], webUrl: ['https://one.example'] };
  const flags = {
    port: ['1400'],
    ...web,
    data: '/here',
    tlsMin: '1.3',
    demo: true,
    logLevel: 'debug',
  };
  t.strictSame(optionsOf(flags, values), {
    ...fromEnvironment,
    servers: [{ name: 'chat', host: 'localhost', port: 1400 }],
    store: { ...fromEnvironment.store, dir: '/here' },
    tlsMin: 'TLSv1.3',
    logLevel: 'debug',
  });
  t.strictSame(optionsOf({ registration: 'open' }, { ...values, SECURECHAT_NAME: '' }).servers, [
    { ...fromEnvironment.servers[0], name: 'localhost-1300' },
    { ...fromEnvironment.servers[1], name: 'localhost-1301' },
  ]);
});

await test('Redis closes registration, unless told otherwise', async (t) => {
  const url = 'redis://127.0.0.1:6379';
  const store = { kind: 'redis', url, acceptLoss: false };
  t.match(optionsOf({ redis: url }), { store, registration: 'closed' });
  t.match(optionsOf({}, { SECURECHAT_REDIS: url }), { store });
  t.match(optionsOf({ registration: 'open' }, { REDIS_URL: url }), { store, registration: 'open' });
  t.match(optionsOf({ acceptLoss: true }, { REDIS_URL: url }), {
    store: { acceptLoss: true },
  });
});

await test('a URL with a password is taken from the environment or a file, never an argument', async (t) => {
  const url = 'rediss://chat:s3cret@redis.example:6380/1';
  const file = join(t.testdir(), 'redis-url');
  writeFileSync(file, `${url}\n`);
  t.match(optionsOf({}, { REDIS_URL: url }), { store: { url } });
  t.match(optionsOf({}, { SECURECHAT_REDIS_FILE: file }), { store: { url } });
  for (const redis of [url, 'redis://redis.example?password=s3cret']) {
    const problems = problemsOf({ redis });
    t.match(problems, [/^--redis holds a password, and arguments can be read by everybody/]);
    t.notMatch(problems, [/s3cret/]);
  }
});

await test('texts are sealed where there is a master key, unless that is not wanted', async (t) => {
  const redis = 'redis://a';
  t.equal(optionsOf({ redis }).store.sealing, undefined);
  t.strictSame(
    optionsOf({ redis, masterKeyFile: 'm.key' }).store.sealing,
    sealedBy('m.key', false),
  );
  const env = { SECURECHAT_MASTER_KEY: 'a key' };
  t.match(optionsOf({ redis }, env).store.sealing, { master: { text: 'a key' }, seals: true });
  t.match(optionsOf({ seal: 'off' }, env).store.sealing, {
    master: { text: 'a key' },
    seals: false,
  });
  t.match(problemsOf({ redis, seal: 'on' }), [
    /^To seal .* a log in Redis needs --master-key-file/,
  ]);
  t.match(problemsOf({ masterKeyFile: 'm.key' }, env), [
    'One master key can be used, but --master-key-file and SECURECHAT_MASTER_KEY are given.',
  ]);
  t.match(problemsOf({ seal: 'perhaps' }), [/^--seal should be one of on, off, not "perhaps"/]);
});

await test('a flag for one store makes void what the environment says of the other', async (t) => {
  const env = { REDIS_URL: 'redis://127.0.0.1', SECURECHAT_DATA: 'd' };
  t.match(optionsOf({ data: './mine' }, env), { store: { kind: 'embedded', dir: './mine' } });
  t.match(problemsOf({}, env), [
    'Only one store can be used, but REDIS_URL and SECURECHAT_DATA are given.',
  ]);
  t.match(problemsOf({ redis: 'redis://a', data: 'b' }), [/--redis and --data are given/]);
  t.match(optionsOf({ redis: 'redis://a' }, { REDIS_URL: 'redis://b' }), {
    store: { url: 'redis://a' },
  });
});

await test('everything that is wrong is told at once, and where it was given', async (t) => {
  const flags = {
    host: 'a_b',
    port: ['x', '0', '5', '5'],
    name: 'a:b',
    tlsMin: '1.1',
    cert: 'c.pem',
    certs: 'dir',
    demo: true,
  };
  const env = {
    SECURECHAT_REDIS_FILE: '/does/not/exist',
    SECURECHAT_REGISTRATION: 'ajar',
    SECURECHAT_PARTITIONS: '1.5',
    SECURECHAT_MESSAGES_PER_SECOND: '-1',
    SECURECHAT_LOG_LEVEL: 'loud',
    SECURECHAT_ACCEPT_LOSS: 'perhaps',
  };
  const problems = problemsOf(flags, env);
  for (const expected of [
    /^SECURECHAT_PARTITIONS should be a whole number from 1 to 256, not "1.5"\.$/,
    /^SECURECHAT_ACCEPT_LOSS should be 1 or 0, not "perhaps"\.$/,
    /^The file \/does\/not\/exist, named by SECURECHAT_REDIS_FILE, cannot be read \(no such file or directory\)\.$/,
    /^--host should be an address such as .*, not "a_b"\.$/,
    /^--port should be a whole number from 1 to 65535, not "x"\.$/,
    /^--port should be a whole number from 1 to 65535, not "0"\.$/,
    /^Each port can be listened on once, but 5 is given twice\.$/,
    /^--name should be 1 to 63 letters, digits, dots, - and _, not "a:b"\.$/,
    /^--cert and --key belong together, but only --cert is given\.$/,
    /^A certificate comes from --certs or from --cert: give one of them\.$/,
    /^--tls-min should be one of 1\.3, 1\.2, not "1\.1"\.$/,
    /^Everybody knows the passwords of the demo accounts, .* not on a_b: drop --demo or --host\.$/,
    /^SECURECHAT_REGISTRATION should be one of open, closed, not "ajar"\.$/,
    /^SECURECHAT_MESSAGES_PER_SECOND should be a whole number from 1 to 1000000, not "-1"\.$/,
    /^SECURECHAT_LOG_LEVEL should be one of .*, not "loud"\.$/,
  ]) {
    t.ok(
      problems.some((problem) => expected.test(problem)),
      String(expected),
    );
  }
  t.ok(problems.includes('Cannot read c.pem, given as --cert: no such file or directory.'));
  t.equal(problems.length, 16, problems.join('\n'));
});

await test('what is no URL of a Redis is refused without being repeated', async (t) => {
  for (const url of ['s3cret', 'http://:s3cret@host', 'redis://']) {
    const problems = problemsOf({}, { REDIS_URL: url });
    t.match(problems, [/^REDIS_URL: .* redis:\/\/\[user:password@\]host/]);
    t.notMatch(problems, [/s3cret/]);
  }
});

await test('the log is kept for a number of days, or for ever', async (t) => {
  t.strictSame(optionsOf({ retain: '1d' }).trimming, { days: 1 });
  t.equal(optionsOf({}).trimming, undefined);
  for (const retain of ['0d', '90', '36501d', '1h', 'forever', '-1d'])
    t.match(problemsOf({ retain }), [/^--retain should be a number of days from 1d to 36500d/]);
  t.match(problemsOf({ archive: './archive' }), [/--retain has to say what is old/]);
});

await test('a variable that is unknown, or has no effect, gets a warning', async (t) => {
  const env = { SECURECHAT_PROT: '1', SECURECHAT_DEBUG: '1' };
  const parsed = parseServeOptions({ acceptLoss: true }, env);
  t.strictSame('warnings' in parsed && parsed.warnings, [
    'The environment variable SECURECHAT_PROT means nothing to serve; it is ignored.',
    '--accept-loss is about Redis; it is ignored here.',
  ]);
  const others = ['user', 'connect', 'password-file', 'redis-server', 'test-tier'];
  const names = [...Object.keys(serveFlags), ...others];
  const all = Object.fromEntries(names.map((name) => [variableOf(name), '']));
  const known = parseServeOptions({}, all);
  t.strictSame('warnings' in known && known.warnings, []);
});
