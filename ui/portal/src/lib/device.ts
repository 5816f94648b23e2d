/*
 * The key of an officer's record that lives in this browser: the passkey's id and a device key that cannot be exported.
 * IndexedDB keeps the CryptoKey itself; its private part never leaves the browser.
 */
import { asBytes, type Bytes, concat, utf8 } from './bytes';

export interface ApprovalKey {
  record: string;
  passkey: Bytes;
  rpId: string;
  deviceKey: CryptoKey;
  /* whose, and since when; keys made elsewhere may not say */
  staff?: string;
  madeAt?: number;
}

const DEVICE_LABEL = utf8('kyso device v1\0');

function open(): Promise<IDBDatabase> {
  return new Promise((done, fail) => {
    const asked = indexedDB.open('kyso-approval', 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore('keys', { keyPath: 'record' });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error ?? new Error('indexedDB'));
  });
}

export async function approvalKey(record: string): Promise<ApprovalKey | undefined> {
  const db = await open();
  return new Promise((done, fail) => {
    const asked = db.transaction('keys').objectStore('keys').get(record);
    asked.onsuccess = () => done(asked.result as ApprovalKey | undefined);
    asked.onerror = () => fail(asked.error ?? new Error('indexedDB'));
  });
}

export async function approvalKeys(staff: string): Promise<ApprovalKey[]> {
  const db = await open();
  return new Promise((done, fail) => {
    const asked = db.transaction('keys').objectStore('keys').getAll();
    asked.onsuccess = () => done((asked.result as ApprovalKey[]).filter((k) => k.staff === staff).sort((a, b) => (b.madeAt ?? 0) - (a.madeAt ?? 0)));
    asked.onerror = () => fail(asked.error ?? new Error('indexedDB'));
  });
}

async function change(work: (keys: IDBObjectStore) => void): Promise<void> {
  const db = await open();
  return new Promise((done, fail) => {
    const under = db.transaction('keys', 'readwrite');
    work(under.objectStore('keys'));
    under.oncomplete = () => done();
    under.onerror = () => fail(under.error ?? new Error('indexedDB'));
  });
}

export const keepApprovalKey = (key: ApprovalKey): Promise<void> => change((keys) => keys.put(key));
export const dropApprovalKey = (record: string): Promise<void> => change((keys) => keys.delete(record));

/* The private part never leaves the browser: it cannot be exported. */
export async function newDeviceKey(): Promise<{ key: CryptoKey; point: Bytes }> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
  return { key: pair.privateKey, point: asBytes(await crypto.subtle.exportKey('raw', pair.publicKey)) };
}

/* Raw ECDSA P-256, 64 bytes, over the label and the statement (statements.md §4). */
export async function deviceSignature(key: CryptoKey, statement: string): Promise<Bytes> {
  const content = concat(DEVICE_LABEL, utf8(statement));
  return asBytes(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, content));
}

/* The same over a list of statements. */
export async function deviceListSignature(key: CryptoKey, list: Uint8Array): Promise<Bytes> {
  const content = concat(utf8('kyso device list v1\0'), list);
  return asBytes(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, content));
}
