import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { test } from 'tap';
import { parse } from 'yaml';

import { parseServeOptions } from '../../cli/serve-options.ts';

interface Service {
  readonly environment?: Record<string, string>;
  readonly ports?: readonly string[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
  readonly command?: readonly string[];
  readonly healthcheck: { readonly test: readonly string[] };
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly stop_grace_period: string;
  readonly depends_on?: Record<string, { readonly condition: string }>;
}

interface Compose {
  readonly services: Record<'redis' | 'chat-1' | 'chat-2', Service>;
  readonly networks: Record<string, { readonly internal?: boolean } | null>;
  readonly volumes: Record<string, unknown>;
}

const root = new URL('../../../', import.meta.url);
const text = readFileSync(new URL('compose.yml', root), 'utf8');
const { services, networks, volumes } = parse(text, { merge: true }) as Compose;
const chats = [services['chat-1'], services['chat-2']];

await test('compose publishes the two chat servers, and Redis to nobody', (t) => {
  t.same(
    chats.map(({ ports }) => ports),
    [['1222:1222'], ['1223:1223']],
  );
  t.equal(services.redis.ports, undefined);
  t.same(services.redis.networks, ['inside']);
  t.equal(networks['inside']?.internal, true);
  t.end();
});

await test('compose gives serve settings that it understands', (t) => {
  for (const { environment = {} } of chats) {
    const file = fileURLToPath(new URL('compose.yml', root));
    // The file with the URL is made in a volume; any file that exists stands for it here.
    const parsed = parseServeOptions({}, { ...environment, SECURECHAT_REDIS_FILE: file });
    const problems = 'problems' in parsed ? parsed.problems : [];
    t.same(
      problems.filter((problem) => !problem.includes('SECURECHAT_REDIS_FILE')),
      [],
    );
  }
  const names = chats.map(({ environment }) => environment?.['SECURECHAT_NAME']);
  t.same(names, ['chat-1', 'chat-2'], 'two names');
  t.end();
});

await test('the chat servers of compose can write to nothing but their certificates', (t) => {
  for (const chat of chats) {
    t.equal(chat.read_only, true);
    t.same(chat.cap_drop, ['ALL']);
    t.same(chat.volumes, ['certs:/app/certs', 'secrets:/secrets:ro']);
    t.same(chat.healthcheck.test, ['CMD', 'node', 'docker/health.mjs']);
    t.equal(chat.depends_on?.['redis']?.condition, 'service_healthy');
  }
  t.end();
});

await test('compose refers to files and volumes that exist, and holds no password', (t) => {
  for (const { volumes: mounts } of Object.values(services))
    for (const mount of mounts) {
      const [source = ''] = mount.split(':');
      const exists = source.startsWith('.')
        ? existsSync(new URL(source, root))
        : Object.hasOwn(volumes, source);
      t.ok(exists, mount);
    }
  t.notMatch(text, /password\s*[:=]\s*\S/i);
  t.end();
});

await test('the script that starts Redis is a shell program', (t) => {
  const script = fileURLToPath(new URL('docker/redis.sh', root));
  t.equal(spawnSync('sh', ['-n', script]).status, 0);
  t.end();
});
