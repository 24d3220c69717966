import { test } from 'tap';

import { closingTests } from './contract/closing.ts';
import { commitTests } from './contract/commits.ts';
import { credentialTests } from './contract/credentials.ts';
import { fencingTests } from './contract/fencing.ts';
import { keyTests } from './contract/keys.ts';
import { lapseTests, leaseTests } from './contract/leases.ts';
import { type ContractTests, type LogFactory, TestLogs } from './contract/log-under-test.ts';
import { onceTests } from './contract/once.ts';
import { openingTests } from './contract/opening.ts';
import { orderTests } from './contract/order.ts';
import { randomCommitTests } from './contract/random-commits.ts';
import { readingTests } from './contract/reading.ts';
import { snapshotTests } from './contract/snapshots.ts';
import { subscribingTests } from './contract/subscribing.ts';
import { trimmingTests } from './contract/trimming.ts';

const sections: readonly ContractTests[] = [
  openingTests,
  closingTests,
  commitTests,
  orderTests,
  onceTests,
  fencingTests,
  readingTests,
  subscribingTests,
  snapshotTests,
  trimmingTests,
  leaseTests,
  credentialTests,
  keyTests,
  randomCommitTests,
];

/**
 * Holds an adapter to the contracts of the ports: the numbered sentences of `EventStore`,
 * `TrimmableLog`, `SnapshotStore`, `LeaseStore`, `CredentialStore` and `KeyStore`, on logs of one and of eight partitions. An adapter's test
 * file awaits it at its top level; what comes of its storage's faults it tests in other files.
 */
export async function storeContract(factory: LogFactory): Promise<void> {
  await testLog(new TestLogs(factory, 1), 'a log of one partition', [...sections, lapseTests]);
  await testLog(new TestLogs(factory, 8), 'a log of eight partitions', sections);
}

async function testLog(
  logs: TestLogs,
  name: string,
  tests: readonly ContractTests[],
): Promise<void> {
  await test(name, async (t) => {
    for (const [sentence, body] of tests.flatMap((section) => Object.entries(section))) {
      await t.test(sentence, (subtest) => body(subtest, logs));
    }
  });
}
