import { Command } from 'commander';
import { archiveFlags } from './audit-flags.ts';
import { addFlags } from './command-flags.ts';
import { addHelpText } from './help-text.ts';
import { keysFlags } from './replay/source.ts';
import type { Options } from './settings.ts';
import { storeFlags } from './store-options.ts';

/** `securechat audit who-saw` */
export function whoSawCommand(): Command {
  const command = new Command('who-saw')
    .summary('tell who was delivered a message, and who has read it since')
    .description(
      'Tell who was delivered a message of a room, and who has read it since by history or has marked it as read.',
    )
    .argument('<room>', 'the room')
    .argument('<number>', 'the number of the message in its room, as history shows it')
    .argument('[file]', 'a log that was exported; without one, the store that serve takes')
    .option('--why <TEXT>', 'the reason for reading, which is recorded');
  const { data, redis, 'master-key-file': masterKey } = storeFlags;
  addFlags(command, {
    ...keysFlags,
    ...archiveFlags,
    data,
    redis,
    'master-key-file': masterKey,
  });
  addHelpText(command, {
    paragraphs: [
      'Delivered means written to the connection, or kept for one that was lost and came back: nobody knows who looked. That a live log is read in this way is recorded in it.',
    ],
    examples: (whoSaw) => [[`${whoSaw} lobby 17`]],
  });
  return command.action(
    async (room: string, number: string, file: string | undefined, options: Options) => {
      const { printWhoSaw } = await import('./replay/who-saw-command.ts');
      await printWhoSaw({ room, number, file }, options, process.env);
    },
  );
}
