import { expect, test } from 'vitest';
import { dateText, parseDate, spanText, timeText } from '../src/lib/dates';
import { rolesOf } from '../src/lib/roles';
import { actionsOf } from '../src/lib/states';

const at = (state: string) => ({ state, org: 'school' });
const clerk = { org: 'school', roles: rolesOf('enter') };
const approver = { org: 'cuc', roles: rolesOf('approve examine') };

test('buttons follow state, role and side', () => {
  expect(actionsOf(at('draft'), clerk)).toEqual(['edit', 'document', 'withdraw']);
  expect(actionsOf(at('examining'), clerk)).toEqual([]);
  expect(actionsOf(at('examining'), approver)).toEqual(['ask', 'approve', 'refuse']);
  expect(actionsOf(at('examining'), { ...approver, org: 'school' })).toEqual([]);
  expect(actionsOf(at('done'), approver)).toEqual([]);
});
test('times are those of Vietnam', () => {
  expect(dateText(1767200400)).toBe('01/01/2026');
  expect(timeText(1767200400 - 60)).toBe('23:59, 31/12/2025');
  expect(parseDate('01/01/2026')).toBe(1767200400);
  expect(parseDate('31/02/2026')).toBeUndefined();
  expect(spanText(86400 + 7200 + 59, 'vi')).toBe('1 ngày 2 giờ');
});
