import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

import type { KeptKey, KeyStore } from '../../core/key-store.ts';
import { isErasureMark } from './erasure-marks.ts';
import { isExpiryMark } from './expiry-marks.ts';
import { type MasterKey, type MasterKeys, UnusableMasterKey } from './master-keys.ts';

const algorithm = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
/** What is kept of a key that was destroyed. */
const destroyed = 'destroyed';
/** A key that is being rewrapped is found under its new master key when looked at again. */
const looksMax = 3;

/**
 * The data keys of a log, wrapped by the master key. A key's kept form is the master key's id, `:`
 * and base64url of nonce, key and tag under AES-256-GCM with the name as associated data.
 */
export class DataKeys {
  readonly #store: KeyStore;
  readonly #masters: MasterKeys;
  /** The name of the key by which it is found out which master key the log has. */
  #sample: string | undefined;

  constructor(store: KeyStore, masters: MasterKeys) {
    this.#store = store;
    this.#masters = masters;
  }

  /**
   * Finds out, by one of the keys, whether the master keys are those of the log.
   * @throws {UnusableMasterKey} with the way out
   */
  async check(): Promise<void> {
    const name = (this.#sample = await this.#sampled());
    const kept = name === undefined ? undefined : await this.#store.get(name);
    if (name === undefined || kept === undefined) return void this.#masters.read();
    const { id } = await this.#wrapping(name, kept);
    if (id !== undefined) throw new UnusableMasterKey(notOfTheLog(id));
  }

  /**
   * The key of this name, made if there was none; undefined when it was destroyed.
   * @throws {UnusableMasterKey} also rather than to wrap a new key by a master key that is not the log's
   */
  async obtain(name: string): Promise<Buffer | undefined> {
    const found = await this.find(name);
    if (found !== 'none') return found;
    await this.check();
    const key = randomBytes(keyBytes);
    const [master] = this.#masters.read();
    const kept = await this.#store.change(name, undefined, wrap(master, name, key));
    return this.#unwrapped(name, kept);
  }

  /** The same, but `none` where there was none. */
  async find(name: string): Promise<Buffer | undefined | 'none'> {
    const kept = await this.#store.get(name);
    return kept === undefined ? 'none' : this.#unwrapped(name, kept);
  }

  /** From now on nobody gets it, and nobody makes it again. @returns whether it was there */
  async destroy(name: string): Promise<boolean> {
    for (let kept = await this.#store.get(name); kept !== destroyed;) {
      const found = await this.#store.change(name, kept, destroyed);
      if (found === destroyed) return kept !== undefined;
      kept = found;
    }
    return false;
  }

  /** Whether it was there, and is no more. */
  async isDestroyed(name: string): Promise<boolean> {
    return (await this.#store.get(name)) === destroyed;
  }

  /** All of them, also those that were destroyed. */
  async *names(): AsyncIterable<string> {
    for await (const { name } of this.#all()) yield name;
  }

  /**
   * All of them as they are kept, those that were destroyed too, but each wrapped anew by the first
   * of the master keys.
   * @throws {UnusableMasterKey}
   */
  async *list(): AsyncIterable<KeptKey> {
    const [master] = this.#masters.read();
    for await (const { name, value } of this.#all()) {
      const key = await this.#unwrapped(name, value);
      yield { name, value: key === undefined ? destroyed : wrap(master, name, key) };
    }
  }

  /**
   * Wraps anew, by the first of the master keys, all that another one wraps.
   * @returns how many were
   */
  async rewrap(): Promise<number> {
    const [master] = this.#masters.read();
    let rewrapped = 0;
    for await (const { name, value } of this.#all()) {
      if (value === destroyed || value.startsWith(`${master.id}:`)) continue;
      const key = await this.#unwrapped(name, value);
      if (key === undefined) continue;
      const after = wrap(master, name, key);
      if ((await this.#store.change(name, value, after)) === after) rewrapped += 1;
    }
    return rewrapped;
  }

  /** @throws {UnusableMasterKey} when none of the master keys is the one that wraps it */
  async #unwrapped(name: string, found: string): Promise<Buffer | undefined> {
    const { master, kept, id } = await this.#wrapping(name, found);
    if (id !== undefined) throw new UnusableMasterKey(notOurs(name, id));
    return master && unwrap(master, name, kept);
  }

  /** What wraps a key, and how it is kept then; `id`: of a master key that we do not have. */
  async #wrapping(name: string, found: string): Promise<Wrapping> {
    let kept: string | undefined = found;
    for (let look = 1; kept !== undefined && kept !== destroyed; look++) {
      const id = kept.slice(0, kept.indexOf(':'));
      const master = this.#masters.read().find((one) => one.id === id);
      if (master !== undefined) return { master, kept };
      if (look === looksMax) return { kept, id };
      kept = await this.#store.get(name);
    }
    return { kept: destroyed };
  }

  async *#all(): AsyncIterable<KeptKey> {
    for await (const kept of this.#store.list())
      if (!isErasureMark(kept.name) && !isExpiryMark(kept.name)) yield kept;
  }

  /** A key that is there: the one that was taken before, unless it was destroyed since. */
  async #sampled(): Promise<string | undefined> {
    const last = this.#sample && (await this.#store.get(this.#sample));
    if (last !== undefined && last !== '' && last !== destroyed) return this.#sample;
    for await (const { name, value } of this.#all()) if (value !== destroyed) return name;
    return undefined;
  }
}

interface Wrapping {
  readonly kept: string;
  readonly master?: MasterKey;
  readonly id?: string;
}

const notOurs = (name: string, id: string): string =>
  `The key ${name} is wrapped by the master key ${id}, which is not the one given.`;

const notOfTheLog = (id: string): string =>
  `The master key that is given is not the one of this log, whose keys are wrapped by another (its id is ${id}). Give the file that the other servers have now: each erasure replaces it.`;

function wrap(master: MasterKey, name: string, key: Buffer): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, master.key, nonce).setAAD(Buffer.from(name));
  const parts = [nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()];
  return `${master.id}:${Buffer.concat(parts).toString('base64url')}`;
}

function unwrap(master: MasterKey, name: string, kept: string): Buffer {
  const bytes = Buffer.from(kept.slice(master.id.length + 1), 'base64url');
  try {
    const decipher = createDecipheriv(algorithm, master.key, bytes.subarray(0, nonceBytes));
    decipher.setAAD(Buffer.from(name)).setAuthTag(bytes.subarray(-tagBytes));
    return Buffer.concat([
      decipher.update(bytes.subarray(nonceBytes, -tagBytes)),
      decipher.final(),
    ]);
  } catch (error) {
    throw new UnusableMasterKey(`The key ${name} is damaged, or was put under another name.`, {
      cause: error,
    });
  }
}
