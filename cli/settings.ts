/** A flag of a command, which is also an environment variable. Its name is in kebab-case. */
export interface Flag {
  /** What follows it, for the help; a flag without is on or off. */
  readonly argument?: string;
  readonly about: string;
  /** The heading under which the help lists it. */
  readonly group?: string;
  /** May be given several times; the variable holds the values separated by commas. */
  readonly repeatable?: boolean;
}

/** The options of a command as commander gives them, by camelCase name. */
export type Options = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
export type Flags<Name extends string> = Readonly<Record<Name, Flag>>;
export type Environment = Readonly<Record<string, string | undefined>>;

/** What was given for a flag, and where: `--port` or `SECURECHAT_PORT`. */
export interface Given {
  readonly values: readonly string[];
  readonly source: string;
}

/** The environment variable of a flag: `SECURECHAT_LOG_LEVEL` for `log-level`. */
export const variableOf = (flag: string): string =>
  `SECURECHAT_${flag.toUpperCase().replaceAll('-', '_')}`;

const truths: ReadonlyMap<string, boolean> = new Map([
  ['1', true],
  ['true', true],
  ['yes', true],
  ['on', true],
  ['0', false],
  ['false', false],
  ['no', false],
  ['off', false],
]);

/**
 * What the flags and the environment say, flags first. Values that make no sense are gathered as
 * {@link problems} rather than thrown, so that a person is told all of them at once.
 */
export class Settings<Name extends string> {
  /** A sentence each. */
  readonly problems: string[] = [];
  readonly #given = new Map<string, Given>();

  constructor(flags: Flags<Name>, options: Options, env: Environment) {
    for (const name of Object.keys(flags) as Name[]) {
      const given = fromOption(name, options) ?? fromVariable(name, flags[name], env);
      if (given === undefined) continue;
      // What is meant by nothing? Not the default: whoever writes --data "$DIR" means a folder.
      if (given.values.every((value) => value.trim() === ''))
        this.problems.push(`${given.source} is empty.`);
      else this.#given.set(name, given);
    }
  }

  given(name: Name): Given | undefined {
    return this.#given.get(name);
  }

  text(name: Name): string | undefined {
    return this.#given.get(name)?.values.at(-1);
  }

  choice<Choice extends string>(name: Name, choices: readonly Choice[]): Choice | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const chosen = choices.find((choice) => choice === text);
    if (chosen === undefined) this.#refuse(name, text, `one of ${choices.join(', ')}`);
    return chosen;
  }

  integer(name: Name, min: number, max: number): number | undefined {
    return this.integers(name, min, max)?.at(-1);
  }

  integers(name: Name, min: number, max: number): readonly number[] | undefined {
    const values = this.#given.get(name)?.values;
    return values?.filter((text) => this.#isInteger(name, text, min, max)).map(Number);
  }

  isOn(name: Name): boolean {
    const text = this.text(name);
    if (text === undefined) return false;
    const on = truths.get(text.toLowerCase());
    if (on === undefined) this.#refuse(name, text, '1 or 0');
    return on ?? false;
  }

  #isInteger(name: Name, text: string, min: number, max: number): boolean {
    const number = Number(text);
    const fits = /^\d+$/.test(text) && number >= min && number <= max;
    if (!fits) this.#refuse(name, text, `a whole number from ${min} to ${max}`);
    return fits;
  }

  #refuse(name: Name, text: string, wanted: string): void {
    const source = this.#given.get(name)?.source ?? name;
    this.problems.push(`${source} should be ${wanted}, not "${text}".`);
  }
}

function fromOption(name: string, options: Options): Given | undefined {
  const value = options[name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())];
  if (value === undefined) return undefined;
  const values = typeof value === 'object' ? value : [String(value)];
  return { values, source: `--${name}` };
}

/** An empty variable is one that is not set. */
function fromVariable(name: string, flag: Flag, env: Environment): Given | undefined {
  const source = variableOf(name);
  const text = env[source]?.trim();
  if (text === undefined || text === '') return undefined;
  const values = flag.repeatable === true ? text.split(',').map((part) => part.trim()) : [text];
  return { values, source };
}
