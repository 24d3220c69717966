import { Command } from 'commander';
import { addFlags } from './command-flags.ts';
import { addHelpText } from './help-text.ts';
import type { Options } from './settings.ts';
import { serveFlags } from './serve-options.ts';
import { firstSignal } from './stop-signal.ts';

/** `securechat serve` */
export function serveCommand(): Command {
  const command = new Command('serve')
    .summary('run chat servers')
    .description(
      'Run a chat server, or several in one process. Without options: one, for this machine only, on port 1222, with its log in ./data and a certificate of its own in ./certs.',
    );
  addFlags(command, serveFlags);
  addHelpText(command, {
    paragraphs: [
      'Each option is also an environment variable: --log-level is SECURECHAT_LOG_LEVEL, and so on; several ports are separated by commas. The URL of Redis may also be in REDIS_URL, or in a file that SECURECHAT_REDIS_FILE names: use these when it holds a password.',
    ],
    examples: (serve) => [
      [
        `${serve} --demo --port 1222 --port 1223`,
        'two servers to try out, with accounts that need no making',
      ],
      [`${serve} --host 0.0.0.0`, 'for other machines too'],
      [
        `REDIS_URL=redis://db.example:6379 ${serve} --name chat-1`,
        'one of several servers that share a Redis',
      ],
    ],
  });
  return command.action(async (options: Options) => {
    // Before all that is to be loaded, which takes a moment.
    const stopping = firstSignal();
    const { serve } = await import('./serving.ts');
    await serve(options, process.env, stopping);
  });
}
