import { type Command, Help } from 'commander';

/** Where the output is no terminal that tells its width. */
const columnsDefault = 80;
/** With less room than this beside a list's terms, what is said of them stands below. */
const besideColumnsMin = 40;
const belowIndent = 6;

/** How a list of a command's help is broken into lines. */
export const helpLines: Pick<Help, 'minWidthToWrap' | 'formatItem'> = {
  /** Nobody reads lines that are shorter. */
  minWidthToWrap: 20,
  formatItem(term, termWidth, description, helper) {
    const columns = helper.helpWidth ?? columnsDefault;
    const formatBeside = Help.prototype.formatItem.bind(helper);
    if (description === '' || columns - termWidth >= besideColumnsMin)
      return formatBeside(term, termWidth, description, helper);
    const lines = helper.boxWrap(description, columns - belowIndent);
    return `  ${term}\n${lines.replaceAll(/^/gm, ' '.repeat(belowIndent))}`;
  },
};

/** What stands behind the options in a command's help. */
export interface HelpText {
  /** Each is broken into lines of the terminal's width. */
  readonly paragraphs?: readonly string[];
  /** Command lines, made with the command as it is typed here, and what each does. */
  readonly examples?: (command: string) => readonly Example[];
}

type Example = readonly [line: string, about?: string];

/** Adds a text to a command's help. Command lines are left whole, to be copied. */
export function addHelpText(command: Command, { paragraphs = [], examples }: HelpText): Command {
  return command.addHelpText('after', () => {
    const blocks = paragraphs.map((paragraph) => wrapped(command, paragraph));
    if (examples !== undefined) {
      const lines = examples(nameOf(command)).flatMap(([line, about]) =>
        about === undefined ? [`  ${line}`] : [`  ${line}`, `      ${about}`],
      );
      blocks.push(['Examples:', ...lines].join('\n'));
    }
    return `\n${blocks.join('\n\n')}`;
  });
}

function wrapped(command: Command, text: string): string {
  const { isTTY, columns } = process.stdout;
  return command.createHelp().boxWrap(text, isTTY ? columns : columnsDefault);
}

/** As it is typed, with the name of the program. */
const nameOf = (command: Command): string =>
  command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
