/* What a page looks at by itself before an officer decides: signature, rows as signed, subscribers' own requests. */
import { get } from '../api/client';
import type { OwnRequestList } from '../api/papers';
import type { Dossier } from '../api/shapes';
import { useLanguage, useSay } from '../i18n';
import { fromBase64url } from '../lib/bytes';
import { readStatement, type Row } from '../lib/statement';
import { Mark } from './parts';

interface Finding {
  good: boolean | undefined;
  vi: string;
  en: string;
}

/* Members of a person that the organisation signed and that the dossier shows. */
const COMPARED = ['identity', 'name', 'email', 'phone'] as const;

function compareRows(d: Dossier, signed: Row[]): Finding {
  const differ = d.rows.filter((r) => {
    const s = signed.find((x) => x.row === r.row);
    return !s || COMPARED.some((m) => m in s && String(s[m]).replace(/^\+84/, '0') !== String(r.person[m] ?? '').replace(/^\+84/, '0'));
  });
  return differ.length === 0
    ? { good: true, vi: `Danh sách trùng với nội dung đã ký (${signed.length} người).`, en: `The list is the one that was signed (${signed.length}).` }
    : { good: false, vi: `Khác với nội dung đã ký ở dòng ${differ.map((r) => r.row).join(', ')}.`, en: `Differs from what was signed in rows ${differ.map((r) => r.row).join(', ')}.` };
}

async function signatureFinding(id: string): Promise<Finding | undefined> {
  try {
    const { report } = await get<{ report: { indication?: string } }>(`/api/v1/dossiers/${id}/report`);
    const good = report.indication === 'TOTAL-PASSED';
    return { good, vi: `Chữ ký số trên văn bản ${good ? 'hợp lệ' : 'không hợp lệ hoặc không xác định'} (${report.indication}).`, en: `Signature of the document is ${good ? 'valid' : 'not valid or cannot be told'} (${report.indication}).` };
  } catch {
    return undefined;
  }
}

async function ownFinding(id: string): Promise<Finding | undefined> {
  try {
    const own = await get<OwnRequestList>(`/api/v1/dossiers/${id}/own-requests`);
    return own.missing === 0
      ? { good: true, vi: 'Mọi thuê bao có văn bản đề nghị.', en: 'Every subscriber’s own request is there.' }
      : { good: false, vi: `${own.missing} thuê bao chưa có văn bản đề nghị.`, en: `${own.missing} own requests are missing.` };
  } catch {
    return undefined;
  }
}

export interface Examined {
  id: string;
  document: Blob;
  findings: Finding[];
}

export async function examine(d: Dossier): Promise<Examined> {
  const request = await get<{ statement: string; document: string }>(`/api/v1/dossiers/${d.id}/request`);
  const statement = await readStatement(request.statement);
  const about = statement.members.dossier === d.id;
  const more = await Promise.all([signatureFinding(d.id), ownFinding(d.id)]);
  return {
    id: d.id,
    document: new Blob([fromBase64url(request.document)], { type: 'application/pdf' }),
    findings: [
      { good: about, vi: about ? 'Nội dung đã ký thuộc đúng hồ sơ này.' : 'Nội dung đã ký thuộc hồ sơ khác!', en: about ? 'The signed request is of this dossier.' : 'The signed request is of another dossier!' },
      compareRows(d, (statement.members.rows ?? []) as Row[]),
      ...more.filter((f): f is Finding => f !== undefined),
    ],
  };
}

export function Findings({ findings }: { findings: Finding[] }) {
  const { language } = useLanguage();
  const say = useSay();
  return (
    <ul style={{ listStyle: 'none', padding: 0, margin: 0 }}>
      {findings.map((f, i) => (
        <li key={i} style={{ padding: '.2rem 0' }}>
          <Mark tone={f.good ? 'good' : 'bad'}>{f.good ? say('Đạt', 'Good') : say('Cần xem', 'Look')}</Mark> {f[language]}
        </li>
      ))}
    </ul>
  );
}
