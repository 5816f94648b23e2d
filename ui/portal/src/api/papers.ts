/* Papers of a dossier: docs/protocol/papers.md. */
import type { Failure } from './client';

export interface OwnRequestRow {
  row: number;
  needed: boolean;
  state: 'missing' | 'sent' | 'there';
  source?: 'link' | 'upload';
  hash?: string;
  at?: number;
  address?: string;
  staff?: string;
  expires_at?: number;
}

export interface OwnRequestList {
  missing: number;
  rows: OwnRequestRow[];
}

export interface Attachment {
  number: number;
  name: string;
  type: string;
  size: number;
  hash: string;
  at: number;
  staff?: string;
}

export interface AttachmentList {
  attachments: Attachment[];
  max: number;
  types: { type: string; extension: string; max_bytes: number }[];
}

export interface AskedField {
  key: string;
  vi: string;
  en: string;
  type: string;
  required: boolean;
  past?: boolean;
  max_chars: number;
  fixed: boolean;
  value?: string;
  choices?: { key: string; vi: string; en: string }[];
}

export interface Asked {
  org: string;
  authority: string;
  code: string;
  procedure: string;
  procedure_vi: string;
  title: string;
  subject: string;
  addressee: string;
  name: string;
  expires_at: number;
  fields: AskedField[];
  declarations: { key: string; vi: string; en: string; must_be: boolean }[];
}

/* An organisation's service may be older than this page: what it does not offer is not shown. */
export const notOffered = (f: Failure | undefined): boolean => f !== undefined && (f.status === 404 || f.status === 405);
