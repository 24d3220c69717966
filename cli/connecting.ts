import { colours } from './colours.ts';
import { type ConnectOptions, parseConnectOptions } from './connect-options.ts';
import { exitFailure } from './plain-failure.ts';
import type { Environment, Options } from './settings.ts';
import { addressText } from './terminal/address.ts';
import { ChatPipe } from './terminal/chat-pipe.ts';
import { ChatTerminal } from './terminal/chat-terminal.ts';
import { Conversation } from './terminal/conversation.ts';
import { dialTls } from './terminal/line-link.ts';
import { Paint } from './terminal/paint.ts';
import { textLines } from './terminal/text-lines.ts';
import { findTrust, type Trust } from './terminal/trust.ts';

const { stdin, stdout, stderr } = process;

/** Carries out `securechat connect`, and sets the exit code. */
export async function connect(
  address: string | undefined,
  options: Options,
  env: Environment,
): Promise<void> {
  const interactive = stdin.isTTY && stdout.isTTY;
  const checked = parseConnectOptions(address, options, env, { interactive });
  const trust = findTrust(checked.caFile, process.cwd());
  // Whatever ends this early has not done what it was asked for.
  process.exitCode = exitFailure;
  process.exitCode = interactive ? await atTerminal(checked, trust) : await inPipe(checked, trust);
}

function atTerminal(options: ConnectOptions, trust: Trust): Promise<0 | 1> {
  const paint = new Paint(colours(stdout));
  stdout.write(`${paint.notice(`Connecting to ${addressText(options.address)} …`)}\n`);
  return new ChatTerminal({
    conversation: new Conversation({ ...options, interactive: true, random: Math.random }),
    dial: () => dialTls(options.address, trust),
    input: stdin,
    output: stdout,
    paint,
    stamp: options.times ? hoursAndMinutes : () => '',
  }).run();
}

async function inPipe(options: ConnectOptions, trust: Trust): Promise<0 | 1> {
  const pipe = new ChatPipe({
    conversation: new Conversation({ ...options, interactive: false, random: Math.random }),
    dial: () => dialTls(options.address, trust),
    lines: () => textLines(stdin),
    room: options.room,
    out: (line) => void stdout.write(`${line}\n`),
    err: (line) => void stderr.write(`${line}\n`),
  });
  const stop = (): void => pipe.stop();
  process.on('SIGTERM', stop).on('SIGINT', stop);
  const code = await pipe.run();
  process.off('SIGTERM', stop).off('SIGINT', stop);
  // There may be more to read that nobody will send.
  stdin.destroy();
  return code;
}

/** The local time, as `12:34 `. */
const hoursAndMinutes = (): string => `${new Date().toTimeString().slice(0, 5)} `;
