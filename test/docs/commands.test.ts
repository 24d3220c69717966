import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { test } from 'tap';
import { parse } from 'yaml';

import { runCli } from '../cli/cli-process.ts';

const root = new URL('../../../', import.meta.url);
const documents = ['README.md', 'CONTRIBUTING.md', 'docs/protocol.md'];
const program = 'node dist/cli/main.js ';

await test('the account commands of the README work as they stand there', async (t) => {
  const cwd = mkdtempSync(join(tmpdir(), 'securechat-readme-'));
  t.teardown(() => rmSync(cwd, { recursive: true }));
  writeFileSync(join(cwd, 'accounts.csv'), 'dan,correct-horse\nerin,battery-staple\n');
  const documented = programLines().filter((line) => line.startsWith('user '));
  t.ok(documented.length >= 3, 'there are some');
  for (const line of documented) {
    const { code, stderr } = await runCli(line.split(' '), { cwd, input: 'long-enough-1\n' });
    t.equal(code, 0, `${line}: ${stderr}`);
  }
  const { stdout } = await runCli(['user', 'list'], { cwd });
  t.match(stdout, /carol[\s\S]*dan[\s\S]*erin/);
});

await test('every command and option in the documents is one that there is', async (t) => {
  for (const line of programLines()) {
    const words = line.split(' ');
    const flags = words.filter((word) => word.startsWith('--'));
    const command = words[0] === 'user' ? words.slice(0, 2) : words.slice(0, 1);
    const { code, stdout } = await runCli([...command, '--help'], { cwd: tmpdir() });
    t.equal(code, 0, line);
    for (const flag of flags) t.ok(stdout.includes(flag), `${command.join(' ')} has ${flag}`);
  }
});

await test('every script of npm in the documents is one that there is', async (t) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = documents.flatMap((name) => [
    ...read(name).matchAll(
      /npm (?:run )?(start|test|[a-z]+(?::[a-z]+)+|connect|bench|format|screenshots)\b/g,
    ),
  ]);
  t.ok(named.length > 5, 'there are some');
  for (const [words, script = ''] of named) t.ok(Object.hasOwn(scripts, script), words);
});

await test('the compose commands of the README name services and paths that there are', async (t) => {
  const { services } = parse(read('compose.yml'), { merge: true }) as {
    services: Record<string, { volumes: readonly string[] }>;
  };
  const text = read('README.md');
  for (const [words, service = ''] of text.matchAll(/docker compose (?:exec|cp) ([a-z0-9-]+)/g))
    t.ok(Object.hasOwn(services, service), words);
  const [, path = ''] = /docker compose cp chat-1:(\S+)\/ca\.crt/.exec(text) ?? [];
  t.ok(services['chat-1']?.volumes.includes(`certs:${path}`), path);
});

/** The arguments of each line in the documents that runs the program. */
function programLines(): readonly string[] {
  return documents
    .flatMap((name) => [...read(name).matchAll(/```sh\n([\s\S]*?)```/g)])
    .flatMap(([, block = '']) => block.replaceAll('\\\n', ' ').split('\n'))
    .map((line) => line.slice(line.indexOf(program) + program.length))
    .filter((line, index, lines) => lines.indexOf(line) === index && line !== '')
    .filter((line) => /^(?:serve|connect|user|certs)\b/.test(line));
}

function read(name: string): string {
  return readFileSync(new URL(name, root), 'utf8');
}
