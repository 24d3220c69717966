import { readFileSync } from 'node:fs';
import { test } from 'tap';
import { createProgram } from '../../cli/program.ts';
import { runCli, startCli } from './cli-process.ts';

const packageFile = new URL('../../../package.json', import.meta.url);
const { version, engines } = JSON.parse(readFileSync(packageFile, 'utf8')) as {
  readonly version: string;
  readonly engines: { readonly node: string };
};

await test('a Node that is too old is told so in a sentence', async (t) => {
  const needed = engines.node.replace('>=', '');
  const [major = 0, minor = 0] = needed.split('.').map(Number);
  for (const old of [`${major}.${minor - 1}.9`, `${major - 2}.19.0`, '12.22.12']) {
    const { code, stdout, stderr } = await runCli(['--help'], {
      cwd: t.testdir(),
      node: ['--import', pretending(old)],
    });
    t.equal(
      stderr,
      `securechat: This is Node ${old}, but ${needed} or later is needed: install the current LTS from https://nodejs.org and start again.\n`,
    );
    t.equal(stdout, '');
    t.equal(code, 1);
  }
  const young = await runCli(['--version'], {
    cwd: t.testdir(),
    node: ['--import', pretending(`${needed}.0`)],
  });
  t.equal(young.code, 0);
});

