import { describe, expect, it } from 'vitest';
import { standingOf, unofficial, type Profile } from '../src/lib/legal-profile';

const head = (id: string, in_force_from: number) => ({ id, vi: id, en: id, in_force_from });
const all = [head('2019', 100), head('2024', 200), head('2030', 300)];

describe('legal profiles', () => {
  it.each([
    [250, ['past', 'now', 'coming']],
    [200, ['past', 'now', 'coming']],
    [199, ['now', 'coming', 'coming']],
    [300, ['past', 'past', 'now']],
    [99, ['coming', 'coming', 'coming']],
  ])('stand at %i as %j', (at, words) => expect(all.map((p) => standingOf(p, all, at))).toEqual(words));

  it('say how much of them has no official text', () => {
    const good = { official: true, key: 'k', vi: 'k', en: 'k' };
    const bad = { ...good, official: false, note: 'không tìm được' };
    const procedure = { key: 'new', code: 'CM', vi: '', en: '', form: { ...bad, title: '' }, own_form: { ...good, title: '' }, subject: '', addressee: '', fields: [], limits: [{ ...bad, amount: 3, unit: 'day' }], conditions: [good] };
    const profile = { ...head('2019', 1), official: true, authority: '', document: [], recipient: [], declarations: [bad], grounds: [], procedures: [procedure], profiles: all } as unknown as Profile;
    expect(unofficial(profile)).toBe(3);
  });
});
