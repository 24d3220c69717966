import {
  type ParsedServeOptions,
  parseServeOptions,
  type ServeOptions,
} from '../../cli/serve-options.ts';
import type { Environment, Options } from '../../cli/settings.ts';

/** @throws Error with the problems, where there are any */
export function optionsOf(flags: Options, env: Environment = {}): ServeOptions {
  const parsed: ParsedServeOptions = parseServeOptions(flags, env);
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  return parsed.options;
}

/** None, where the options make sense. */
export function problemsOf(flags: Options, env: Environment = {}): readonly string[] {
  const parsed = parseServeOptions(flags, env);
  return 'problems' in parsed ? parsed.problems : [];
}
