import { deepStrictEqual, ok } from 'node:assert/strict';
import type { Command } from 'commander';

import { createProgram } from '../../cli/program.ts';
import { rule } from '../support/given.ts';

rule(
  'every example in a help can be typed as it stands, and is of the command it stands with',
  () => {
    const program = createProgram();
    const commands = withChildren(program);
    const shown = commands.flatMap((command) =>
      examplesOf(command).map((example) => ({ command, example })),
    );
    ok(shown.length > 20, 'there are examples');
    for (const { command, example } of shown) {
      const [before = '', typed] = example.split(program.name());
      ok(typed !== undefined && /^$|[A-Z]=\S+ $/.test(before), `${example}: is it this program?`);
      const { named, words } = commandIn(program, wordsOf(typed));
      ok(command === program || named === command, `${example}: of another command`);
      const wanted = words.filter((word) => word !== '--help');
      const { operands, unknown } = named.parseOptions(wanted);
      deepStrictEqual(unknown, [], example);
      const { registeredArguments: args } = named;
      const isMany = args.at(-1)?.variadic === true;
      ok(operands.length <= args.length || isMany, `${example}: too many words`);
      ok(operands.length >= args.filter(({ required }) => required).length, `${example}: too few`);
    }
  },
);

const withChildren = (command: Command): readonly Command[] => [
  command,
  ...command.commands.flatMap(withChildren),
];

function examplesOf(command: Command): readonly string[] {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text) });
  command.outputHelp();
  const [, examples = ''] = help.split('Examples:\n');
  return [...examples.matchAll(/^ {2}(\S.*)$/gm)].map(([, line = '']) => line);
}

/** The words of a command line; of what a shell would take apart there are quotes only. */
const wordsOf = (line: string): readonly string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');

function commandIn(
  program: Command,
  words: readonly string[],
): { readonly named: Command; readonly words: string[] } {
  let named = program;
  for (const [place, word] of words.entries()) {
    if (named.commands.length === 0) return { named, words: words.slice(place) };
    const next = named.commands.find((each) => each.name() === word);
    ok(next !== undefined, `${words.join(' ')}: there is no ${word}`);
    named = next;
  }
  return { named, words: [] };
}
