import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { test } from 'tap';
import { parse } from 'yaml';

import { runCli } from '../cli/cli-process.ts';

const root = new URL('../../../', import.meta.url);
const documents = ['README.md', 'CONTRIBUTING.md', 'docs/protocol.md', 'docs/replay.md'];
/** In which commands and options are spoken of, besides. */
const manuals = [
  'ARCHITECTURE.md',
  'docs/operations.md',
  'docs/websocket.md',
  'docs/redis-keys.md',
];
/** The commands whose flags the documents speak of by themselves. */
const flagged = [
  'serve',
  'connect',
  'user add',
  'user erase',
  'certs',
  'replay',
  'room retain',
  'audit export',
  'audit verify',
  'audit prove',
  'audit keys',
];
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
  const helps = new Map<string, Promise<string>>();
  const helpOf = (command: string): Promise<string> => {
    const help = helps.get(command) ?? helpText(command);
    helps.set(command, help);
    return help;
  };
  const lines = [...programLines(), ...inlineLines()];
  t.ok(lines.length > 12, 'there are some');
  for (const line of lines) {
    const [, command = ''] = /^((?:user|certs|audit|room) [a-z][a-z-]*|[a-z]+)/.exec(line) ?? [];
    const help = await helpOf(command);
    t.match(help, new RegExp(`^Usage: .* ${command} `), line);
    for (const [flag] of line.matchAll(/--[a-z-]+/g))
      t.ok(names(help, flag), `${command} has ${flag}`);
  }
  const all = (await Promise.all(flagged.map(helpOf))).join('');
  for (const flag of inlineFlags()) t.ok(names(all, flag), `there is ${flag}`);
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

async function helpText(command: string): Promise<string> {
  const { code, stdout } = await runCli([...command.split(' '), '--help'], { cwd: '/' });
  return code === 0 ? stdout : '';
}

function names(help: string, flag: string): boolean {
  return new RegExp(`${flag}(?![\\w-])`).test(help);
}

/** Those that are a command with something behind it. */
function inlineLines(): readonly string[] {
  return codeSpans().filter((code) => /^(?:serve|connect|user|certs) \S/.test(code));
}

function inlineFlags(): readonly string[] {
  return codeSpans().flatMap((code) => /^--[a-z-]+/.exec(code) ?? []);
}

/** What is set as code within the text of a document. */
function codeSpans(): readonly string[] {
  return [...documents, ...manuals]
    .map((name) => read(name).replaceAll(/```[\s\S]*?```/g, ''))
    .flatMap((text) => [...text.matchAll(/`([^`]+)`/g)])
    .map(([, code = '']) => code.replaceAll(/\s+/g, ' ').replace(program, ''));
}

/** The arguments of each line in the documents that runs the program. */
function programLines(): readonly string[] {
  return documents
    .flatMap((name) => [...read(name).matchAll(/```sh\n([\s\S]*?)```/g)])
    .flatMap(([, block = '']) => block.replaceAll('\\\n', ' ').split('\n'))
    .map((line) => line.slice(line.indexOf(program) + program.length))
    .filter((line, index, lines) => lines.indexOf(line) === index && line !== '')
    .filter((line) => /^(?:serve|connect|user|certs|replay|audit)\b/.test(line));
}

function read(name: string): string {
  return readFileSync(new URL(name, root), 'utf8');
}