await test('the file that tells it has nothing that an old Node cannot read', (t) => {
  const main = readFileSync(new URL('../../cli/main.js', import.meta.url), 'utf8');
  const code = main.replaceAll(/^\s*(\/\/.*|#!.*|export \{\};)$/gm, '');
  t.notMatch(code, /^\s*(import|export) /m, 'no static import');
  t.notMatch(
    code,
    /\?\?|\?\.|\|\|=|&&=|#\w|\bawait\b|\bstatic\b|\d_\d|\bcatch \{/,
    'no newer syntax',
  );
  t.end();
});

await test('--help shows every command and how to begin; --version the version', async (t) => {
  const cwd = t.testdir();
  const help = await runCli(['--help'], { cwd });
  t.equal(help.code, 0);
  t.equal(help.stderr, '');
  for (const command of ['serve', 'connect', 'user', 'certs']) {
    t.match(help.stdout, new RegExp(`^  ${command} .*\\w`, 'm'));
    const own = await runCli([command, '--help'], { cwd });
    t.equal(own.code, 0);
    t.match(own.stdout, /^Usage: /);
  }
  t.match(help.stdout, /^ {2}node \S*main\.js serve --demo\n {6}a server to try out/m);
  t.strictSame(await runCli(['--version'], { cwd }), {
    code: 0,
    stdout: `${version}\n`,
    stderr: '',
  });
});

await test('a help says which variables stand for its options', async (t) => {
  const cwd = t.testdir();
  const variables = {
    serve: /SECURECHAT_LOG_LEVEL.*REDIS_URL.*SECURECHAT_REDIS_FILE/s,
    connect: /SECURECHAT_USER.*SECURECHAT_CONNECT/s,
    user: /SECURECHAT_DATA.*REDIS_URL.*SECURECHAT_REDIS_FILE/s,
    'user add': /SECURECHAT_DATA.*REDIS_URL.*SECURECHAT_REDIS_FILE/s,
    certs: /--certs <DIR>.*SECURECHAT_CERTS/s,
    'certs trust': /--certs <DIR>.*SECURECHAT_CERTS/s,
  };
  for (const [command, names] of Object.entries(variables))
    t.match((await runCli([...command.split(' '), '--help'], { cwd })).stdout, names, command);
});

await test('there is no help for a command that there is not', async (t) => {
  const cwd = t.testdir();
  for (const args of [
    ['nothing', '--help'],
    ['user', 'nothing', '-h'],
  ]) {
    const { code, stdout, stderr } = await runCli(args, { cwd });
    t.equal(code, 2, args.join(' '));
    t.equal(stdout, '');
    t.match(
      stderr,
      /^securechat: Unknown command 'nothing'\. Add --help to see what is possible\.\n$/,
    );
  }
});

await test('no help is wider than a terminal, but for command lines to copy', async (t) => {
  const actions = ['add', 'list', 'passwd', 'suspend', 'reinstate', 'import'];
  const ofUser = actions.map((action) => ['user', action]);
  const commands = [[], ['serve'], ['connect'], ['user'], ['certs'], ['certs', 'trust'], ...ofUser];
  for (const command of commands) {
    const { stdout } = await runCli([...command, '--help'], { cwd: t.testdir() });
    const prose = stdout.split('\n').filter((line) => !/^ {2}.*node /.test(line));
    t.strictSame(
      prose.filter((line) => line.length > 80),
      [],
      command.join(' '),
    );
  }
});

await test('on a narrow terminal what is said of an option stands below it, in lines that fit', async (t) => {
  const columns = 40;
  for (const command of createProgram().commands) {
    command.configureHelp({ ...command.configureHelp(), helpWidth: columns });
    const [, ...lists] = command.helpInformation().split(/^(?=[A-Z][^\n]*:$)/m);
    const lines = lists.join('').split('\n');
    t.ok(lines.length > 4, command.name());
    // Terms and headings are left whole.
    const said = lines.filter((line) => /^ {6}|\S {2,}\S/.test(line));
    t.strictSame(
      said.filter((line) => line.length > columns),
      [],
      command.name(),
    );
  }
});

await test('wrong usage is told in a sentence and ends with 2', async (t) => {
  const cwd = t.testdir();
  const cases: readonly (readonly [readonly string[], string])[] = [
    [
      ['frobnicate'],
      "securechat: Unknown command 'frobnicate'. Add --help to see what is possible.\n",
    ],
    [
      ['serve', '--prot', '1'],
      "securechat: Unknown option '--prot' (Did you mean --port?). Add --help to see what is possible.\n",
    ],
    [
      ['serve', '--port'],
      "securechat: Option '--port <PORT>' argument missing. Add --help to see what is possible.\n",
    ],
    [
      ['serve', 'x'],
      "securechat: Too many arguments for 'serve'. Expected 0 arguments but got 1. Add --help to see what is possible.\n",
    ],
  ];
  for (const [args, stderr] of cases) {
    t.strictSame(await runCli(args, { cwd }), { code: 2, stdout: '', stderr });
  }
  const nothing = await runCli([], { cwd });
  t.equal(nothing.code, 2);
  t.match(nothing.stderr, /^Usage: /, 'no command at all: the help');
});

await test('help is coloured only where colours are wanted', async (t) => {
  const cwd = t.testdir();
  const escape = '\u001B[';
  const forced = { FORCE_COLOR: '1' };
  t.ok((await runCli(['--help'], { cwd, env: forced })).stdout.includes(escape));
  t.notOk(
    (await runCli(['--help'], { cwd, env: { ...forced, NO_COLOR: '1' } })).stdout.includes(escape),
  );
  t.notOk((await runCli(['--help'], { cwd })).stdout.includes(escape), 'a pipe is no terminal');
});

await test('an unexpected error is a short sentence, with its stack only when asked for', async (t) => {
  const cwd = t.testdir();
  const plain = await runCli(['serve', '--port', '1'], { cwd, node: ['--import', failing()] });
  t.strictSame(plain, {
    code: 1,
    stdout: '',
    stderr:
      'securechat: Something unexpected went wrong: boom\nsecurechat: Set SECURECHAT_DEBUG=1 to see where.\n',
  });
  const env = { SECURECHAT_DEBUG: '1' };
  const debug = await runCli(['serve', '--port', '1'], { cwd, env, node: ['--import', failing()] });
  t.match(debug.stderr, /boom\n.*Error: boom\n +at /s);
  t.equal(debug.code, 1);
});

await test('a reader that goes away early is no error', async (t) => {
  await using cli = startCli(['--help'], { cwd: t.testdir() });
  cli.child.stdout?.destroy();
  t.match(await cli.ended(), { code: 0, stderr: '' });
});

/** A module that makes Node say that it is another version. */
function pretending(node: string): string {
  return moduleOf(`
    const versions = { ...process.versions, node: ${JSON.stringify(node)} };
    Object.defineProperty(process, 'versions', { value: versions });
  `);
}

/** A module that throws, out of nowhere, as soon as the program is there to hear of it. */
function failing(): string {
  return moduleOf(`
    const timer = setInterval(() => {
      if (process.listenerCount('uncaughtException') === 0) return;
      clearInterval(timer);
      throw new Error('boom');
    }, 1);
  `);
}

function moduleOf(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}
