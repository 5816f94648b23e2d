import { describe, expect, it } from 'vitest';
import { viewShown, viewsOf, withoutView, withView, type View } from '../src/lib/views';

const urgent: View = { name: 'Thu hồi gấp', list: 'queue', query: { state: 'sent', procedure: 'revoke' } };
const mine: View = { name: 'Của tôi', list: 'dossiers', query: { state: 'draft' } };

describe('saved views', () => {
  it('are kept by list and name, the newest under a name', () => {
    const again = { ...urgent, name: ' Thu hồi gấp ', query: { state: 'received', procedure: '' } };
    const all = withView(withView([mine], urgent), again);
    expect(all).toEqual([mine, { ...urgent, query: { state: 'received' } }]);
    expect(withView(all, { ...mine, list: 'queue' })).toHaveLength(3);
  });
  it('are found by what they ask for, whatever the order', () => {
    expect(viewShown([mine, urgent], 'queue', { procedure: 'revoke', state: 'sent', sort: '' })).toBe(urgent);
    expect(viewShown([mine, urgent], 'queue', { state: 'sent' })).toBeUndefined();
    expect(viewShown([mine, urgent], 'dossiers', urgent.query)).toBeUndefined();
  });
  it('are taken away by list and name', () => {
    expect(withoutView([mine, urgent], 'queue', urgent.name)).toEqual([mine]);
    expect(withoutView([mine, urgent], 'dossiers', urgent.name)).toEqual([mine, urgent]);
    expect(viewsOf([mine, urgent], 'queue')).toEqual([urgent]);
  });
});
