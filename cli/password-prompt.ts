import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { PlainFailure } from './plain-failure.ts';

/**
 * A new password for this user: asked for twice at a terminal, without being shown; otherwise the
 * first line of standard input.
 * @throws {PlainFailure} when the two differ, or nobody answers
 */
export async function askNewPassword(user: string): Promise<string> {
  if (!process.stdin.isTTY) {
    const [line = ''] = (await text(process.stdin)).split(/\r?\n/);
    return line;
  }
  const [first, second] = await askAll([`Password for ${user}: `, 'The same again: ']);
  if (first !== second) throw new PlainFailure('The two are not the same: nothing was changed.');
  return first ?? '';
}

/** The terminal shows nothing of what is typed from before the first question to the last answer. */
async function askAll(questions: readonly string[]): Promise<readonly string[]> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  const given = new AbortController();
  prompt.once('SIGINT', () => given.abort()).once('close', () => given.abort());
  const answers: string[] = [];
  try {
    for (const question of questions) {
      process.stderr.write(question);
      answers.push(await prompt.question('', { signal: given.signal }));
      process.stderr.write('\n');
    }
    return answers;
  } catch (error) {
    if (!given.signal.aborted) throw error;
    process.stderr.write('\n');
    throw new PlainFailure('No password was given: nothing was changed.');
  } finally {
    prompt.close();
  }
}
