import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'tap';

import { readCheckpoints } from '../../adapters/audit/checkpoint-folder.ts';
import { auditLog } from '../../adapters/audit/log-audit.ts';
import { newSigningKey } from '../../adapters/audit/signing-key.ts';
import { lookIntoRedis } from '../../adapters/redis/stored-log.ts';
import { openRedis } from '../../adapters/redis/event-store.ts';
import type { Writer } from '../../core/event-store.ts';
import { auditStream } from '../../core/stream.ts';
import { count, reportCount } from '../counts.ts';
import { commitTo, messagePosted } from '../support/events.ts';
import { until } from '../support/until.ts';
import { startRedisCluster } from './cluster.ts';

const servers = 3;
const sealedWithinMs = 60_000;
/** As fast as the store takes them; more would only make each start read a longer log. */
const messagesPerKill = 600;
const nextKillWithinMs = 600_000;

await test('three servers that seal one log and are killed make one tree of it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'securechat-sealing-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const keyFile = join(folder, 'audit.key');
  writeFileSync(keyFile, newSigningKey().export({ format: 'pem', type: 'pkcs8' }));
  const kept = join(folder, 'checkpoints');
  const cluster = await startRedisCluster({ servers: 0 });
  t.teardown(() => cluster[Symbol.asyncDispose]());
  const args = ['--audit-key', keyFile, '--checkpoints', kept, '--checkpoint-within', '1'];
  for (let server = 0; server < servers; server++) await cluster.startServer({ args });
  const stores = await openRedis({ url: cluster.redis.url });
  t.teardown(() => stores.close());

  const load = { isOver: false, messages: 0 };
  t.teardown(() => (load.isOver = true));
  const loaded = talk(load, stores.events.writer('load', 1));
  const sizeOf = async (): Promise<number> => {
    const query = { stream: auditStream(0), partition: 0, direction: 'backwards' } as const;
    const [last] = await stores.events.readStream({ ...query, limit: 1 });
    return last?.event.type === 'CheckpointSigned' ? last.event.data.size : 0;
  };
  let kills = 0;
  for (; kills < count('sealingKills'); kills++) {
    const before = await sizeOf();
    load.messages += messagesPerKill;
    const victim = cluster.process(kills % servers);
    await victim.kill9();
    await until(async () => (await sizeOf()) > before, {
      what: 'the others to seal on',
      withinMs: sealedWithinMs,
    });
    await victim.restart();
  }
  load.isOver = true;
  await loaded;

  const { position } = await stores.events.head(0);
  await until(async () => (await sizeOf()) >= position - servers, {
    what: 'the end to be sealed',
    withinMs: sealedWithinMs,
  });
  const audit = await stores.events.readStream({
    stream: auditStream(0),
    partition: 0,
    limit: 100_000,
  });
  const made = audit.flatMap(({ event }) =>
    event.type === 'CheckpointSigned' ? [event.data] : [],
  );
  t.equal(new Set(made.map(({ size }) => size)).size, made.length, 'no two of one size');
  t.ok(made.length > kills, `${made.length} checkpoints`);
  await until(async () => (await readCheckpoints(kept)).length === made.length, {
    what: 'all checkpoints to be kept outside',
    withinMs: sealedWithinMs,
  });
  const log = await lookIntoRedis({ url: cluster.redis.url });
  t.teardown(() => log.close());
  const evidence = { keys: [], others: await readCheckpoints(kept) };
  t.match(await auditLog(log, evidence, () => {}), { verdict: 'whole', findings: [] });
  reportCount(t, 'sealingKills', kills);
});

/** Says as many messages as are asked for, as fast as the store takes them, until it is over. */
async function talk(load: { isOver: boolean; messages: number }, writer: Writer): Promise<void> {
  for (let said = 0; !load.isOver; said++) {
    const next = said;
    await until(() => load.isOver || next < load.messages, {
      what: 'the next kill',
      withinMs: nextKillWithinMs,
    });
    await writer.append(commitTo('room:busy', messagePosted(`${said}`, 'busy')));
  }
}
