import { Command } from 'commander';
import { addFlags } from './command-flags.ts';
import { connectFlags } from './connect-options.ts';
import { addHelpText } from './help-text.ts';
import type { Options } from './settings.ts';

/** `securechat connect`: a person's conversation at a terminal, or a program's in a pipe. */
export function connectCommand(): Command {
  const command = new Command('connect')
    .summary('talk, in this terminal or from a pipe')
    .description('Connect to a chat server and talk: at a terminal, or as a program in a pipe.')
    .argument('[address]', 'HOST:PORT, HOST or PORT of the server (default: localhost:1222)');
  addFlags(command, connectFlags);
  addHelpText(command, {
    paragraphs: [
      'Each option is also an environment variable (--user is SECURECHAT_USER), and so is the address (SECURECHAT_CONNECT).',
      "The server's certificate is always verified: by the authorities in the file of --ca, else by ./certs/ca.crt if there is one, else by those of this system.",
      'The password is asked for; it is never an argument. It can also come from SECURECHAT_PASSWORD, or from the first line of the file that SECURECHAT_PASSWORD_FILE names.',
      'At a terminal: Tab completes commands and names, the arrow keys edit and bring back what you said, Ctrl-C clears the line and twice quits, Ctrl-D quits. A lost connection is made again.',
      'In a pipe, with --user and a password from the environment: each line of the standard input is sent when the one before it is stored; what arrives goes to the standard output, errors to the standard error. The exit code is 0 if every line was stored, and every command carried out.',
    ],
    examples: (connect) => [
      [`${connect} --user alice`, "asks for alice's password"],
      [
        `${connect} chat.example:1222 --ca ca.crt --room IITKGP`,
        "a server whose authority's certificate was copied here",
      ],
      [`echo hi | SECURECHAT_PASSWORD_FILE=secret.txt ${connect} --user alice`],
    ],
  });
  return command.action(async (address: string | undefined, options: Options) => {
    const { connect } = await import('./connecting.ts');
    await connect(address, options, process.env);
  });
}
