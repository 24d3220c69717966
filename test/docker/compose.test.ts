import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { test } from 'tap';

import { parseServeOptions } from '../../cli/serve-options.ts';
import { composeFile, composeText, projectFolder } from './compose-file.ts';

/** All that a service here may have; compose ignores nothing, but a person may misspell it. */
const serviceKeys = new Set(
  'build cap_drop command depends_on environment healthcheck image init networks ports read_only restart security_opt stop_grace_period sysctls tmpfs volumes'.split(
    ' ',
  ),
);
const healthKeys = ['interval', 'retries', 'start_period', 'test', 'timeout'];

const { services, networks, volumes } = composeFile;
const chats = [services['chat-1'], services['chat-2']];

await test('each compose that is installed here takes the file without a word', (t) => {
  const found = [['docker', 'compose'], ['docker-compose']].filter(
    ([program = '', ...words]) => spawnSync(program, [...words, 'version']).status === 0,
  );
  for (const [program = '', ...words] of found) {
    const check = spawnSync(program, [...words, 'config', '-q'], {
      cwd: projectFolder,
      encoding: 'utf8',
    });
    t.match(check, { status: 0, stdout: '', stderr: '' }, [program, ...words].join(' '));
  }
  if (found.length === 0) t.pass('there is none, so only its parts are looked at');
  t.end();
});

await test('every key in the file is one that compose knows', (t) => {
  for (const service of Object.values(services)) {
    t.same(
      Object.keys(service).filter((key) => !serviceKeys.has(key)),
      [],
    );
    const { test: words, retries, ...durations } = service.healthcheck;
    for (const [key, value] of Object.entries(durations)) {
      t.ok(healthKeys.includes(key), key);
      t.match(value, /^\d+s$/, key);
    }
    t.type(retries, 'number');
    t.match(words[0], /^CMD(-SHELL)?$/);
    t.match(service.stop_grace_period, /^\d+s$/);
    for (const network of service.networks) t.ok(Object.hasOwn(networks, network), network);
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      t.ok(Object.hasOwn(services, other), other);
      t.equal(condition, 'service_healthy');
    }
  }
  t.end();
});

await test('compose publishes the two chat servers, and Redis to nobody', (t) => {
  t.same(
    chats.map(({ ports }) => ports),
    [
      ['1222:1222', '8443:8443'],
      ['1223:1223', '8444:8444'],
    ],
  );
  t.equal(services.redis.ports, undefined);
  t.same(services.redis.networks, ['inside']);
  t.equal(networks['inside']?.internal, true);
  t.end();
});

await test('compose gives serve settings that it understands', (t) => {
  for (const { environment = {} } of chats) {
    const file = join(projectFolder, 'compose.yml');
    // The file with the URL is made in a volume; any file that exists stands for it here.
    const parsed = parseServeOptions({}, { ...environment, SECURECHAT_REDIS_FILE: file });
    const problems = 'problems' in parsed ? parsed.problems : [];
    t.same(
      problems.filter((problem) => !problem.includes('SECURECHAT_REDIS_FILE')),
      [],
    );
  }
  const web = chats.map(({ environment }) => environment?.['SECURECHAT_WEB_URL']);
  t.same(web, ['https://localhost:8443', 'https://localhost:8444'], 'as they are published');
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
    t.ok(chat.depends_on?.['redis']);
  }
  t.end();
});

await test('compose refers to files and volumes that exist, and holds no password', (t) => {
  for (const { volumes: mounts } of Object.values(services))
    for (const mount of mounts) {
      const [source = ''] = mount.split(':');
      const exists = source.startsWith('.')
        ? existsSync(join(projectFolder, source))
        : Object.hasOwn(volumes, source);
      t.ok(exists, mount);
    }
  t.notMatch(composeText, /password\s*[:=]\s*\S/i);
  t.end();
});

await test('the script that starts Redis is a shell program', (t) => {
  const script = join(projectFolder, 'docker', 'redis.sh');
  t.equal(spawnSync('sh', ['-n', script]).status, 0);
  t.end();
});
