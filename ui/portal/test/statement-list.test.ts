/* A list of statements has the bytes that the service reads: tests/unit/domain/test_statement_list.c. */
import { describe, expect, it } from 'vitest';
import { encodeAuthorisation } from '../src/lib/authorisation';
import { toHex, utf8 } from '../src/lib/bytes';
import { listContent, makeList } from '../src/lib/statement-list';

describe('list of statements', () => {
  it('is label, count, and each with its length', () => {
    const content = listContent(['{}', 'ạ']);
    expect(toHex(content)).toBe(`${toHex(utf8('kyso statements v1'))}00000200000002${toHex(utf8('{}'))}00000003e1baa1`);
  });
  it('is bounded', () => {
    expect(() => listContent([])).toThrow();
    expect(() => listContent(Array.from({ length: 201 }, () => '{}'))).toThrow();
    expect(() => listContent(['x'.repeat(256 * 1024)])).toThrow();
  });
  it('is hashed as it is, and goes along with an assertion', async () => {
    const list = await makeList(['{}'], []);
    expect(list.hash.length).toBe(32);
    const part = new Uint8Array(1);
    const device = new Uint8Array(64);
    const made = { kind: 'webauthn', record: '00'.repeat(16), authenticatorData: part, clientDataJSON: part, signature: part, deviceSignature: device } as const;
    expect(encodeAuthorisation(made)[0]).toBe(1);
    const over = encodeAuthorisation({ ...made, statements: list.content });
    expect(over[0]).toBe(3);
    expect(toHex(over).endsWith(toHex(list.content))).toBe(true);
  });
});
