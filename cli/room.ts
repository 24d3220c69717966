import { Command } from 'commander';
import { addFlags } from './command-flags.ts';
import { addHelpText } from './help-text.ts';
import type { Options } from './settings.ts';
import { storeFlags } from './store-options.ts';

/** `securechat room` */
export function roomCommand(): Command {
  const room = new Command('room')
    .summary('say how long rooms keep what is said')
    .helpCommand(false)
    .description(
      'Say how long rooms keep what is said, while servers run. The store is the one that serve takes with the same options and environment.',
    );
  const retain = new Command('retain')
    .argument('<room>')
    .argument('<days>', 'a number of days, or forever')
    .summary('keep what is said in a room for so many days')
    .description(
      'Keep what is said in a room for so many days, from 1 to 36500, or forever. What is older becomes unreadable a month at a time, at most a month later: the key of that month is destroyed. This cannot be undone.',
    )
    .action(async () => {
      const { retainRoom } = await import('./room-actions.ts');
      const [name = '', days = ''] = retain.args;
      const options: Options = retain.opts();
      await retainRoom(name, days, options, process.env);
    });
  addFlags(retain, storeFlags);
  addHelpText(retain, {
    paragraphs: [],
    examples: (name) => [[`${name} lobby 90`, 'three months']],
  });
  room.addCommand(retain);
  return room;
}
