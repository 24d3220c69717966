import type { KeptKey, KeyStore } from '../../core/key-store.ts';

/** The version of the file's form; a higher one is refused. */
const keysFileVersion = 1;

/** The first line: of what log the keys are, and what wraps them. */
export interface KeysFileHeader {
  /** All epochs that the log has had, as far as it remembers. */
  readonly epochs: readonly string[];
  /** The id of the master key. */
  readonly master: string;
}

/** Keys of texts in a file, which was read whole. */
export interface KeysFile extends KeysFileHeader {
  readonly store: KeyStore;
}

/** A file of keys that cannot be used. The message is a sentence. */
export class UnusableKeysFile extends Error {
  override readonly name = 'UnusableKeysFile';
}

/** The content of a file with these keys, which are wrapped: a JSON object a line. */
export function keysFileText(header: KeysFileHeader, keys: readonly KeptKey[]): string {
  const lines = [
    { securechat: 'keys', version: keysFileVersion, ...header },
    ...keys.map(({ name, value: key }) => ({ name, key })),
    { end: { keys: keys.length } },
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** @throws {UnusableKeysFile} when it is none, or not whole */
export function parseKeysFile(text: string, path: string): KeysFile {
  const [first, ...lines] = text.split('\n').map(fieldsIn);
  // Behind the last line feed there is nothing.
  const isEnded = lines.pop() === undefined;
  const end = lines.pop()?.['end'];
  const header = headerIn(first, path);
  const keys = new Map<string, string>();
  for (const { name, key } of lines.map((line) => line ?? {}))
    if (typeof name === 'string' && typeof key === 'string') keys.set(name, key);
  const isWhole = isFields(end) && end['keys'] === keys.size && keys.size === lines.length;
  if (!isEnded || !isWhole) throw damaged(path);
  return { ...header, store: new FiledKeys(keys) };
}

function headerIn(first: Fields | undefined, path: string): KeysFileHeader {
  const { securechat, version, epochs, master } = first ?? {};
  if (securechat !== 'keys')
    throw new UnusableKeysFile(
      `${path} is no file of keys: securechat audit keys --out FILE writes one.`,
    );
  if (version !== keysFileVersion)
    throw new UnusableKeysFile(
      `${path} is of version ${String(version)}, and this program knows version ${keysFileVersion}.`,
    );
  if (!isTexts(epochs) || typeof master !== 'string') throw damaged(path);
  return { epochs, master };
}

const damaged = (path: string): UnusableKeysFile =>
  new UnusableKeysFile(`${path} is damaged: it is not, or not wholly, what was written.`);

/** Keys that are only read. */
class FiledKeys implements KeyStore {
  readonly #keys: ReadonlyMap<string, string>;

  constructor(keys: ReadonlyMap<string, string>) {
    this.#keys = keys;
  }

  get(name: string): Promise<string | undefined> {
    return Promise.resolve(this.#keys.get(name));
  }

  change(): Promise<string> {
    return Promise.reject(new Error('a file of keys is never changed'));
  }

  async *list(): AsyncIterable<KeptKey> {
    for (const [name, value] of this.#keys) yield { name, value };
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** Undefined for an empty line; a line that is no object has nothing in it. */
function fieldsIn(line: string): Fields | undefined {
  if (line === '') return undefined;
  try {
    const fields: unknown = JSON.parse(line);
    return isFields(fields) ? fields : {};
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return {};
  }
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((text) => typeof text === 'string');
