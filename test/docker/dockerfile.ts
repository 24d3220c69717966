/** One instruction of a Dockerfile. */
export interface Instruction {
  readonly word: string;
  /** What follows the word, lines joined. */
  readonly rest: string;
}

/** One stage: what stands between a FROM and the next. */
export interface Stage {
  readonly name: string;
  readonly instructions: readonly Instruction[];
}

/** Reads the stages of a Dockerfile that has neither heredocs nor ARGs before its first FROM. */
export function parseDockerfile(text: string): readonly Stage[] {
  const stages: { name: string; instructions: Instruction[] }[] = [];
  const lines = text.replaceAll(/^\s*#.*$/gm, '').replaceAll(/\\\n/g, ' ');
  for (const line of lines.split('\n')) {
    const [, word = '', rest = ''] = /^\s*([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (word === '') continue;
    if (word === 'FROM') {
      const [, name = `stage-${stages.length}`] = /\sAS\s+(\S+)/i.exec(rest) ?? [];
      stages.push({ name, instructions: [] });
    } else stages.at(-1)?.instructions.push({ word, rest });
  }
  return stages;
}

/** The words of an instruction in its JSON form. */
export const wordsOf = (rest: string): readonly string[] => JSON.parse(rest) as string[];
