import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'tap';

/** This file runs as dist/test/architecture.test.js. */
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Imports point one way: cli, server, adapters, core. A folder sees itself and those after it. */
const layers = ['cli', 'server', 'adapters', 'core'];

await test('no folder imports one that stands above it, nor tests or benches', async (t) => {
  for (const [level, layer] of layers.entries()) {
    const allowed = layers.slice(level);
    const astray = importsOf(layer).filter(
      ({ target }) => target !== undefined && !allowed.includes(target),
    );
    t.strictSame(astray, [], `${layer} imports from ${allowed.join(', ')} only`);
  }
});

await test('core imports neither packages nor parts of Node', async (t) => {
  t.strictSame(
    importsOf('core').filter(({ target }) => target === undefined),
    [],
  );
});

await test('core asks nobody for the time or for chance', async (t) => {
  const forbidden = /\bDate\.now\b|\bnew Date\(|\bDate\(|\bMath\.random\b|\bperformance\.now\b/;
  const impure = sources('core').filter((file) => forbidden.test(readFileSync(file, 'utf8')));
  t.strictSame(impure.map(short), []);
});

await test("the compiler refuses the outside world in core's sources", async (t) => {
  const refused = {
    'node-module.ts':
      "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n",
    'buffer.ts': "export const bytes = Buffer.from('a');\n",
    'process.ts': 'export const pid = process.pid;\n',
    'timer.ts': 'export const timer = setTimeout(() => {}, 1);\n',
    'console.ts': "console.log('a');\nexport {};\n",
    'browser.ts': "export const reply = fetch('/');\n",
  };
  const folder = t.testdir({
    ...refused,
    'pure.ts': 'export const one: number = [1].toSorted()[0] ?? 1;\n',
    'tsconfig.json': JSON.stringify({
      extends: join(root, 'core', 'tsconfig.json'),
      compilerOptions: { rootDir: '.', outDir: './out', tsBuildInfoFile: './out/info' },
      include: ['./*.ts'],
    }),
  });
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { stdout } = spawnSync(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], {
    cwd: folder,
    encoding: 'utf8',
  });
  const complaints = new Set(
    [...stdout.matchAll(/^([\w-]+\.ts)\(/gm)].map(([, file = '']) => file),
  );
  t.strictSame([...complaints].toSorted(), Object.keys(refused).toSorted(), stdout);
});

/** What a newcomer waits for, and somebody has to trust. */
const packagesMax = 500;

await test('an installation stays small', async (t) => {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, unknown>;
  };
  const { length } = Object.keys(lock.packages);
  t.ok(length <= packagesMax, `${length} packages`);
});

interface Import {
  readonly file: string;
  readonly from: string;
  /** The top folder that it leads to; undefined for a package or a part of Node. */
  readonly target: string | undefined;
}

function importsOf(layer: string): readonly Import[] {
  return sources(layer).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
      ([, from = '']) => ({ file: short(file), from, target: targetOf(file, from) }),
    ),
  );
}

function targetOf(file: string, from: string): string | undefined {
  if (!from.startsWith('.')) return undefined;
  return short(resolve(dirname(file), from)).split(sep)[0];
}

function sources(layer: string): readonly string[] {
  return readdirSync(join(root, layer), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(root, layer, name));
}

function short(path: string): string {
  return relative(root, path);
}
