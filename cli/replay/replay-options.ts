import { parseRoomName, parseUserName } from '../../core/names.ts';
import { exitUsage, PlainFailure } from '../plain-failure.ts';
import { type Environment, type Options, Settings } from '../settings.ts';
import { parseStoreOptions, storeFlags, type StoreOptions } from '../store-options.ts';
import { instantForms, parseInstant } from './instant.ts';
import { type Moment, momentForms, parseMoment } from './moment.ts';
import type { WantedRecords } from './record-filter.ts';
import { replayFlags, type ReplayFlag } from './replay-flags.ts';
import { eventTypes } from './story.ts';

/** Where the history is read from. */
export type Source =
  | { readonly kind: 'live'; readonly store: StoreOptions }
  | { readonly kind: 'file'; readonly path: string };

/** What of the log is read: from a time or a position on, up to a time or a position. */
export interface Stretch {
  /** Milliseconds since 1970: the first that is wanted, and the last. */
  readonly since?: number;
  readonly until?: number;
  readonly from?: Moment;
  readonly to?: Moment;
}

export type Mode =
  | {
      readonly kind: 'history';
      readonly format: 'text' | 'ndjson' | 'csv';
      readonly follow: boolean;
      readonly positions: boolean;
    }
  | {
      readonly kind: 'at';
      readonly moment: Moment;
      readonly json: boolean;
      readonly server?: string;
    }
  | { readonly kind: 'as'; readonly user: string; readonly receipts: boolean }
  | { readonly kind: 'diff'; readonly one: Moment; readonly other: Moment }
  | { readonly kind: 'slice'; readonly out: string }
  | { readonly kind: 'report'; readonly out: string }
  | { readonly kind: 'step' };

/** What `replay` was told, checked. */
export interface ReplayOptions {
  readonly source: Source;
  readonly mode: Mode;
  readonly wanted: WantedRecords;
  readonly stretch: Stretch;
  /** The reason for reading, which is recorded. */
  readonly why: string | undefined;
}

/**
 * @param operands what stands on the command line beside the options
 * @param now milliseconds since 1970
 * @throws {PlainFailure} with every problem, a line each
 */
export function parseReplayOptions(
  operands: readonly string[],
  options: Options,
  env: Environment,
  now: number,
): ReplayOptions {
  // The environment names the store, as for every command; who talks in it is no filter.
  const settings = new Settings<ReplayFlag>(replayFlags, options, {});
  const stores = new Settings(storeFlags, options, env);
  const store = parseStoreOptions(stores, env);
  const parser = new ReplayParser(settings, now);
  const rest = [...operands];
  const mode = parser.mode(rest);
  const wanted = parser.wanted();
  const stretch = parser.stretch();
  const path = parser.file(rest);
  parser.refuseMixtures(mode);
  const isStoreNamed = ['data', 'redis'].some((name) => options[name] !== undefined);
  if (path !== undefined && isStoreNamed)
    settings.problems.push(`Either the file ${path} can be read or a store, not both.`);
  const problems = [...settings.problems, ...(path === undefined ? stores.problems : [])];
  if (problems.length > 0) throw new PlainFailure(problems.join('\n'), exitUsage);
  const source: Source = path === undefined ? { kind: 'live', store } : { kind: 'file', path };
  return { source, mode, wanted, stretch, why: settings.text('why') };
}

type Parsed = Settings<ReplayFlag>;
/** What chooses what is done, beside printing the history. */
const modeFlags = ['at', 'as', 'diff', 'slice', 'step', 'report'] as const;

class ReplayParser {
  readonly #settings: Parsed;
  readonly #now: number;

  constructor(settings: Parsed, now: number) {
    this.#settings = settings;
    this.#now = now;
  }

