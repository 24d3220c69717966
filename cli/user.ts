import { Command } from 'commander';
import { addFlags } from './command-flags.ts';
import { addHelpText } from './help-text.ts';
import type { Options } from './settings.ts';
import { storeFlags } from './store-options.ts';
import type { UserActions } from './user-actions.ts';

const environment =
  'Each option is also an environment variable: --data is SECURECHAT_DATA, and so on. The URL of Redis may also be in REDIS_URL, or in a file that SECURECHAT_REDIS_FILE names: use these when it holds a password.';

const passwordHelp = {
  paragraphs: [
    'The password is asked for, twice and without being shown, or is the first line of standard input: it is never an argument, since arguments can be read by everybody on this machine.',
  ],
};

/** `securechat user` */
export function userCommand(): Command {
  const user = new Command('user')
    .summary('add, list and change accounts')
    .helpCommand(false)
    .description(
      'Add, list and change accounts, while servers run or before the first start. The store is the one that serve takes with the same options and environment.',
    );
  addHelpText(user, { paragraphs: [environment.replace('Each option', 'Each option of these')] });
  addHelpText(action(user, 'add', 'make an account', '<name>'), passwordHelp);
  action(user, 'list', 'show all accounts');
  addHelpText(
    action(user, 'passwd', 'give an account another password, and end its session', '<name>'),
    passwordHelp,
  );
  action(user, 'suspend', 'end the session of an account, and let it in no more', '<name>');
  action(user, 'reinstate', 'let a suspended account in again', '<name>');
  action(
    user,
    'erase',
    'close an account for ever, and make all it wrote unreadable',
    '<name>',
  ).option('--yes', 'do not ask');
  action(
    user,
    'import',
    'make the accounts of a file: one name,password a line, no header (- is standard input)',
    '<file>',
  );
  return user;
}

function action(
  user: Command,
  name: keyof UserActions,
  about: string,
  argument?: '<name>' | '<file>',
): Command {
  const command = new Command(name).description(
    `${about.charAt(0).toUpperCase()}${about.slice(1)}.`,
  );
  command.summary(about);
  if (argument !== undefined) command.argument(argument);
  addFlags(command, storeFlags);
  addHelpText(command, { paragraphs: [environment] });
  command.action(async () => {
    const { runUserAction } = await import('./user-actions.ts');
    const options: Options = command.opts();
    await runUserAction(name, command.args[0] ?? '', options, process.env);
  });
  user.addCommand(command);
  return command;
}
