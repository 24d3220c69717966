import { execFile } from 'node:child_process';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';

import { parseDockerfile, type Stage, wordsOf } from './dockerfile.ts';

const run = promisify(execFile);
const runMsMax = 240_000;

/** What a Dockerfile's lines made, in a folder that stands for the image's root. */
export interface Image {
  /** The working directory, on this machine. */
  readonly workdir: string;
  /** What the container would run. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What its RUN lines printed. */
  readonly printed: string;
}

/**
 * Carries out the WORKDIR, COPY, RUN and ENV lines of a Dockerfile, stage by stage, below `root`:
 * as far as an image can be built without an engine. What its base images hold comes from here:
 * the programs on this path, and no others.
 */
export async function buildImage(context: string, root: string, path: string): Promise<Image> {
  const stages = parseDockerfile(await readFile(join(context, 'Dockerfile'), 'utf8'));
  const allowed = await contextEntries(context);
  let image: Image | undefined;
  for (const stage of stages) {
    const printed: string = image?.printed ?? '';
    image = await buildStage(stage, { context, root, allowed, path, printed });
  }
  if (image === undefined) throw new Error('The Dockerfile has no stage.');
  return image;
}

interface Build {
  readonly context: string;
  readonly root: string;
  /** What of the context is sent to the engine. */
  readonly allowed: ReadonlySet<string>;
  readonly path: string;
  /** By the stages before. */
  readonly printed: string;
}

async function buildStage({ name, instructions }: Stage, build: Build): Promise<Image> {
  const rootOfStage = join(build.root, name);
  let workdir = rootOfStage;
  let command: readonly string[] = [];
  let entrypoint: readonly string[] = [];
  let { printed } = build;
  const env: Record<string, string> = {};
  for (const { word, rest } of instructions) {
    switch (word) {
      case 'WORKDIR':
        workdir = join(rootOfStage, rest);
        await mkdir(workdir, { recursive: true });
        break;
      case 'ENV': {
        const [, key = '', value = ''] = /^(\w+)=(\S*)$/.exec(rest) ?? [];
        env[key] = value;
        break;
      }
      case 'COPY':
        await copy(rest, workdir, build);
        break;
      case 'RUN':
        printed += await runLine(rest, workdir, { ...env, PATH: build.path });
        break;
      case 'ENTRYPOINT':
        entrypoint = wordsOf(rest);
        break;
      case 'CMD':
        command = wordsOf(rest);
        break;
      case 'USER':
      case 'EXPOSE':
        break;
      default:
        throw new Error(`The Dockerfile has an instruction that is not known here: ${word}`);
    }
  }
  return { workdir, command: [...entrypoint, ...command], env, printed };
}

/** Answers all that it printed. */
async function runLine(line: string, cwd: string, own: Record<string, string>): Promise<string> {
  const env = { ...process.env, NODE_ENV: '', npm_config_prefer_offline: 'true', ...own };
  const { stdout, stderr } = await run('sh', ['-ec', line], { cwd, env, timeout: runMsMax });
  return stdout + stderr;
}

async function copy(rest: string, workdir: string, build: Build): Promise<void> {
  const words = rest.split(/\s+/);
  const from = /^--from=(\S+)$/.exec(words[0] ?? '')?.[1];
  const sources = words.slice(from === undefined ? 0 : 1, -1);
  const target = words.at(-1) ?? '';
  for (const source of sources) {
    if (from === undefined && !build.allowed.has(source))
      throw new Error(`.dockerignore keeps ${source} from the engine.`);
    const origin = from === undefined ? build.context : join(build.root, from);
    const into = target.endsWith('/') ? join(target, basename(source)) : target;
    if (isAbsolute(into)) throw new Error(`A target is not below the working directory: ${into}`);
    await cp(join(origin, source), join(workdir, into), {
      recursive: true,
      verbatimSymlinks: true,
    });
  }
}

/** The entries that a .dockerignore of the form `*`, `!this`, `!that` lets through. */
async function contextEntries(context: string): Promise<ReadonlySet<string>> {
  const [first, ...rest] = (await readFile(join(context, '.dockerignore'), 'utf8'))
    .split('\n')
    .filter((line) => line !== '');
  if (first !== '*') throw new Error('.dockerignore lets through what it does not name.');
  return new Set(rest.map((line) => line.replace(/^!/, '')));
}
