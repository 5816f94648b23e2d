/*
 * Answers of the service, as docs/protocol/http.md words them. Bodies of requests come from the generated openapi.d.ts;
 * what the contract gives a schema for an answer is taken from there too.
 */
import type { components } from './openapi';

export type Person = components['schemas']['Person'];
export type NewDossier = components['schemas']['Dossier'];

export interface Staff {
  id: string;
  org: string;
  name: string;
  email: string;
  roles: string;
  officer_record?: string;
  state?: string;
  created_at?: number;
}

export interface Session {
  id: string;
  current?: boolean;
  key_kind?: string;
  key_name?: string;
  address: string;
  agent: string;
  created_at: number;
  used_at: number;
  proved_at: number;
  expires_at: number;
}

export interface OwnSession extends Session {
  fresh_until: number;
  idle_s: number;
  staff: Staff;
}

export interface LoginKey {
  id: string;
  kind: string;
  name: string;
  fingerprint: string;
  synced: boolean;
  not_after: number;
  created_at: number;
  used_at: number;
}

export type OrgKind = 'department' | 'delegate' | 'organisation';

export interface Org {
  id: string;
  code: string;
  name: string;
  kind: OrgKind;
  parent_id?: string;
  parent_name?: string;
  province: string;
  place: string;
  sector: string;
  address?: string;
  email?: string;
  separation: string;
  state: string;
  created_at: number;
  procedures?: string[];
}

export interface OrgEvent {
  at: number;
  action: string;
  actor?: string;
  staff?: string;
  note?: string;
}

export interface Refusal {
  code: string;
  field: string;
  vi: string;
  en: string;
  proposal?: string;
}

export interface EnteredRow {
  row: number;
  refusals: Refusal[];
}

export interface DossierHead {
  id: string;
  code: string;
  org: string;
  org_name?: string;
  procedure: string;
  state: string;
  state_vi?: string;
  document_number?: string;
  document_date?: number;
  recipient_name: string;
  note?: string;
  handler?: string;
  created_at: number;
  updated_at: number;
  sent_at?: number;
  received_at: number;
  due_at: number;
  clock: string;
  stage: number;
  tracking?: string;
}

export interface DossierRow {
  row: number;
  state: string;
  state_vi?: string;
  person: Person;
  owner?: string;
  credential?: string;
  serial?: string;
  reason?: string;
  letter?: { message: string; state: 'waiting' | 'sent' | 'bounced' | 'dead' | 'opened' | 'activated'; created_at: number; expires_at: number };
}

export interface DossierEvent {
  at: number;
  action: string;
  from: string;
  to: string;
  staff?: string;
  note?: string;
}

export interface Limit {
  unit: 'working-day' | 'hour';
  amount: number;
  arrived_at: number;
  start_at: number;
  due_at: number;
  confirmed: boolean;
  percent: number;
  used_s: number;
  left_s: number;
  late_s: number;
  ended_at?: number;
  pauses: { from: number; to?: number; answer_by: number }[];
}

/* Whose signature counts for an organisation. */
export interface Seal {
  id: string;
  name: string;
  kind: 'head' | 'seal';
  created_at: number;
}

export interface Dossier extends DossierHead {
  handler_name?: string;
  approvals?: ApprovalCount;
  recipient_channel: string;
  recipient_email: string;
  recipient_phone: string;
  limit?: Limit;
  rows: DossierRow[];
  events: DossierEvent[];
}

export interface Handed {
  document: string;
  statement: string;
  place: { pages: number; page: number; x: number; y: number; w: number; h: number; seal?: object };
  signed: { name: string; seal: string; at: number }[];
}

/* One-time addresses for the signing program. */
export interface AgentAddresses {
  download: string;
  upload: string;
  hash: string;
  size: number;
  expires_at: number;
}

/* Officers who have approved the very same bytes, and how many must. */
export interface ApprovalCount {
  given: number;
  needed: number;
  mine: boolean;
}

export interface Decision {
  statement: string;
  hash: string;
  request: string;
}

export interface SheetError {
  row: number;
  column: string;
  cell: string;
  code: string;
  vi: string;
  en: string;
}

export interface PeopleList {
  people: { row: number; person: Person; refusals: Refusal[] }[];
  errors: SheetError[];
  left_out: number;
  columns: Record<string, string>;
  extra: { cell: string; heading: string }[];
  fault?: { code: string; where?: string; vi: string; en: string };
}

export interface CalendarDay {
  date: string;
  kind: 'nghi' | 'lam_bu';
  name: string;
}

export interface CalendarListOfYear {
  year: number;
  source: string;
  hours?: { from: string; to: string }[];
  days: CalendarDay[];
}

export interface Calendar {
  year: number;
  proposal: CalendarListOfYear;
  versions: {
    version: number;
    state: 'draft' | 'confirmed' | 'replaced';
    hash: string;
    list: CalendarListOfYear;
    edited_by: string;
    edited_at: number;
    confirmed_by?: string;
    confirmed_at?: number;
  }[];
}

export interface BoardState {
  state: string;
  state_vi: string;
  calm: number;
  half: number;
  most: number;
  overdue: number;
  all: number;
}

export type Page<Name extends string, T> = { [k in Name]: T[] } & { next?: string };

export interface Certificate {
  serial: string;
  name: string;
  title?: string;
  unit?: string;
  email?: string;
  org: string;
  org_name: string;
  not_before: number;
  not_after: number;
  state: 'good' | 'revoked' | 'expired';
  reason?: string;
  reason_vi?: string;
  revoked_at?: number;
  key_type: string;
  dossier: string;
  row: number;
  days_left: number;
}

export interface CertificateDetail extends Certificate {
  pem: string;
  credential?: string;
  dossier_code?: string;
  history: { at: number; action: string; action_vi: string; note?: string }[];
}

export interface Subscriber {
  name: string;
  title?: string;
  unit?: string;
  email?: string;
  org: string;
  org_name: string;
  dossier: string;
  row: number;
  serial: string;
  state: string;
  issued_at: number;
  letter: 'none' | 'queued' | 'sent' | 'bounced' | 'dead';
  letter_vi: string;
  letter_error?: string;
  activation: 'none' | 'waiting' | 'opened' | 'done' | 'expired' | 'dead';
  activation_vi: string;
  activation_id?: string;
  opened_at?: number;
  expires_at?: number;
}
