import { deepStrictEqual, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { checkpointText, parseCheckpoint } from '../../adapters/audit/checkpoint-note.ts';
import { formatNote, parseNote } from '../../adapters/audit/signed-note.ts';
import { parseVerifierKey, signerOf } from '../../adapters/audit/verifier-key.ts';
import { rule } from '../support/given.ts';
import { testKey } from './sealed-records.ts';

/** The example of golang.org/x/mod/sumdb/note, from which the standard was written. */
const vkey = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const note = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`;

rule('the note of the standard’s authors is verified with their key', () => {
  const key = parseVerifierKey(vkey);
  ok(key !== undefined);
  deepStrictEqual(key.text, vkey);
  deepStrictEqual(signerOf(note, [key]), key);
  deepStrictEqual(signerOf(note.replace('answer', 'question'), [key]), undefined);
});

rule('a note comes out as it went in', () => {
  const parsed = parseNote(note);
  ok(parsed !== undefined);
  deepStrictEqual(formatNote(parsed), note);
});

rule('what is no note is none', () => {
  const broken = [
    '',
    'text\n',
    'text\n\n',
    note.trimEnd(),
    note.replace('— ', '- '),
    note.replace('x08go/', 'x08go'),
    note.replace('PeterNeumann ', 'Peter Neumann '),
    note.replace('\n\n', '\n'),
    note.replace('answer', 'ans\u0007wer'),
  ];
  for (const text of broken) deepStrictEqual(parseNote(text), undefined, JSON.stringify(text));
});

rule('what is no verifier key is none', () => {
  const broken = ['', vkey.slice(1), vkey.replace('c74f20a3', 'c74f20a4'), `${vkey}A`, 'a+b'];
  for (const text of broken) deepStrictEqual(parseVerifierKey(text), undefined, text);
});

rule('any checkpoint that is signed is read and verified again, and with no other key', () => {
  const [key, other] = [testKey(), testKey()];
  const root = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
  const tree = fc.record(
    {
      partition: fc.nat(255),
      epoch: fc.uuid(),
      size: fc.integer({ min: 0, max: 10 ** 15 - 1 }),
      root,
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(tree, (checkpoint) => {
      const signed = key.signNote(checkpointText(checkpoint));
      deepStrictEqual(parseCheckpoint(signed), checkpoint);
      deepStrictEqual(signerOf(signed, [other.verifier, key.verifier]), key.verifier);
      deepStrictEqual(signerOf(signed, [other.verifier]), undefined);
      deepStrictEqual(parseVerifierKey(key.verifier.text)?.text, key.verifier.text);
    }),
  );
});
