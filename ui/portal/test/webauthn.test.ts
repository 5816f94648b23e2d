import { expect, test } from 'vitest';
import { pointOf } from '../src/lib/webauthn';

test('the point of a passkey is the end of its SubjectPublicKeyInfo', async () => {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const spki = new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey));
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  expect(pointOf(spki)).toEqual(raw);
});

test('keys of other kinds are refused', async () => {
  const other = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-384' }, true, ['sign', 'verify']);
  expect(() => pointOf(new Uint8Array(91))).toThrow('P-256');
  expect(() => pointOf(new Uint8Array(64))).toThrow('P-256');
  const spki = new Uint8Array(await crypto.subtle.exportKey('spki', other.publicKey));
  expect(() => pointOf(spki)).toThrow('P-256');
});
