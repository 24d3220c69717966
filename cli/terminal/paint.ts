import { unreachable } from '../../core/rejection.ts';
import type { Colours } from '../colours.ts';
import type { ServerLine, Spoken } from './server-line.ts';

/** Turns lines into what a terminal shows. Without colours each comes out as it went in. */
export class Paint {
  readonly #colours: Colours;
  readonly #nameColours: readonly ((name: string) => string)[];

  constructor(c: Colours) {
    this.#colours = c;
    // Readable on a dark ground and on a light one; red is for errors.
    this.#nameColours = [c.cyan, c.green, c.magenta, c.yellow, c.blueBright, c.cyanBright].concat([
      c.greenBright,
      c.magentaBright,
      c.yellowBright,
    ]);
  }

  /** A line of the server. */
  line(line: ServerLine): string {
    const c = this.#colours;
    switch (line.kind) {
      case 'message':
        return c.dim(line.from.prefix) + this.#spoken(line.from);
      case 'past':
        return c.dim(line.from.prefix) + this.#spoken(line.from);
      case 'subbed':
        return c.bold(c.cyan(line.from.prefix)) + this.#spoken(line.from);
      case 'direct':
        return c.bold(c.magenta(line.from.prefix)) + this.#spoken(line.from);
      case 'notice':
      case 'stored':
      case 'authRequired':
        return c.dim(line.text);
      case 'welcome':
      case 'joined':
      case 'success':
        return c.green(line.text);
      case 'error':
        return this.error(line.text);
      case 'names':
      case 'other':
        return line.text;
      default:
        return unreachable(line);
    }
  }

  /** What the person at this terminal said. */
  own({ prefix, user, said }: Spoken): string {
    return `${this.#colours.dim(prefix)}${this.#colours.bold(this.name(user))}: ${said}`;
  }

  /** A name, always in the same colour. */
  name(user: string): string {
    let sum = 0;
    for (const character of user) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
    const colour = this.#nameColours[sum % this.#nameColours.length];
    return colour === undefined ? user : colour(user);
  }

  /** Something the client itself says. */
  notice(words: string): string {
    return this.#colours.dim(words);
  }

  error(words: string): string {
    return this.#colours.red(words);
  }

  prompt(words: string): string {
    return this.#colours.bold(words);
  }

  #spoken({ user, said }: Spoken): string {
    return `${this.name(user)}: ${said}`;
  }
}
