import { type Command, Option } from 'commander';
import type { Flag } from './settings.ts';

/** Gives a command its flags. Their values are left as they were typed, to be checked together. */
export function addFlags(command: Command, flags: Readonly<Record<string, Flag>>): void {
  for (const [name, { argument, about, group, ...flag }] of Object.entries<Flag>(flags)) {
    const form = argument === undefined ? `--${name}` : `--${name} <${argument}>`;
    const option = flag.repeatable === true ? repeatable(form, about) : new Option(form, about);
    if (group !== undefined) option.helpGroup(`${group}:`);
    command.addOption(option);
  }
}

/** An option whose values are gathered, however often it is given. */
export const repeatable = (form: string, about: string): Option =>
  new Option(form, about).argParser((value: string, before: readonly string[] | undefined) => [
    ...(before ?? []),
    value,
  ]);
