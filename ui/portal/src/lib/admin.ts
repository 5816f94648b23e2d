/* Statements of administration, written in this page: a record of the registry that officers make (docs/protocol/statements.md §6). */
import { fromBase64url, toHex } from './bytes';
import { type Json, writeCanonical } from './jcs';
import { readStatement, type Statement } from './statement';

const DAY = 86_400;
const NONCE_BYTES = 51;
/* kind 1, node 2, boot 8: then when it was made, in seconds, big-endian. */
const MADE_AT = 11;
const PROPOSAL_DAYS = 14;
const YEAR_DAYS = 366;

export type Process = 'sam' | 'ca';
export type RecordType = 'officer' | 'seal' | 'client';

/* Who keeps a record of this type, and so executes the statement. */
export const KEEPERS: Record<RecordType, Process[]> = { officer: ['sam', 'ca'], seal: ['sam', 'ca'], client: ['sam'] };

export const newRecordId = (): string => toHex(crypto.getRandomValues(new Uint8Array(16)));

/* The service's own time, as its nonce says it: this machine's clock may be wrong. */
export function nonceMade(nonce: string): number {
  const bytes = fromBase64url(nonce);
  if (bytes.length !== NONCE_BYTES) throw new Error('nonce: 51 bytes');
  return Number(new DataView(bytes.buffer).getBigUint64(MADE_AT));
}

export interface NewRecord {
  id: string;
  type: RecordType;
  years: number;
  members: { [name: string]: Json };
}

/* nonces: one of each keeper, in the order of KEEPERS. */
export async function recordStatement(record: NewRecord, nonces: string[], realm: string): Promise<Statement> {
  const made = Math.min(...nonces.map(nonceMade));
  const text = writeCanonical({
    v: 1,
    type: 'admin',
    realm,
    aud: KEEPERS[record.type].map((p, i) => ({ p, n: nonces[i] as string })),
    iat: made,
    exp: made + PROPOSAL_DAYS * DAY,
    record: {
      ...record.members,
      type: record.type,
      id: record.id,
      version: 1,
      not_before: made - 60,
      not_after: made + record.years * YEAR_DAYS * DAY,
    },
  });
  return readStatement(text);
}

/* "3f2a 90c1 …": what two people compare over the telephone; the hash holds everything that is signed. */
export const compareCode = (hash: Uint8Array): string =>
  toHex(hash.slice(0, 10))
    .replace(/(.{4})(?=.)/g, '$1 ')
    .toUpperCase();
