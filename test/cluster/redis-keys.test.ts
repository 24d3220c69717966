import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Test, test } from 'tap';
import { runCli } from '../cli/cli-process.ts';
import { type RedisCluster, startRedisCluster } from './cluster.ts';
import { greeting, welcome } from './words.ts';

/** All that is typed as a password below, where it is none too. */
const typed = {
  first: 'first-s3cret',
  second: 'second-s3cret',
  wrong: 'wrong-s3cret',
  refused: 'refused-s3cret',
  pasted: 'pasted-s3cret',
  added: 'added-s3cret',
};

for (const partitions of [1, 8]) {
  await test(`what is in Redis is documented, and no password or hash is in a stream (partitions: ${partitions})`, async (t) => {
    await using cluster = await startRedisCluster({ partitions, registration: 'open' });
    await use(t, cluster);
    const found = await dump(cluster);
    const documented = documentedKeys();
    t.strictSame(
      found.filter((entry) => !documented.some((isMeant) => isMeant(entry))),
      [],
      'each key is listed in docs/redis-keys.md, with its type',
    );
    t.equal(found.filter(({ key }) => key.endsWith(':log')).length, partitions);
    const secrets = [...Object.values(typed), 'password123', 'letmein', 'qwerty'];
    for (const { key, content } of found) {
      const passwords = secrets.filter((secret) => content.includes(secret));
      t.strictSame(passwords, [], `no password in ${key}`);
      const isForHashes = key.endsWith(':credentials');
      t.equal(content.includes('$argon2id$'), isForHashes, `hashes in ${key}: ${isForHashes}`);
    }
    const said = [0, 1].map((server) => Object.values(cluster.process(server).output)).join();
    const told = [...Object.values(typed), '$argon2id$'].filter((secret) => said.includes(secret));
    t.strictSame(told, [], 'nor in what the servers say');
  });
}

/** Leaves traces of everything that a chat keeps. */
async function use(t: Test, cluster: RedisCluster): Promise<void> {
  const { first, second, wrong, refused, pasted, added } = typed;
  const bob = await cluster.login('bob', 1);
  const carol = await cluster.client(0);
  carol.send(`LOGIN carol ${wrong}`);
  await carol.reads('ERROR: Invalid credentials.', greeting);
  carol.send(`REGISTER carol ${first}`);
  await carol.reads('SUCCESS: Registered carol.', welcome('carol'));
  carol.send(`LOGIN carol ${pasted}`, `/passwd ${wrong} ${refused}`, `/passwd ${first} ${second}`);
  await carol.sees('SUCCESS: Password changed.');
  carol.send('hello', '/join Café', '/subscribe bob', '/msg bob hello', '/msg alice later');
  await carol.sees('SUCCESS: Sent to alice.');
  bob.send('hello carol');
  await carol.sees('[Subbed] bob: hello carol');
  const other = await cluster.client(1);
  other.send(`REGISTER carol ${refused}`);
  await other.reads('ERROR: The name carol is taken.', greeting);
  other.send(`LOGIN carol ${second} TAKEOVER`);
  await other.reads(welcome('carol'));
  const user = await runCli(['user', 'add', 'frank'], {
    cwd: t.testdir(),
    env: { REDIS_URL: cluster.redis.url },
    input: `${added}\n`,
  });
  t.equal(user.code, 0, user.stderr);
  await cluster.login('alice', 0);
  await cluster.process(0).kill9();
  await cluster.process(0).restart();
  await bob.sees('[lobby] Server: alice left.');
}

interface Found {
  readonly key: string;
  readonly type: string;
  /** Everything in it, as JSON. */
  readonly content: string;
}

async function dump({ redis }: RedisCluster): Promise<readonly Found[]> {
  const keys = (await redis.command('KEYS', '*')) as readonly string[];
  const found: Found[] = [];
  for (const key of keys.toSorted()) {
    const type = String(await redis.command('TYPE', key));
    const content = await contentOf(redis, key, type);
    if (content !== null) found.push({ key, type, content: JSON.stringify(content) });
  }
  return found;
}

/** Null for one that has expired meanwhile. */
async function contentOf(redis: RedisCluster['redis'], key: string, type: string) {
  switch (type) {
    case 'stream':
      return [
        await redis.command('XRANGE', key, '-', '+'),
        await redis.command('XINFO', 'GROUPS', key),
      ];
    case 'hash':
      return redis.command('HGETALL', key);
    case 'string':
      return redis.command('GET', key);
    case 'none':
      return null;
    default:
      throw new Error(`${key} is a ${type}`);
  }
}

/** Whether a key is one of those in the document's table, for each row of it. */
function documentedKeys(): readonly ((found: Found) => boolean)[] {
  const text = readFileSync(`${projectFolder()}/docs/redis-keys.md`, 'utf8');
  return [...text.matchAll(/^\| `(sc:\S+)` \| (\w+) \|/gm)].map(([, name = '', type]) => {
    const pattern = name
      .replaceAll(/[{}]/g, '\\$&')
      .replace('\\{p\\}', '\\{\\d+\\}')
      .replaceAll(/<\w+>/g, '.+');
    const whole = new RegExp(`^${pattern}$`, 'u');
    return (found: Found) => whole.test(found.key) && found.type === type;
  });
}

/** This file runs compiled, a level deeper than it stands. */
function projectFolder(): string {
  return dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
}
