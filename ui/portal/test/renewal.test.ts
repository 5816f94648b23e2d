import { describe, expect, it } from 'vitest';
import type { Certificate } from '../src/api/shapes';
import { chooseForRenewal, chosenForRenewal, outlookBars, refusedOf, renewable, RENEW_MAX, renewalRows } from '../src/lib/renewal';

const DAY = 86_400;
const now = 1_800_000_000;
const cert = (change: Partial<Certificate> = {}): Certificate => ({ serial: 'ab', name: 'Lê Thị Hoa', org: 'o1', org_name: 'Trường', not_before: 0, not_after: now + 90 * DAY, state: 'good', key_type: 'p256', dossier: 'd', row: 1, days_left: 90, ...change });

describe('renewal out of the inventory', () => {
  it.each([
    [{}, true],
    [{ not_after: now + 60 * DAY }, true],
    [{ not_after: now + 60 * DAY - 1 }, false],
    [{ not_after: now + 180 * DAY }, true],
    [{ not_after: now + 180 * DAY + 1 }, false],
    [{ not_after: now }, false],
    [{ state: 'revoked' as const }, false],
    [{ org: 'o2' }, false],
  ])('%j: %s', (change, held) => expect(renewable(cert(change), 'o1', now)).toBe(held));

  it('keeps what was chosen, up to what a request may hold', () => {
    chooseForRenewal(Array.from({ length: RENEW_MAX + 5 }, (_, i) => cert({ serial: String(i) })));
    expect(chosenForRenewal()).toHaveLength(RENEW_MAX);
    expect(renewalRows([cert()], true)).toEqual([{ serial: 'ab', same_key: true }]);
    chooseForRenewal([]);
    expect(chosenForRenewal()).toEqual([]);
  });

  it('names those that were refused', () => {
    const refusals = [{ code: 'CERT_TAKEN', field: 'serial', vi: 'v', en: 'e' }];
    expect(refusedOf([cert(), cert({ serial: 'cd', name: 'B' })], [{ refusals: [] }, { refusals }])).toEqual([{ serial: 'cd', name: 'B', refusals }]);
  });

  it('draws the next months against the largest', () => {
    const months = [
      { month: '2026-11', certificates: 5 },
      { month: '2026-12', certificates: 20 },
      { month: '2027-01', certificates: 400 },
    ];
    expect(outlookBars(months, 2).map((m) => m.percent)).toEqual([25, 100]);
    expect(outlookBars([{ month: '2026-11', certificates: 0 }], 12)[0]?.percent).toBe(0);
  });
});
