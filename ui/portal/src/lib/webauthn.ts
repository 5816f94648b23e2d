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
