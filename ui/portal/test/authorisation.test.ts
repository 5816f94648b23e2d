/* The same vector is held against the C code: tests/unit/domain/test_authorisation.c, a_page_makes_the_same_bytes. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { encodeAuthorisations } from '../src/lib/authorisation';
import { fromHex, toHex, utf8 } from '../src/lib/bytes';
import { readStatement } from '../src/lib/statement';

const vector = (name: string) => readFileSync(new URL(`../../../tests/unit/domain/authorisation/${name}`, import.meta.url), 'utf8').trim();
const ID = '000102030405060708090a0b0c0d0e0f';

test('a list of both kinds has the bytes that the C code makes', () => {
  const list = encodeAuthorisations([
    {
      kind: 'webauthn',
      record: ID,
      authenticatorData: utf8('data'),
      clientDataJSON: utf8('{}'),
      signature: utf8('sig'),
      deviceSignature: new Uint8Array(64).fill(0x5a),
    },
    { kind: 'cms', record: '03' + '00'.repeat(15), signedData: utf8('signed data') },
  ]);
  expect(toHex(list)).toBe(vector('list.hex'));
});

test('the hash of a statement is the one that the C code makes', async () => {
  const statement = await readStatement(vector('statement.json'));
  expect(toHex(statement.hash)).toBe(vector('statement.hash'));
});

test('what cannot be encoded is refused', () => {
  expect(() => encodeAuthorisations([])).toThrow();
  expect(() => encodeAuthorisations([{ kind: 'cms', record: 'ff', signedData: fromHex('00') }])).toThrow('16 bytes');
  expect(() =>
    encodeAuthorisations([{ kind: 'webauthn', record: ID, authenticatorData: utf8(''), clientDataJSON: utf8(''), signature: utf8(''), deviceSignature: utf8('short') }]),
  ).toThrow('64 bytes');
});
