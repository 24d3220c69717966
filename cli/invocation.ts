import { basename, relative } from 'node:path';

/**
 * How this program is called here, to be typed again in the same folder: `securechat` where it is
 * installed under that name, and otherwise `node` with the path to its file.
 */
export function invocation(
  script = process.argv[1] ?? 'dist/cli/main.js',
  folder = process.cwd(),
): string {
  if (basename(script) === 'securechat') return 'securechat';
  return `node ${word(relative(folder, script))}`;
}

/** A path or a name as one word of a command line. */
export const word = (text: string): string =>
  /^[\w./\\:@+-]+$/.test(text) ? text : JSON.stringify(text);

/** Whether `npm start` or another script of package.json started this process. */
export const isNpmScript = (): boolean => process.env['npm_lifecycle_event'] !== undefined;