  mode(operands: string[]): Mode {
    const settings = this.#settings;
    const chosen = modeFlags.filter((flag) => settings.given(flag) !== undefined);
    if (chosen.length > 1)
      settings.problems.push(
        `Only one of ${chosen.map((flag) => `--${flag}`).join(' and ')} can be done.`,
      );
    const [only] = chosen;
    switch (only) {
      case 'at':
        return this.#at();
      case 'as':
        return { kind: 'as', user: this.#user('as'), receipts: settings.isOn('receipts') };
      case 'diff': {
        const other = operands.pop();
        if (other === undefined) settings.problems.push('--diff compares two moments: --diff A B.');
        return {
          kind: 'diff',
          one: this.#moment('diff'),
          other: this.#parsed('--diff', other ?? '0'),
        };
      }
      case 'slice': {
        const out = settings.text('out');
        if (out === undefined)
          settings.problems.push('--slice is written to a file: add --out FILE.');
        return { kind: 'slice', out: out ?? '' };
      }
      case 'step':
        return { kind: 'step' };
      case 'report':
        return { kind: 'report', out: settings.text('report') ?? '' };
      default: {
        const format = settings.choice('format', ['text', 'ndjson', 'csv']) ?? 'text';
        const [follow, positions] = [settings.isOn('follow'), settings.isOn('positions')];
        return { kind: 'history', format, follow, positions };
      }
    }
  }

  wanted(): WantedRecords {
    const settings = this.#settings;
    const rooms = this.#each('room', (typed) => parseRoomName(typed)?.canonical, 'a room name');
    const users = this.#each('user', parseUserName, 'a user name');
    const types = settings.given('types')?.values.flatMap((value) => value.split(',')) ?? [];
    const known = new Map(eventTypes.map((type) => [type.toLowerCase(), type]));
    for (const type of types)
      if (!known.has(type.toLowerCase()))
        settings.problems.push(
          `--types: there is no event ${type}; there are ${eventTypes.join(', ')}.`,
        );
    return {
      rooms,
      users,
      types: new Set(types.map((type) => known.get(type.toLowerCase()) ?? type)),
    };
  }

  stretch(): Stretch {
    const [since, until] = [this.#instant('since'), this.#instant('until')];
    const [from, to] = [this.#position('from-position'), this.#position('to-position')];
    const { problems } = this.#settings;
    if (since !== undefined && from !== undefined)
      problems.push('It begins either with --since or with --from-position.');
    if (until !== undefined && to !== undefined)
      problems.push('It ends either with --until or with --to-position.');
    if (since !== undefined && until !== undefined && since > until)
      problems.push('--since is later than --until.');
    return {
      ...(since !== undefined && { since }),
      ...(until !== undefined && { until }),
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
    };
  }

  file(operands: readonly string[]): string | undefined {
    const named = this.#settings.text('file');
    const files = [...operands, ...(named === undefined ? [] : [named])];
    if (files.length > 1)
      this.#settings.problems.push(`One file can be read, but ${files.join(' and ')} are given.`);
    return files[0];
  }

  /** What would be passed over in silence is refused. */
  refuseMixtures({ kind }: Mode): void {
    const takenBy: Partial<Record<ReplayFlag, readonly Mode['kind'][]>> = {
      room: ['history'],
      user: ['history'],
      types: ['history'],
      format: ['history'],
      follow: ['history'],
      positions: ['history'],
      state: ['at'],
      server: ['at'],
      receipts: ['as'],
      out: ['slice'],
      since: ['history', 'as', 'slice', 'report', 'step'],
      until: ['history', 'as', 'slice', 'report', 'step'],
      'from-position': ['history', 'as', 'slice', 'report', 'step'],
      'to-position': ['history', 'as', 'slice', 'report', 'step'],
    };
    for (const [flag, kinds] of Object.entries(takenBy)) {
      const isGiven = this.#settings.given(flag as ReplayFlag) !== undefined;
      if (!isGiven || kinds.includes(kind)) continue;
      const where = kind === 'history' ? 'the history' : `--${kind}`;
      this.#settings.problems.push(`--${flag} does not go with ${where}.`);
    }
  }

  #at(): Mode {
    const state = this.#settings.choice('state', ['json']);
    const server = this.#settings.text('server');
    const known = server === undefined ? {} : { server };
    return { kind: 'at', moment: this.#moment('at'), json: state === 'json', ...known };
  }

  #user(flag: 'as'): string {
    const typed = this.#settings.text(flag) ?? '';
    const user = parseUserName(typed);
    if (user === undefined) this.#settings.problems.push(`--${flag}: "${typed}" is no user name.`);
    return user ?? '';
  }

  #each(
    flag: 'room' | 'user',
    parse: (typed: string) => string | undefined,
    what: string,
  ): ReadonlySet<string> {
    const names = new Set<string>();
    for (const typed of this.#settings.given(flag)?.values ?? []) {
      const name = parse(typed);
      if (name === undefined) this.#settings.problems.push(`--${flag}: "${typed}" is not ${what}.`);
      else names.add(name);
    }
    return names;
  }

  #instant(flag: 'since' | 'until'): number | undefined {
    const typed = this.#settings.text(flag);
    if (typed === undefined) return undefined;
    const at = parseInstant(typed, this.#now);
    if (at === undefined)
      this.#settings.problems.push(`--${flag} should be ${instantForms}, not "${typed}".`);
    return at;
  }

  #position(flag: 'from-position' | 'to-position'): Moment | undefined {
    const typed = this.#settings.text(flag);
    if (typed === undefined) return undefined;
    const moment = parseMoment(typed, this.#now);
    if (moment !== undefined && moment.kind !== 'time') return moment;
    this.#settings.problems.push(
      `--${flag} should be a position such as 1200, with several partitions 3:1200 or 870,1200,…, not "${typed}".`,
    );
    return undefined;
  }

  #moment(flag: 'at' | 'diff'): Moment {
    return this.#parsed(`--${flag}`, this.#settings.text(flag) ?? '');
  }

  #parsed(source: string, typed: string): Moment {
    const moment = parseMoment(typed, this.#now);
    if (moment !== undefined) return moment;
    this.#settings.problems.push(`${source} should be ${momentForms}, not "${typed}".`);
    return { kind: 'record', position: 0 };
  }
}
