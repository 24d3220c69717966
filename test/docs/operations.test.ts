import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';

import pino from 'pino';
import { type Test, test } from 'tap';

import { openMemory } from '../../adapters/memory/event-store.ts';
import { loadOrMakeCertificates } from '../../adapters/tls/certificates.ts';
import { notReadyWords } from '../../server/readiness.ts';
import { startChat } from '../../server/start.ts';
import { testKey } from '../audit/sealed-records.ts';
import { ChatClient } from '../support/chat-client.ts';
import { until } from '../support/until.ts';
import { askerOf } from '../support/web-client.ts';

/** Soon, for what tells of checkpoints is printed behind the first one. */
const sealWithinMs = 100;

const docs = new URL('../../../docs/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, docs), 'utf8');

await test('every metric that a server prints is explained, with its labels, and no other', async (t) => {
  const printed = await metricsOf(t);
  const explained = new Map(
    [...read('operations.md').matchAll(/^\| `(\w+)` \|([^|]*)\| [^|]*\w[^|]* \|$/gm)].map(
      ([, name = '', labels = '']) => [name, [...labels.matchAll(/`(\w+)`/g)].map(([, l]) => l)],
    ),
  );
  for (const name of printed.names) t.ok(explained.has(name), `${name} is explained`);
  for (const [name, labels] of explained) {
    // On other systems than Linux the process tells less of itself.
    if (!name.startsWith('process_')) t.ok(printed.names.has(name), `${name} is printed`);
    for (const used of printed.labelsOf(name))
      t.ok(['server', 'le', ...labels].includes(used), `${name} has ${used}`);
  }
});

await test('every reason not to be ready is explained, and no other', (t) => {
  const rows = [...read('operations.md').matchAll(/^\| (`[A-Z][^|]*) \| [^|]*\w[^|]* \|$/gm)];
  const explained = rows.flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]*)`/g)].map(([, words = '']) => words),
  );
  t.same(explained.toSorted(), Object.values(notReadyWords).toSorted());
  t.end();
});

await test('the dashboard asks for metrics that a server prints, and by labels that they have', async (t) => {
  const { panels, __inputs: inputs } = JSON.parse(read('grafana-dashboard.json')) as Dashboard;
  const printed = await metricsOf(t);
  const [input] = inputs;
  t.match(input, { type: 'datasource', pluginId: 'prometheus' });
  t.ok(panels.length > 10);
  for (const { title, targets, datasource } of panels) {
    t.equal(datasource.uid, `\${${input?.name}}`, title);
    for (const { expr } of targets) {
      const samples = [...expr.matchAll(/\b(?:securechat|nodejs|process)_\w+/g)].map(
        ([one]) => one,
      );
      t.equal(samples.length, 1, expr);
      const [sample = ''] = samples;
      t.ok(printed.samples.has(sample), `${title}: ${sample}`);
      const by = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, labels = '']) =>
        labels.split(', '),
      );
      const matched = [...expr.matchAll(/(\w+)!?="/g)].map(([, label = '']) => label);
      for (const label of [...by, ...matched])
        t.ok(printed.labelsOf(sample).has(label), `${title}: ${sample} has ${label}`);
    }
  }
});

interface Dashboard {
  readonly __inputs: readonly { readonly name: string }[];
  readonly panels: readonly {
    readonly title: string;
    readonly datasource: { readonly uid: string };
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

interface Printed {
  readonly names: ReadonlySet<string>;
  /** Their names and, of histograms, those of their parts. */
  readonly samples: ReadonlySet<string>;
  /** Of a metric, or a sample. */
  labelsOf(name: string): ReadonlySet<string>;
}

/** What a server prints over HTTPS after somebody has talked, and the log was sealed. */
async function metricsOf(t: Test): Promise<Printed> {
  const certificates = await loadOrMakeCertificates({ dir: t.testdir() });
  const host = '127.0.0.1';
  const chat = await startChat({
    servers: [{ name: 'north', host, port: 0, web: { port: 0 } }],
    openStores: async () => openMemory(),
    certify: async () => certificates,
    tlsMin: 'TLSv1.3',
    web: { page: '/nowhere', allowedOrigins: [] },
    sealing: () => ({ key: testKey(), withinMs: sealWithinMs }),
    registrationOpen: false,
    demo: true,
    messagesPerSecond: 1_000,
    log: pino({ level: 'silent' }),
  });
  const { port, web = '' } = chat.servers[0] ?? { port: 0 };
  const alice = new ChatClient(connect({ host, port, ca: certificates.cert }));
  alice.send('LOGIN alice password123', '/receipts on', 'hello');
  await alice.seesMatching(/^STORED/);
  const ask = askerOf(Number(new URL(web).port), certificates.cert);
  const body = await until(
    async () => {
      const { body: text } = await ask('/metrics');
      return text.includes('securechat_log_unsealed_seconds{') && text;
    },
    { what: 'the log to be sealed', withinMs: 20_000 },
  );
  alice.vanish();
  await chat.stop();
  const samples = [...body.matchAll(/^(\w+)(?:{(.*)})? \S+$/gm)];
  return {
    names: new Set([...body.matchAll(/^# HELP (\w+) /gm)].map(([, name = '']) => name)),
    samples: new Set(samples.map(([, name = '']) => name)),
    labelsOf: (wanted) =>
      new Set(
        samples
          .filter(
            ([, name = '']) =>
              name.replace(/_(bucket|sum|count)$/, '') === wanted || name === wanted,
          )
          .flatMap(([, , labels = '']) => [...labels.matchAll(/(\w+)="/g)].map(([, l = '']) => l)),
      ),
  };
}
