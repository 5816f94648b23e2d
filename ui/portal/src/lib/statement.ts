/* Statements: read, hashed here, and compared with what they are about (docs/protocol/statements.md §3). */
import { type Bytes, concat, sha256, toHex, utf8 } from './bytes';
import { type Json, readCanonical } from './jcs';

export interface Statement {
  text: string;
  hash: Bytes;
  members: { [name: string]: Json };
}

export const STATEMENT_LABEL = utf8('kyso statement v1\0');

/* What is signed: the label and the canonical text. */
export const signedContent = (text: string): Bytes => concat(STATEMENT_LABEL, utf8(text));

/* The hash is made from the text that is shown, never taken from a server. */
export async function readStatement(text: string): Promise<Statement> {
  const members = readCanonical(text);
  return { text, members, hash: await sha256(signedContent(text)) };
}

export class Mismatch extends Error {}

function demand(held: boolean, what: string): void {
  if (!held) throw new Mismatch(what);
}

const numbers = (value: Json | undefined): number[] => (Array.isArray(value) ? value.filter((n) => typeof n === 'number') : []);

export interface Row {
  [name: string]: Json;
  row: number;
}

/* Members that say the same of everybody, but for those that are each person's own: to be said once. */
export function commonMembers(rows: Row[], own: string[]): string[] {
  const [first] = rows;
  if (!first || rows.length < 2) return [];
  return Object.keys(first).filter((n) => !own.includes(n) && rows.every((r) => JSON.stringify(r[n]) === JSON.stringify(first[n])));
}

/* "1–3, 5" of 1, 2, 3, 5. */
export function rangesText(list: number[]): string {
  const out: string[] = [];
  for (let i = 0; i < list.length; ) {
    let k = i;
    while (k + 1 < list.length && list[k + 1] === (list[k] as number) + 1) k++;
    out.push(k > i ? `${list[i]}–${list[k]}` : String(list[i]));
    i = k + 1;
  }
  return out.join(', ');
}

/* The rows of the request that a decision is about, in its order. */
export function rowsDecided(decision: Statement, request: Statement): Row[] {
  const all = (Array.isArray(request.members.rows) ? request.members.rows : []) as Row[];
  const chosen = numbers(decision.members.rows).map((n) => all.find((r) => r.row === n));
  demand(chosen.length > 0 && chosen.every((r) => r !== undefined), 'rows');
  demand(new Set(chosen).size === chosen.length, 'rows');
  return chosen as Row[];
}

/*
 * A decision (issue, revoke, refuse) is about this request, this dossier, this realm, and nothing it says differs from the
 * request that is shown beside it. Throws Mismatch with the member that does not fit.
 */
export function checkDecision(decision: Statement, request: Statement, type: string, realm: string, dossier: string): void {
  const d = decision.members;
  const r = request.members;
  demand(d.type === type, 'type');
  demand(r.type === 'request', 'request.type');
  demand(d.realm === realm && r.realm === realm, 'realm');
  demand(d.request === toHex(request.hash), 'request');
  demand(r.dossier === dossier, 'request.dossier');
  demand(type === 'refuse' || d.dossier === dossier, 'dossier');
  demand(type === 'refuse' || d.document === r.document, 'document');
  rowsDecided(decision, request);
}

/* The request that is handed out to be signed is about this dossier and this very document. */
export async function checkRequest(request: Statement, document: Bytes, realm: string, dossier: string): Promise<void> {
  demand(request.members.type === 'request', 'type');
  demand(request.members.realm === realm, 'realm');
  demand(request.members.dossier === dossier, 'dossier');
  demand(request.members.document === toHex(await sha256(document)), 'document');
}

/* The realm is the hash of the founding record (statements.md §1), whose text the server gives as it is. */
export const realmOf = async (founding: string): Promise<string> => toHex(await sha256(utf8(founding)));
