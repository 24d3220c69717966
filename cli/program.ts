import { Command, CommanderError } from 'commander';
import { auditCommand } from './audit.ts';
import { watchOutput } from './broken-output.ts';
import { certsCommand } from './certs.ts';
import { colours } from './colours.ts';
import { connectCommand } from './connect.ts';
import { addHelpText, helpLines } from './help-text.ts';
import { invocation } from './invocation.ts';
import { exitFailure, exitUsage, PlainFailure } from './plain-failure.ts';
import { replayCommand } from './replay.ts';
import { roomCommand } from './room.ts';
import { serveCommand } from './serve.ts';
import { userCommand } from './user.ts';
import { version } from './version.ts';

/** Commands load what they run only when they run, so that `--help` is there at once. */
const commands = [
  serveCommand,
  connectCommand,
  userCommand,
  replayCommand,
  roomCommand,
  auditCommand,
  certsCommand,
];

/** Node's path and the program's come before what was typed. */
const programWords = 2;

/** A process that failed and still has something open ends after this long all the same. */
const lingerMsMax = 2_000;

/**
 * Runs the command line. Sets the exit code: 0 fine, 1 a failure, 2 wrong usage, 3 not all. It never rejects;
 * a failure is told in a sentence, without a stack unless SECURECHAT_DEBUG is set.
 */
export async function run(argv: readonly string[]): Promise<void> {
  watchOutput();
  process.on('uncaughtException', (error) => {
    fail(error);
    process.exit();
  });
  try {
    const program = createProgram();
    await program.parseAsync(helpOnlyForWhatIs(program, argv));
  } catch (error) {
    fail(error);
    setTimeout(() => process.exit(), lingerMsMax).unref();
  }
}

/** All commands, as they are typed here. */
export function createProgram(): Command {
  const program = new Command(invocation());
  program
    .description('A distributed chat over TLS whose every fact is an event in a log.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help, or that of a command')
    .helpCommand(false)
    .exitOverride()
    .configureHelp({
      ...helpLines,
      showGlobalOptions: false,
      styleTitle: (title) => colours(process.stdout).bold(title),
    })
    .configureOutput({ outputError: (text, write) => write(complaint(text)) });
  addHelpText(program, {
    paragraphs: [
      'Exit codes: 0 fine, 1 a failure, 2 wrong usage, 3 what audit verify was given is not all of a log. Colours are off where NO_COLOR is set.',
    ],
    examples: (name) => [
      [`${name} serve --demo`, "a server to try out, with alice's and bob's accounts"],
      [`${name} connect`, 'talk, in another terminal'],
      [`${name} serve --help`, 'all that a server can be told'],
    ],
  });
  for (const command of commands) adopt(program, command());
  return program;
}

/** A command that there is not is to be refused, also where help is asked for with it. */
function helpOnlyForWhatIs(program: Command, argv: readonly string[]): readonly string[] {
  let command: Command = program;
  for (const [place, word] of argv.entries()) {
    if (place < programWords) continue;
    const next = command.commands.find((each) => each.name() === word);
    if (next === undefined)
      return command.commands.length === 0 || word.startsWith('-')
        ? argv
        : argv.slice(0, place + 1);
    command = next;
  }
  return argv;
}

/** A command that was made by itself does not take over the program's settings. */
function adopt(parent: Command, command: Command): void {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) adopt(command, child);
  if (command.parent === null) parent.addCommand(command);
}

function fail(error: unknown): void {
  if (error instanceof CommanderError) {
    // It has been printed, or is no error: --help and --version end in this way too.
    const isOurs = error.code === 'commander.error';
    process.exitCode = isOurs || error.exitCode === 0 ? error.exitCode : exitUsage;
  } else if (error instanceof PlainFailure) {
    for (const line of error.message.split('\n')) console.error(`securechat: ${line}`);
    process.exitCode = error.exitCode;
  } else {
    const message = error instanceof Error ? error.message : String(error);
    console.error(`securechat: Something unexpected went wrong: ${message}`);
    if (process.env['SECURECHAT_DEBUG'] === '1') console.error(error);
    else console.error('securechat: Set SECURECHAT_DEBUG=1 to see where.');
    process.exitCode = exitFailure;
  }
}

/** Commander's own complaints begin with `error: `; those of a command do not. */
function complaint(text: string): string {
  const own = /^error: (.*?)\.?\n$/s.exec(text)?.[1]?.replaceAll('\n', ' ');
  if (own === undefined) return text.replaceAll(/^(?=.)/gm, 'securechat: ');
  const sentence = `${own.charAt(0).toUpperCase()}${own.slice(1)}.`;
  return `securechat: ${sentence} Add --help to see what is possible.\n`;
}
