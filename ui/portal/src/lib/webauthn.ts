/* Passkeys: logging in, registering one, and approving with the key of an officer's record. */
import { asBytes, type Bytes, fromBase64url, toBase64url } from './bytes';

/* What went wrong at the authenticator, for people. NotAllowedError is also "cancelled": browsers do not say which. */
export class KeyCancelled extends Error {}

export const passkeysThere = (): boolean => typeof window.PublicKeyCredential === 'function';

async function ask<T>(work: Promise<Credential | null>): Promise<T> {
  try {
    const made = await work;
    if (made === null) throw new KeyCancelled('no credential');
    return made as T;
  } catch (e) {
    if (e instanceof DOMException && (e.name === 'NotAllowedError' || e.name === 'AbortError')) throw new KeyCancelled(e.message);
    throw e;
  }
}

export interface Challenge {
  challenge: string;
  rp_id: string;
}

interface AssertionCredential extends PublicKeyCredential {
  response: AuthenticatorAssertionResponse;
}
interface AttestationCredential extends PublicKeyCredential {
  response: AuthenticatorAttestationResponse;
}

/* The body of POST /api/v1/session. */
export async function logInAssertion(c: Challenge): Promise<Record<string, string>> {
  const made = await ask<AssertionCredential>(
    navigator.credentials.get({
      publicKey: { challenge: fromBase64url(c.challenge), rpId: c.rp_id, userVerification: 'required', timeout: 120_000 },
    }),
  );
  const body: Record<string, string> = {
    credential: toBase64url(asBytes(made.rawId)),
    authenticator_data: toBase64url(asBytes(made.response.authenticatorData)),
    client_data_json: toBase64url(asBytes(made.response.clientDataJSON)),
    signature: toBase64url(asBytes(made.response.signature)),
  };
  const handle = made.response.userHandle;
  return handle && handle.byteLength > 0 ? { ...body, user_handle: toBase64url(asBytes(handle)) } : body;
}

export interface NewPasskey extends Challenge {
  user: { id: string; name: string; displayName: string };
  exclude?: string[];
}

/* The body of registration, but for its name. */
export async function registerPasskey(c: NewPasskey): Promise<{ attestation_object: string; client_data_json: string }> {
  const made = await ask<AttestationCredential>(
    navigator.credentials.create({
      publicKey: {
        challenge: fromBase64url(c.challenge),
        rp: { id: c.rp_id, name: 'Hệ thống đăng ký chứng thực' },
        user: { ...c.user, id: fromBase64url(c.user.id) },
        pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
        authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
        attestation: 'none',
        timeout: 120_000,
      },
    }),
  );
  return {
    attestation_object: toBase64url(asBytes(made.response.attestationObject)),
    client_data_json: toBase64url(asBytes(made.response.clientDataJSON)),
  };
}

export interface ApprovalPasskey {
  id: Bytes;
  /* P-256, 65 bytes */
  key: Bytes;
  /* may be backed up: a synced passkey */
  be: boolean;
}

const POINT_BYTES = 65;
const FLAGS_AT = 32;
const FLAG_BE = 0x08;
const FLAG_UV = 0x04;

/* The point out of a SubjectPublicKeyInfo of P-256, whose last bytes it is. */
export function pointOf(spki: Uint8Array): Bytes {
  const point = spki.slice(-POINT_BYTES) as Bytes;
  if (spki.length !== 26 + POINT_BYTES || point[0] !== 4) throw new Error('not a P-256 key');
  return point;
}

/*
 * A passkey that approves. Not discoverable where the authenticator lets us choose, so that it is never offered for logging
 * in; its user handle is its own, so that it takes the place of no other key.
 */
export async function approvalPasskey(rpId: string, name: string): Promise<ApprovalPasskey> {
  const made = await ask<AttestationCredential>(
    navigator.credentials.create({
      publicKey: {
        challenge: crypto.getRandomValues(new Uint8Array(32)),
        rp: { id: rpId, name: 'Phê duyệt chứng thực' },
        user: { id: crypto.getRandomValues(new Uint8Array(16)), name, displayName: name },
        pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
        authenticatorSelection: { residentKey: 'discouraged', requireResidentKey: false, userVerification: 'required' },
        attestation: 'none',
        timeout: 120_000,
      },
    }),
  );
  const spki = made.response.getPublicKey();
  const flags = asBytes(made.response.getAuthenticatorData())[FLAGS_AT] ?? 0;
  if (!spki) throw new Error('no public key');
  if (!(flags & FLAG_UV)) throw new KeyCancelled('not verified');
  return { id: asBytes(made.rawId), key: pointOf(asBytes(spki)), be: (flags & FLAG_BE) !== 0 };
}

export interface StatementAssertion {
  authenticatorData: Bytes;
  clientDataJSON: Bytes;
  signature: Bytes;
}

/* The challenge is the hash of the statement, made by this page from the text that it shows. */
export async function statementAssertion(hash: Bytes, rpId: string, passkey: Bytes): Promise<StatementAssertion> {
  const made = await ask<AssertionCredential>(
    navigator.credentials.get({
      publicKey: {
        challenge: hash,
        rpId,
        allowCredentials: [{ type: 'public-key', id: passkey }],
        userVerification: 'required',
        timeout: 120_000,
      },
    }),
  );
  return {
    authenticatorData: asBytes(made.response.authenticatorData),
    clientDataJSON: asBytes(made.response.clientDataJSON),
    signature: asBytes(made.response.signature),
  };
}
