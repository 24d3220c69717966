import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { freePort } from '../support/free-port.ts';
import { endsWithThisProcess } from '../support/reaper.ts';
import { until, within } from '../support/until.ts';
import { makeBarePath } from '../support/bare-path.ts';
import { composeFile, projectFolder, type Service } from './compose-file.ts';
import { buildImage, type Image } from './image.ts';
import { startRedisByScript } from './redis-by-script.ts';

const run = promisify(execFile);
const healthyWithinMs = 30_000;
const stopsWithinMs = 10_000;
/** `nobody`: somebody who owns nothing of the image. */
const nobody = { uid: 65_534, gid: 65_534 };

/** A container, as far as one can be had without an engine. */
interface Container {
  readonly service: Service;
  readonly port: number;
  readonly process: ChildProcess;
  readonly options: { readonly cwd: string; readonly env: Record<string, string> };
}

/**
 * The services of compose.yml as processes of this machine: the chat servers as an unprivileged
 * user in the tree that the Dockerfile makes, which nobody can write to, with the settings that
 * compose gives them; Redis by the script of its service. Ports are others, and on the loopback.
 */
export class Composed implements AsyncDisposable {
  readonly image: Image;
  readonly #root: string;
  readonly #redis: ChildProcess;
  readonly #containers = new Map<string, Container>();

  private constructor(image: Image, root: string, redis: ChildProcess) {
    this.image = image;
    this.#root = root;
    this.#redis = redis;
  }

  /** Builds the image and starts everything; settles when the health checks pass. */
  static async up(): Promise<Composed> {
    const root = await mkdtemp(join(tmpdir(), 'securechat-compose-'));
    await chmod(root, 0o755);
    const path = await makeBarePath(join(root, 'bin'));
    const image = await buildImage(projectFolder, root, path);
    await run('chmod', ['-R', 'a-w', image.workdir]);
    for (const volume of ['certs', 'keys']) await chmod(join(image.workdir, volume), 0o1777);
    const [program = '', ...args] = composeFile.services.keys.entrypoint ?? [];
    const here = args.map((word) => inImage(image, word));
    await run(program, here, { cwd: image.workdir, env: { PATH: path }, ...unprivileged() });
    const { redis, secrets } = await startRedisByScript(root);
    const composed = new Composed(image, root, redis);
    for (const name of ['chat-1', 'chat-2'] as const)
      await composed.#start(name, composeFile.services[name], { path, secrets });
    return composed;
  }

  portOf(service: string): number {
    return this.#container(service).port;
  }

  /** Runs a command in a service's container, and promises what it printed. */
  async exec(service: string, words: readonly string[], input = ''): Promise<string> {
    const [program = '', ...args] = words;
    const running = run(program, args, { ...this.#container(service).options, ...unprivileged() });
    // A command that needs no input may be gone before it is written.
    running.child.stdin?.on('error', () => undefined).end(input);
    return (await running).stdout;
  }

  /** Copies a file out of a service's container. */
  async cp(service: string, path: string, target: string): Promise<void> {
    const { cwd } = this.#container(service).options;
    await copyFile(join(cwd, path.replace(/^\/app\//, '')), target);
  }

  /** Ends everything as compose does; answers the exit codes of the chat servers. */
  async stop(): Promise<readonly (number | null)[]> {
    const chats = [...this.#containers.values()].map(({ process }) => process);
    const codes = await Promise.all(chats.map(terminated));
    await terminated(this.#redis);
    return codes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { process } of this.#containers.values()) process.kill('SIGKILL');
    this.#redis.kill('SIGKILL');
    await run('chmod', ['-R', 'u+w', this.#root]);
    await rm(this.#root, { recursive: true });
  }

  async #start(
    name: string,
    service: Service,
    { path, secrets }: { readonly path: string; readonly secrets: string },
  ): Promise<void> {
    const port = await freePort();
    const { environment = {}, healthcheck } = service;
    const here = {
      PATH: path,
      SECURECHAT_HOST: '127.0.0.1',
      SECURECHAT_PORT: String(port),
      SECURECHAT_WEB_PORT: String(await freePort()),
    };
    const placed = Object.entries(environment).map(([variable, value]) => [
      variable,
      inImage(this.image, value.replace(/^\/secrets\//, `${secrets}/`)),
    ]);
    const { workdir: cwd, command, env: own } = this.image;
    const env = { ...own, ...(Object.fromEntries(placed) as Record<string, string>), ...here };
    const [program = '', ...args] = command;
    const process = spawn(program, args, { cwd, env, ...unprivileged(), stdio: 'ignore' });
    endsWithThisProcess(process);
    this.#containers.set(name, { service, port, process, options: { cwd, env } });
    const healthy = () => this.exec(name, healthcheck?.test.slice(1) ?? []).then(() => true);
    await until(healthy, { what: `${name} to be healthy`, withinMs: healthyWithinMs });
  }

  #container(service: string): Container {
    const container = this.#containers.get(service);
    if (container === undefined) throw new Error(`There is no container of ${service}.`);
    return container;
  }
}

/** A path of the container, as it is on this machine. */
const inImage = ({ workdir }: Image, path: string): string =>
  path.startsWith('/app/') ? join(workdir, path.slice('/app/'.length)) : path;

/** Only root can become somebody else. */
function unprivileged(): Partial<typeof nobody> {
  return process.getuid?.() === 0 ? nobody : {};
}

async function terminated(child: ChildProcess): Promise<number | null> {
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const [code] = (await within(exit, stopsWithinMs, 'a service to stop')) as [number | null];
  return code;
}
