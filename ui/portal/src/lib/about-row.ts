/* What a row of a renewal, change or revocation is about, in words; nothing for a new certificate. */
import type { Language } from '../i18n';
import { LEGAL } from './legal';

interface Member {
  serial?: string;
  not_after?: string;
  same_key?: boolean;
  was?: string;
  becomes?: string;
  ground?: string;
  happened_on?: string;
  remark?: string;
}

export const groundText = (key: string, language: Language): string => LEGAL.grounds.find((g) => g.key === key)?.[language] ?? key;

export function aboutRow(person: object, language: Language): string[] {
  const m = person as Member;
  const vi = language === 'vi';
  if (!m.serial) return [];
  const lines = [`${vi ? 'Số hiệu' : 'Serial'}: ${m.serial}`];
  if (m.not_after) lines.push(`${vi ? 'Hết hạn' : 'Expires'}: ${m.not_after}`);
  if (m.was || m.becomes) lines.push(`${m.was ?? '–'} → ${m.becomes ?? '–'}`);
  if (m.ground) lines.push(`${vi ? 'Lý do' : 'Ground'}: ${groundText(m.ground, language)}${m.happened_on ? ` (${m.happened_on})` : ''}`);
  else lines.push(m.same_key ? (vi ? 'Giữ cặp khóa hiện tại' : 'Same key pair') : vi ? 'Tạo cặp khóa mới' : 'New key pair');
  if (m.remark) lines.push(m.remark);
  return lines;
}
