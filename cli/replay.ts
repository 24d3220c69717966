import { Command } from 'commander';
import { addFlags } from './command-flags.ts';
import { addHelpText } from './help-text.ts';
import { replayFlags } from './replay/replay-flags.ts';
import { keysFlags } from './replay/source.ts';
import type { Options } from './settings.ts';
import { storeFlags } from './store-options.ts';

/** `securechat replay` */
export function replayCommand(): Command {
  const command = new Command('replay')
    .summary('read the history, and see the chat as it was at any moment')
    .description(
      'Read what happened, and see the chat as it was at any moment: from a live log while servers run, or from a file.',
    )
    .argument(
      '[file...]',
      'a log that was exported, or the folder of an archive; without one, the store that serve takes',
    );
  const { data, redis, 'master-key-file': masterKey } = storeFlags;
  addFlags(command, {
    ...replayFlags,
    ...keysFlags,
    data,
    redis,
    'master-key-file': masterKey,
  });
  addHelpText(command, {
    paragraphs: [
      'A TIME is in UTC unless it has a zone: 2026-11-27, "2026-11-27 06:19:52", 2026-11-27T06:19:52+01:00, or 90s, 5m, 2h, 3d ago. A MOMENT is a TIME, or a position in the log: --positions shows them. Of a log of several partitions a position is 3:1200, or one for each: 870,1200.',
      'Nothing is changed. That somebody reads a live log is recorded in it first: who, what and, with --why, the reason.',
      'Exit codes: 0 done, 1 it could not be read, 2 wrong usage.',
    ],
    examples: (replay) => [
      [replay, 'everything, of the log in ./data'],
      [`${replay} --room lobby --since 1h --follow`, 'the lobby, the last hour and what comes'],
      [`${replay} --user alice --format csv`, 'for a spreadsheet'],
      [`${replay} --at "2026-11-27 06:19:52"`, 'who was online then, and where'],
      [`${replay} --diff 1h now`, 'what changed in the last hour'],
      [`${replay} --as bob --since 1h`, 'what bob saw'],
      [`${replay} log.ndjson.gz --keys keys.json`, 'an exported file, with its texts'],
      [`${replay} --report report.html`, 'to look at in a browser'],
    ],
  });
  return command.action(async (operands: readonly string[], options: Options) => {
    const { replay } = await import('./replay/replaying.ts');
    await replay(operands, options, process.env);
  });
}
