/* The encoded list of authorisations (docs/protocol/statements.md §4). */
import { type Bytes, concat, fromHex } from './bytes';

export type Authorisation =
  | { kind: 'cms'; record: string; signedData: Uint8Array }
  | {
      kind: 'webauthn';
      record: string;
      authenticatorData: Uint8Array;
      clientDataJSON: Uint8Array;
      signature: Uint8Array;
      deviceSignature: Uint8Array;
      statements?: Uint8Array; /* over a list: its content */
    };

const RECORD_BYTES = 16;
const DEVICE_SIGNATURE_BYTES = 64;
const LIST_MAX = 8;

function lv(bytes: Uint8Array): Bytes {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, bytes.length);
  return concat(length, bytes);
}

function recordId(hex: string): Bytes {
  const id = fromHex(hex);
  if (id.length !== RECORD_BYTES) throw new Error('record id: 16 bytes');
  return id;
}

export function encodeAuthorisation(a: Authorisation): Bytes {
  if (a.kind === 'cms') return concat(Uint8Array.of(2), recordId(a.record), lv(a.signedData));
  if (a.deviceSignature.length !== DEVICE_SIGNATURE_BYTES) throw new Error('device signature: 64 bytes');
  return concat(
    Uint8Array.of(a.statements ? 3 : 1),
    recordId(a.record),
    lv(a.authenticatorData),
    lv(a.clientDataJSON),
    lv(a.signature),
    lv(a.deviceSignature),
    ...(a.statements ? [lv(a.statements)] : []),
  );
}

export function encodeAuthorisations(list: Authorisation[]): Bytes {
  if (list.length === 0 || list.length > LIST_MAX) throw new Error('authorisations: 1 to 8');
  return concat(Uint8Array.of(list.length), ...list.map((a) => lv(encodeAuthorisation(a))));
}
