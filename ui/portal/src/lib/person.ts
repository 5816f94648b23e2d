/*
 * A person of a dossier as the page has it, and checks while typing. They only spare a way to the service, whose
 * checks (src/domain/eligibility.c) are the ones that count.
 */
import type { Person, Refusal } from '../api/shapes';

export const emptyPerson = (sector: string): Person => ({
  identity: '',
  name: '',
  sector: sector === 'health' ? 'health' : 'education',
  authority: false,
  finance: false,
  phone_own: true,
  email: '',
  phone: '',
  title: '',
  unit: '',
  birth_date: '',
});

/* Without the members that are empty: the service knows "not said", not "said nothing". */
export function personBody(p: Person): Person {
  return Object.fromEntries(Object.entries(p).filter(([, v]) => v !== '' && v !== undefined)) as unknown as Person;
}

export interface Problem {
  vi: string;
  en: string;
}
export type Problems = Partial<Record<keyof Person, Problem>>;

const CENTURY: Record<string, [number, string]> = {
  '0': [1900, 'male'],
  '1': [1900, 'female'],
  '2': [2000, 'male'],
  '3': [2000, 'female'],
};

/* Year of birth and gender that an identity number of 12 digits says. */
export function identitySays(identity: string): { year: number; gender: string } | undefined {
  const said = CENTURY[identity.charAt(3)];
  if (!/^\d{12}$/.test(identity) || !said) return undefined;
  return { year: said[0] + Number(identity.slice(4, 6)), gender: said[1] };
}

function checkIdentity(p: Person): Problem | undefined {
  const digits = p.identity.trim();
  if (digits === '') return { vi: 'Hãy nhập số định danh cá nhân.', en: 'Enter the identity number.' };
  if (!/^\d+$/.test(digits)) return { vi: 'Số định danh cá nhân chỉ gồm chữ số.', en: 'Digits only.' };
  if (digits.length === 9) return { vi: 'Đây là số chứng minh nhân dân 9 số; cần số định danh 12 số.', en: 'This is an old 9-digit number; 12 digits are needed.' };
  if (digits.length !== 12) return { vi: `Số định danh cá nhân có 12 số, đã nhập ${digits.length} số.`, en: `12 digits are needed, these are ${digits.length}.` };
  const said = identitySays(digits);
  if (!said) return { vi: 'Chữ số thứ tư không đúng cấu trúc số định danh.', en: 'The fourth digit does not fit.' };
  if (p.gender && p.gender !== said.gender) return { vi: 'Số định danh không khớp với giới tính đã chọn.', en: 'It does not fit the gender.' };
  const year = /(\d{4})$/.exec(p.birth_date ?? '')?.[1];
  if (year && Number(year) !== said.year) return { vi: `Số định danh cho biết năm sinh ${said.year}, khác năm sinh đã nhập.`, en: `It says born in ${said.year}.` };
  return undefined;
}

function checkPhone(phone: string): Problem | undefined {
  if (phone.trim() === '') return { vi: 'Hãy nhập số điện thoại di động.', en: 'Enter the mobile number.' };
  return /^0[35789]\d{8}$/.test(phone.replace(/[ .]/g, '')) ? undefined : { vi: 'Số di động có 10 số, bắt đầu bằng 03, 05, 07, 08 hoặc 09.', en: '10 digits that begin with 03, 05, 07, 08 or 09.' };
}

function checkEmail(email: string): Problem | undefined {
  if (email.trim() === '') return { vi: 'Hãy nhập địa chỉ thư điện tử công vụ.', en: 'Enter the official e-mail address.' };
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) return { vi: 'Địa chỉ thư điện tử chưa đúng dạng, ví dụ ten@donvi.edu.vn.', en: 'Not an e-mail address.' };
  if (/@(gmail|yahoo|hotmail|outlook)\./i.test(email)) return { vi: 'Cần thư điện tử công vụ, không dùng hộp thư cá nhân.', en: 'An official mailbox is needed, not a private one.' };
  return undefined;
}

export function checkPerson(p: Person): Problems {
  const out: Problems = {};
  const put = (field: keyof Person, problem: Problem | undefined) => {
    if (problem) out[field] = problem;
  };
  if (!/\S+\s+\S+/.test(p.name.trim())) put('name', { vi: 'Hãy nhập đầy đủ họ và tên.', en: 'Enter the full name.' });
  put('identity', checkIdentity(p));
  put('phone', checkPhone(p.phone ?? ''));
  put('email', checkEmail(p.email ?? ''));
  if (p.birth_date && !/^\d{1,2}\/\d{1,2}\/\d{4}$/.test(p.birth_date)) put('birth_date', { vi: 'Ngày sinh ghi theo dạng ngày/tháng/năm, ví dụ 05/09/1990.', en: 'As dd/mm/yyyy.' });
  if (p.authority) put('authority', { vi: 'Người có thẩm quyền của cơ quan, tổ chức không thuộc đối tượng của ký số tập trung.', en: 'A person with authority is not eligible.' });
  if (p.finance) put('finance', { vi: 'Người thực hiện giao dịch tài chính, ngân sách không thuộc đối tượng của ký số tập trung.', en: 'Who does finance transactions is not eligible.' });
  if (!p.phone_own) put('phone_own', { vi: 'Số điện thoại phải được đăng ký chính chủ.', en: 'The number must be in the person’s own name.' });
  return out;
}

/* What is proposed put in place of what was typed; members that are true or false stay. */
export function applyProposals(p: Person, refusals: Refusal[]): Person {
  const out = { ...p } as Record<string, unknown>;
  for (const r of refusals)
    if (r.proposal !== undefined && r.proposal !== '' && typeof (out[r.field] ?? '') === 'string') out[r.field] = r.proposal;
  return out as unknown as Person;
}
