/* Certificates that a clerk has chosen out of the inventory to be renewed together; in memory only, like all that is personal. */
import type { Certificate, Refusal } from '../api/shapes';
import { LEGAL } from './legal';

const DAY = 86_400;
/* With less left the law wants a new certificate instead. */
export const REMAINING_DAYS = LEGAL.procedures.find((p) => p.key === 'renew')?.limits.find((l) => l.key === 'remaining')?.amount ?? 60;
/* How far ahead a clerk looks. */
export const AHEAD_DAYS = 180;
/* What one request may hold. */
export const RENEW_MAX = 1000;

export const tooLate = (c: Certificate, at: number): boolean => c.not_after < at + REMAINING_DAYS * DAY;

/* In force, about to end but not too late, and of the clerk's own organisation, which alone may ask. */
export const renewable = (c: Certificate, org: string, at: number): boolean => c.state === 'good' && c.org === org && !tooLate(c, at) && c.not_after <= at + AHEAD_DAYS * DAY;

let chosen: Certificate[] = [];

export const chooseForRenewal = (list: Certificate[]): void => {
  chosen = list.slice(0, RENEW_MAX);
};
export const chosenForRenewal = (): Certificate[] => chosen;

/* Rows of the dossier; the rest of each is taken from the service's own record. */
export const renewalRows = (list: Certificate[], sameKey: boolean) => list.map((c) => ({ serial: c.serial, same_key: sameKey }));

export interface RefusedCertificate {
  serial: string;
  name: string;
  refusals: Refusal[];
}

/* Which of them were refused: the answers come in the order of the rows. */
export function refusedOf(list: Certificate[], answers: { refusals: Refusal[] }[]): RefusedCertificate[] {
  return list.flatMap((c, i) => {
    const refusals = answers[i]?.refusals ?? [];
    return refusals.length > 0 ? [{ serial: c.serial, name: c.name, refusals }] : [];
  });
}

export interface OutlookMonth {
  month: string;
  certificates: number;
}

/* The next months, each with its share of the largest, in percent. */
export function outlookBars(months: OutlookMonth[], count: number): (OutlookMonth & { percent: number })[] {
  const shown = months.slice(0, count);
  const largest = Math.max(1, ...shown.map((m) => m.certificates));
  return shown.map((m) => ({ ...m, percent: (100 * m.certificates) / largest }));
}
