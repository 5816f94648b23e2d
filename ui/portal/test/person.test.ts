import { expect, test } from 'vitest';
import type { Person } from '../src/api/shapes';
import { applyProposals, checkPerson, emptyPerson, identitySays, personBody } from '../src/lib/person';

const good: Person = { ...emptyPerson('education'), name: 'Nguyễn Thị Minh Hương', identity: '001185004217', email: 'huong@hongha.edu.vn', phone: '0912345678', birth_date: '14/05/1985', gender: 'female' };

test('a good person has no problems', () => expect(checkPerson(good)).toEqual({}));
test('an identity number says year and gender', () => {
  expect(identitySays('001185004217')).toEqual({ year: 1985, gender: 'female' });
  expect(identitySays('001305004217')).toEqual({ year: 2005, gender: 'female' });
  expect(identitySays('00118500421')).toBeUndefined();
});
test('each mistake is at its field', () => {
  const p = { ...good, identity: '001185', email: 'huong@gmail.com', phone: '0112345678', name: 'Hương', authority: true, phone_own: false };
  expect(Object.keys(checkPerson(p)).sort()).toEqual(['authority', 'email', 'identity', 'name', 'phone', 'phone_own']);
  expect(checkPerson({ ...good, birth_date: '14/05/1986' }).identity?.vi).toContain('1985');
});
test('proposals replace texts and leave declarations alone', () => {
  const refusals = [
    { code: 'IDENTITY_ZERO', field: 'identity', vi: '', en: '', proposal: '001185004217' },
    { code: 'AUTHORITY', field: 'authority', vi: '', en: '', proposal: 'false' },
    { code: 'PHONE_FORM', field: 'phone', vi: '', en: '' },
  ];
  const p = applyProposals({ ...good, identity: '1185004217', authority: true }, refusals);
  expect(p).toMatchObject({ identity: '001185004217', authority: true, phone: '0912345678' });
});
test('what is empty is not sent', () => expect(personBody(emptyPerson('health'))).toEqual({ sector: 'health', authority: false, finance: false, phone_own: true }));
