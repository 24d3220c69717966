import type { Credential, CredentialStore } from '../../../core/credential-store.ts';
import type { ContractTests } from './log-under-test.ts';

const credential = (user: string, id: string, hash = `$argon2id$${user}${id}`): Credential => ({
  id,
  user,
  hash,
  createdAt: 1_700_000_000_123,
});

/** The sentences of `CredentialStore`. */
export const credentialTests: ContractTests = {
  'a credential is found by its user and id': async (t, logs) => {
    const log = await logs.make(t);
    const [one, other] = [await log.open(), await log.open()];
    await one.credentials.put(credential('alice', '1'));
    await one.credentials.put(credential('alice', '2'));
    t.strictSame(await other.credentials.get('alice', '1'), credential('alice', '1'));
    t.strictSame(await one.credentials.get('alice', '2'), credential('alice', '2'));
    t.equal(await one.credentials.get('alice', '3'), undefined);
    t.equal(await one.credentials.get('bob', '1'), undefined);
  },

  'a credential outlives the process that put it': async (t, logs) => {
    const log = await logs.make(t);
    await (await log.open()).credentials.put(credential('alice', '1'));
    const { credentials } = await log.reopen();
    t.strictSame(await credentials.get('alice', '1'), credential('alice', '1'));
  },

  'a credential is never written over': async (t, logs) => {
    const { credentials } = await logs.open(t);
    await credentials.put(credential('alice', '1'));
    await credentials.put(credential('alice', '1', 'another'));
    t.strictSame(await credentials.get('alice', '1'), credential('alice', '1'));
  },

  'a credential that was removed is gone, the others stay': async (t, logs) => {
    const { credentials } = await logs.open(t);
    await credentials.put(credential('alice', '1'));
    await credentials.put(credential('alice', '2'));
    await credentials.remove('alice', '1');
    await credentials.remove('alice', '1');
    t.equal(await credentials.get('alice', '1'), undefined);
    t.strictSame(await listed(credentials), [credential('alice', '2')]);
  },

  'all credentials are listed': async (t, logs) => {
    const { credentials } = await logs.open(t);
    t.same(await listed(credentials), []);
    const all = ['alice', 'bob', 'carol'].flatMap((user) => [
      credential(user, '1'),
      credential(user, '2'),
    ]);
    await Promise.all(all.map((each) => credentials.put(each)));
    t.strictSame(await listed(credentials), all);
  },

  'no credential is in the log': async (t, logs) => {
    const log = await logs.make(t);
    const stores = await log.open();
    await stores.credentials.put(credential('alice', '1'));
    t.equal((await log.records(stores)).length, logs.partitions);
  },
};

/** By user and id: a store lists them in no order. */
async function listed(credentials: CredentialStore): Promise<readonly Credential[]> {
  const all: Credential[] = [];
  for await (const each of credentials.list()) all.push(each);
  return all.toSorted((a, b) => (`${a.user} ${a.id}` < `${b.user} ${b.id}` ? -1 : 1));
}
