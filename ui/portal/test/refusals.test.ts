import { expect, test } from 'vitest';
import { oneLine, REASON_MAX, REASONS, reasonsOf } from '../src/lib/refusals';

test('a reason is one line in NFC', () => {
  expect(oneLine('  Thiếu\n văn  bản ')).toBe('Thiếu văn bản');
  expect(oneLine('Lý do'.normalize('NFD'))).toBe('Lý do'.normalize('NFC'));
});

test('empty and repeated reasons are left out, the order stays', () => {
  expect(reasonsOf(['Hai', '', ' Một ', 'Hai', '\n'])).toEqual(['Hai', 'Một']);
});

test('those to begin from can be kept as they are', () => {
  expect(reasonsOf(REASONS)).toEqual(REASONS);
  for (const r of REASONS) expect(r.length).toBeLessThanOrEqual(REASON_MAX);
});
