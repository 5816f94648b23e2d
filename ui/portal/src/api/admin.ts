/* Drawing up and handing in what officers decide about the registry. */
import { recordStatement, KEEPERS, type NewRecord } from '../lib/admin';
import { realmOf, type Statement } from '../lib/statement';
import { Failure, get, getText, post } from './client';

export interface Founding {
  n: number;
  origin: string;
  rp_id: string;
  officers: { id: string; name: string }[];
}

export async function founding(): Promise<{ record: Founding; realm: string }> {
  const text = await getText('/api/v1/founding');
  return { record: JSON.parse(text) as Founding, realm: await realmOf(text) };
}

export async function drawUp(record: NewRecord): Promise<Statement> {
  const { realm } = await founding();
  const nonces = await Promise.all(KEEPERS[record.type].map((process) => post<{ nonce: string }>('/api/v1/nonces', { process, kind: 'long' })));
  return recordStatement(
    record,
    nonces.map((n) => n.nonce),
    realm,
  );
}

export interface OfficerRecord {
  id: string;
  name: string;
  roles: string[];
  auth: 'cms' | 'webauthn';
  not_before: number;
  not_after: number;
}

/* undefined: no such record, or it was removed. */
export async function officerRecord(id: string): Promise<OfficerRecord | undefined> {
  try {
    return await get<OfficerRecord>(`/api/v1/officers/${id}`);
  } catch (e) {
    if (e instanceof Failure && e.status === 404) return undefined;
    throw e;
  }
}

/* An encoded list that holds nothing. */
export const NOBODY = 'AA';

export const propose = (statement: Statement, authorisations: string) => post<{ id: string }>('/api/v1/proposals', { statement: statement.text, authorisations });

/* Where one officer is enough it is executed at once; else it waits for the others. True: executed. */
export async function handIn(statement: Statement, authorisations: string, needed: number): Promise<boolean> {
  if (needed > 1) {
    await propose(statement, authorisations);
    return false;
  }
  await post('/api/v1/admin', { statement: statement.text, authorisations, evidence: [] });
  return true;
}

export interface Proposal {
  id: string;
  statement: string;
  signers: string[];
  proposed_by: string;
  proposed_by_name: string;
  created_at: number;
  expires_at: number;
}
