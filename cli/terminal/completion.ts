import { commandTable } from '../../adapters/line/command-table.ts';
import type { ServerLine } from './server-line.ts';

/** Names of each kind that are offered at most: the ones seen last. */
const namesMax = 500;

/** What Tab does: replace `text.slice(from)` by `to`, or show the choices there are. */
export type Completion =
  | { readonly kind: 'none' }
  | { readonly kind: 'insert'; readonly from: number; readonly to: string }
  | { readonly kind: 'choices'; readonly choices: readonly string[] };

/** The users and rooms that the server has mentioned, the latest last. */
export class SeenNames {
  readonly #users = new Set<string>();
  readonly #rooms = new Set<string>(['lobby']);

  get users(): readonly string[] {
    return [...this.#users];
  }

  get rooms(): readonly string[] {
    return [...this.#rooms];
  }

  learn(line: ServerLine): void {
    switch (line.kind) {
      case 'message':
      case 'subbed':
      case 'direct':
      case 'past':
        remember(this.#users, line.from.user);
        break;
      case 'notice':
        remember(this.#users, line.user);
        remember(this.#rooms, line.room);
        break;
      case 'joined':
      case 'welcome':
        remember(this.#rooms, line.room);
        break;
      case 'names':
        for (const name of line.names)
          remember(line.of === 'rooms' ? this.#rooms : this.#users, name);
        break;
      default:
    }
  }
}

/** Completes the word before the cursor: a command, a room or a user, whichever belongs there. */
export function complete(text: string, names: Pick<SeenNames, 'users' | 'rooms'>): Completion {
  const word = /[^ \t]*$/.exec(text)?.[0] ?? '';
  const from = text.length - word.length;
  const { candidates, behind } = candidatesFor(text.slice(0, from), word, names);
  const matches = candidates.filter((candidate) => startsAlike(candidate, word)).toSorted();
  const [first] = matches;
  if (first === undefined) return { kind: 'none' };
  if (matches.length === 1) return { kind: 'insert', from, to: first + behind };
  const common = commonStart(matches);
  return common.length > word.length
    ? { kind: 'insert', from, to: common }
    : { kind: 'choices', choices: matches };
}

const commands = Object.keys(commandTable).map((name) => `/${name}`);

function candidatesFor(
  before: string,
  word: string,
  { users, rooms }: Pick<SeenNames, 'users' | 'rooms'>,
): { candidates: readonly string[]; behind: string } {
  if (before === '' && word.startsWith('/')) return { candidates: commands, behind: ' ' };
  // A name that opens a line addresses somebody.
  if (before === '') return { candidates: word === '' ? [] : users, behind: ': ' };
  const behind = ' ';
  const [command = '', ...args] = before.trimEnd().split(/[ \t]+/);
  if (!command.startsWith('/')) return { candidates: word === '' ? [] : users, behind };
  if (args.length > 0 && command !== '/msg') return { candidates: [], behind };
  switch (command) {
    case '/join':
    case '/who':
      return { candidates: rooms, behind };
    case '/help':
      return { candidates: commands.map((name) => name.slice(1)), behind };
    case '/receipts':
      return { candidates: ['on', 'off'], behind };
    case '/subscribe':
    case '/unsubscribe':
    case '/msg':
      return { candidates: users, behind };
    default:
      return { candidates: [], behind };
  }
}

const startsAlike = (candidate: string, word: string): boolean =>
  candidate.toLowerCase().startsWith(word.toLowerCase());

function commonStart(words: readonly string[]): string {
  const [first = '', ...rest] = words;
  let length = first.length;
  while (!rest.every((word) => startsAlike(word, first.slice(0, length)))) length -= 1;
  return first.slice(0, length);
}

function remember(names: Set<string>, name: string): void {
  names.delete(name);
  names.add(name);
  if (names.size <= namesMax) return;
  const [oldest] = names;
  if (oldest !== undefined) names.delete(oldest);
}
