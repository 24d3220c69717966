import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';

import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { test } from 'tap';
import { parse } from 'yaml';

import { clientFrames } from '../../adapters/websocket/client-frames.ts';
import { serverFrames } from '../../adapters/websocket/server-frames.ts';
import { closeCodes } from '../../core/close-code.ts';
import { errorCatalogue } from '../../core/error-catalogue.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const text = readFileSync(join(root, 'docs', 'asyncapi.yaml'), 'utf8');

interface Document {
  readonly operations: Record<string, unknown>;
  readonly components: { readonly messages: Record<string, { readonly payload: object }> };
  readonly 'x-close-codes': readonly { readonly name: string; readonly code: number }[];
  readonly 'x-error-codes': Record<string, string>;
}
const document = parse(text) as Document;
const { messages } = document.components;

await test('the AsyncAPI document is what the script makes of the schemas', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'securechat-asyncapi-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'asyncapi.yaml');
  const { stderr } = spawnSync(execPath, [join(root, 'scripts', 'asyncapi.mjs'), file], {
    encoding: 'utf8',
  });
  t.equal(stderr, '');
  t.ok(readFileSync(file, 'utf8') === text, 'npm run asyncapi changes nothing');
  t.end();
});

await test('it is valid by the schema that AsyncAPI 3.0 publishes', (t) => {
  const path = createRequire(import.meta.url).resolve(
    '@asyncapi/specs/schemas/3.0.0-without-$id.json',
  );
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const isValid = ajv.compile(JSON.parse(readFileSync(path, 'utf8')) as object);
  t.ok(isValid(document), JSON.stringify(isValid.errors?.slice(0, 5)));
  t.notOk(isValid({ ...document, operations: { login: { action: 'wave' } } }), 'which is strict');
  t.end();
});

await test('every reference in it leads somewhere', (t) => {
  const references = [...text.matchAll(/\$ref: "?#\/([^"\n]+)/g)].map(([, path = '']) => path);
  t.ok(references.length > 50, 'there are some');
  for (const path of new Set(references)) {
    let found: unknown = document;
    for (const key of path.split('/')) found = (found as Record<string, unknown>)[key];
    t.type(found, Object, path);
  }
  t.end();
});

await test('it has every frame, every close code and every error, and no other', (t) => {
  const clients = Object.keys(clientFrames);
  const names = [
    ...clients.flatMap((type) => [`client.${type}`, `ok.${type}`]),
    ...Object.keys(serverFrames).map((type) => `server.${type}`),
  ];
  t.same(Object.keys(messages).toSorted(), names.toSorted());
  t.same(Object.keys(document.operations).toSorted(), [...clients, 'tell'].toSorted());
  const codes = document['x-close-codes'].map(({ name, code }) => [name, code]);
  t.same(Object.fromEntries(codes), closeCodes);
  t.same(document['x-error-codes'], errorCatalogue);
  t.end();
});

await test('its payloads tell a frame from what is none', (t) => {
  const ajv = new Ajv();
  const fits = (name: string, frame: object): boolean =>
    ajv.validate(messages[name]?.payload ?? {}, frame);
  const say = { type: 'say', id: '1', room: 'lobby', text: 'hello', sequence: 1 };
  t.ok(fits('client.say', say));
  t.notOk(fits('client.say', { ...say, sequence: 0 }));
  t.notOk(fits('client.say', { ...say, colour: 'red' }));
  const ok = { type: 'ok', id: '1', room: 'lobby', epoch: 'e1', number: 17 };
  t.ok(fits('ok.say', ok));
  t.ok(fits('ok.say', { ...ok, more: true }), 'a server may say more one day');
  t.notOk(fits('ok.say', { ...ok, number: 'seventeen' }));
  t.end();
});
