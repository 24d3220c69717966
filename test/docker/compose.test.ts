import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { Ajv } from 'ajv';
import { test } from 'tap';

import { loadSigningKey } from '../../adapters/audit/signing-key.ts';
import { masterKeysIn } from '../../adapters/sealing/master-keys.ts';
import { parseServeOptions } from '../../cli/serve-options.ts';
import { composeFile, composeText, projectFolder } from './compose-file.ts';

const { services, networks, volumes } = composeFile;
const chats = [services['chat-1'], services['chat-2']];

await test('compose.yml is as the specification of compose wants it, which knows a misspelling', (t) => {
  const { $schema: _, ...schema } = JSON.parse(
    readFileSync(join(projectFolder, 'test', 'docker', 'compose-spec.json'), 'utf8'),
  ) as Record<string, unknown>;
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  const isValid = ajv.compile(schema);
  t.ok(isValid(composeFile), ajv.errorsText(isValid.errors));
  const misspelt = { ...composeFile, services: { redis: { ...services.redis, volumens: [] } } };
  t.notOk(isValid(misspelt));
  t.end();
});

const installed = [['docker', 'compose'], ['docker-compose']].filter(
  ([program = '', ...words]) => spawnSync(program, [...words, 'version']).status === 0,
);

// The specification is enough for where there is none.
for (const [program = '', ...words] of installed)
  await test(`${[program, ...words].join(' ')}, which is installed here, takes the file without a word`, (t) => {
    const check = spawnSync(program, [...words, 'config', '-q'], {
      cwd: projectFolder,
      encoding: 'utf8',
    });
    t.match(check, { status: 0, stdout: '', stderr: '' });
    t.end();
  });

await test('what a service of compose refers to is in the file', (t) => {
  for (const service of Object.values(services)) {
    for (const network of service.networks ?? []) t.ok(Object.hasOwn(networks, network), network);
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      t.ok(Object.hasOwn(services, other), other);
      const ends = services[other as keyof typeof services].healthcheck === undefined;
      t.equal(condition, ends ? 'service_completed_successfully' : 'service_healthy');
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

await test('the chat servers of compose can write to nothing but their certificates and their keys', (t) => {
  for (const chat of chats) {
    t.equal(chat.read_only, true);
    t.same(chat.cap_drop, ['ALL']);
    t.same(chat.volumes, ['certs:/app/certs', 'keys:/app/keys', 'secrets:/secrets:ro']);
    t.same(chat.healthcheck?.test, ['CMD', 'node', 'docker/health.mjs']);
    t.same(Object.keys(chat.depends_on ?? {}), ['redis', 'keys']);
  }
  t.end();
});

await test('the keys of compose are made once, for their user only, where Redis cannot see them', (t) => {
  const { keys, redis } = services;
  t.equal(keys.network_mode, 'none');
  t.same(keys.volumes, ['keys:/app/keys']);
  t.notOk(redis.volumes.some((mount) => mount.startsWith('keys:')));
  const [program = '', script = '', folder] = keys.entrypoint ?? [];
  t.equal(folder, '/app/keys');
  const made = t.testdir({});
  const make = () => {
    const { status } = spawnSync(program, [join(projectFolder, script), made]);
    t.equal(status, 0);
    return ['audit.key', 'master.key'].map((name) => readFileSync(join(made, name), 'utf8'));
  };
  const first = make();
  t.same(make(), first, 'a second start changes nothing');
  t.same(readdirSync(made).toSorted(), ['audit.key', 'master.key']);
  for (const name of readdirSync(made)) t.equal(statSync(join(made, name)).mode & 0o777, 0o600);
  t.ok(loadSigningKey(join(made, 'audit.key')));
  t.equal(masterKeysIn(join(made, 'master.key')).read().length, 1);
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
