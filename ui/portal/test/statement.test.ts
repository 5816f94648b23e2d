import { describe, expect, test } from 'vitest';
import { toHex } from '../src/lib/bytes';
import { writeCanonical } from '../src/lib/jcs';
import { checkDecision, commonMembers, rangesText, readStatement, rowsDecided, type Statement } from '../src/lib/statement';

const realm = 'aa'.repeat(32);
const document = 'bb'.repeat(32);
const dossier = 'cc'.repeat(16);
const rows = [
  { row: 1, name: 'Nguyễn A' },
  { row: 2, name: 'Trần B' },
];

async function pair(change: Record<string, unknown> = {}): Promise<[Statement, Statement]> {
  const request = await readStatement(writeCanonical({ v: 1, type: 'request', realm, dossier, document, rows }));
  const issue = { v: 1, type: 'issue', realm, dossier, document, request: toHex(request.hash), rows: [1, 2], ...change };
  return [await readStatement(writeCanonical(issue)), request];
}

test.each([
  [[1, 2, 3, 5], '1–3, 5'],
  [[4], '4'],
  [[2, 1, 2], '2, 1–2'],
  [[], ''],
])('rows %j are told as "%s"', (list, text) => expect(rangesText(list)).toBe(text));

test('what every row says is said once, but for what is each person’s own', () => {
  const people = rows.map((r) => ({ ...r, sector: 'education', finance: false, key: r.row === 1 ? 'p256' : 'rsa2048' }));
  expect(commonMembers(people, ['row', 'name'])).toEqual(['sector', 'finance']);
  expect(commonMembers([{ ...people[0]! }, { row: 2, name: 'Trần B' }], ['row', 'name'])).toEqual([]);
  expect(commonMembers([people[0]!], [])).toEqual([]);
});

describe('a decision is offered for signing only where it fits what the organisation signed', () => {
  test('good', async () => {
    const [issue, request] = await pair();
    expect(() => checkDecision(issue, request, 'issue', realm, dossier)).not.toThrow();
    expect(rowsDecided(issue, request).map((r) => r.name)).toEqual(['Nguyễn A', 'Trần B']);
  });
  test.each([
    ['type', { type: 'revoke' }],
    ['realm', { realm: 'dd'.repeat(32) }],
    ['request', { request: 'dd'.repeat(32) }],
    ['dossier', { dossier: 'dd'.repeat(16) }],
    ['document', { document: 'dd'.repeat(32) }],
    ['rows', { rows: [1, 3] }],
    ['rows', { rows: [1, 1] }],
    ['rows', { rows: [] }],
  ])('exchanged: %s', async (what, change) => {
    const [issue, request] = await pair(change);
    expect(() => checkDecision(issue, request, 'issue', realm, dossier)).toThrow(what);
  });
});
