import { expect, test } from 'vitest';
import { compareCode, newRecordId, nonceMade, recordStatement } from '../src/lib/admin';
import { toBase64url, toHex } from '../src/lib/bytes';

function nonce(made: number): string {
  const bytes = new Uint8Array(51).fill(7);
  new DataView(bytes.buffer).setBigUint64(11, BigInt(made));
  return toBase64url(bytes);
}
const realm = 'ab'.repeat(32);

test('the time of a nonce is the service’s', () => {
  expect(nonceMade(nonce(1_763_000_000))).toBe(1_763_000_000);
  expect(() => nonceMade(toBase64url(new Uint8Array(50)))).toThrow('51 bytes');
});

test('a record of an officer goes to both key systems, from the older nonce on', async () => {
  const id = newRecordId();
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  const st = await recordStatement({ id, type: 'officer', years: 2, members: { name: 'Lê Thị Hoa', roles: ['approve'] } }, [nonce(2_000_060), nonce(2_000_000)], realm);
  expect(st.members).toMatchObject({ v: 1, type: 'admin', realm, iat: 2_000_000, exp: 2_000_000 + 14 * 86_400 });
  expect((st.members.aud as { p: string }[]).map((a) => a.p)).toEqual(['sam', 'ca']);
  expect(st.members.record).toEqual({ id, type: 'officer', version: 1, name: 'Lê Thị Hoa', roles: ['approve'], not_before: 1_999_940, not_after: 2_000_000 + 2 * 366 * 86_400 });
});

test('a record of a client is kept by one of them', async () => {
  const st = await recordStatement({ id: newRecordId(), type: 'client', years: 5, members: { name: 'Sở Y tế' } }, [nonce(5_000)], realm);
  expect((st.members.aud as { p: string }[]).map((a) => a.p)).toEqual(['sam']);
});

test('what people compare is the beginning of the hash', () => {
  const hash = Uint8Array.from({ length: 32 }, (_, i) => i);
  expect(compareCode(hash)).toBe('0001 0203 0405 0607 0809');
  expect(compareCode(hash).replaceAll(' ', '').toLowerCase()).toBe(toHex(hash).slice(0, 20));
});
