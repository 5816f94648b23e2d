/* Everything of a statement, before a key is touched: members in words, every row in full, the text and its hash. */
import { useLanguage, useSay } from '../i18n';
import { groundText } from '../lib/about-row';
import { toHex } from '../lib/bytes';
import { PROCEDURES } from '../lib/states';
import { timeText } from '../lib/dates';
import type { Json } from '../lib/jcs';
import type { Row, Statement } from '../lib/statement';
import { Facts } from './parts';

const MEMBERS: Record<string, [string, string]> = {
  type: ['Loại quyết định', 'Kind'],
  procedure: ['Thủ tục', 'Procedure'],
  org: ['Cơ quan', 'Organisation'],
  dossier: ['Hồ sơ', 'Dossier'],
  document: ['Mã băm văn bản', 'Document hash'],
  request: ['Mã băm yêu cầu', 'Request hash'],
  rows: ['Các dòng', 'Rows'],
  profile: ['Loại chứng thư', 'Profile'],
  not_before: ['Hiệu lực từ', 'Valid from'],
  not_after: ['Hiệu lực đến', 'Valid until'],
  activate: ['Gửi thư kích hoạt', 'Activation letters'],
  reason: ['Lý do', 'Reason'],
  iat: ['Lập lúc', 'Made'],
  exp: ['Hết hạn lúc', 'Expires'],
  realm: ['Hệ thống', 'Realm'],
  aud: ['Nơi thi hành', 'Executed by'],
  v: ['Phiên bản', 'Version'],
  actor: ['Người thực hiện', 'Actor'],
};
const TYPES: Record<string, [string, string]> = {
  issue: ['Phê duyệt cấp chứng thư số', 'Approval to issue'],
  revoke: ['Thu hồi chứng thư số', 'Revocation'],
  refuse: ['Từ chối', 'Refusal'],
  request: ['Yêu cầu chứng thực', 'Request'],
};
const ORDER = ['type', 'procedure', 'org', 'rows', 'profile', 'not_before', 'not_after', 'activate', 'reason', 'iat', 'exp'];

const ROW_MEMBERS: Record<string, [string, string]> = {
  row: ['STT', 'No.'],
  name: ['Họ và tên', 'Name'],
  identity: ['Số định danh', 'Identity'],
  email: ['Thư điện tử', 'E-mail'],
  phone: ['Điện thoại', 'Phone'],
  title: ['Chức vụ', 'Title'],
  sector: ['Lĩnh vực', 'Sector'],
  subject: ['Tên trong chứng thư', 'Subject'],
  key: ['Loại khóa', 'Key'],
  authority: ['Người có thẩm quyền', 'Authority'],
  finance: ['Giao dịch tài chính', 'Finance'],
  serial: ['Số hiệu', 'Serial'],
  ground: ['Căn cứ thu hồi', 'Ground'],
  reason: ['Mã lý do', 'Reason'],
  happened: ['Thời điểm xảy ra', 'Happened'],
  same_key: ['Giữ khóa cũ', 'Same key'],
  old: ['Chứng thư cũ', 'Old certificate'],
};
const TIMES = new Set(['iat', 'exp', 'not_before', 'not_after', 'happened']);

/* Subjects as people read them; all else as it is. */
function valueText(name: string, value: Json, yes: string, no: string): string {
  if (typeof value === 'boolean') return value ? yes : no;
  if (name === 'ground') return `${groundText(String(value), 'vi')} (${String(value)})`;
  if (TIMES.has(name) && typeof value === 'number') return timeText(value);
  if (Array.isArray(value)) return value.map((v) => valueText('', v, yes, no)).join(', ');
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([k, v]) => `${k}=${valueText(k, v, yes, no)}`)
      .join(', ');
  return String(value);
}

export function StatementMembers({ statement }: { statement: Statement }) {
  const say = useSay();
  const { language } = useLanguage();
  const i = language === 'vi' ? 0 : 1;
  const m = statement.members;
  const plain = ORDER.filter((n) => n in m);
  const technical = Object.keys(m).filter((n) => !ORDER.includes(n));
  const text = (name: string): string => {
    const value = m[name] as Json;
    if (name === 'type') return TYPES[String(value)]?.[i] ?? String(value);
    if (name === 'procedure') return PROCEDURES[String(value)]?.[language] ?? String(value);
    if (name === 'rows' && Array.isArray(value)) return typeof value[0] === 'number' ? `${value.length}: ${value.join(', ')}` : String(value.length);
    if (name === 'org' && typeof value === 'object' && !Array.isArray(value)) return `${String(value.name)} (${String(value.id)})`;
    return valueText(name, value, say('có', 'yes'), say('không', 'no'));
  };
  const facts = (names: string[]) => <Facts items={names.map((n) => [MEMBERS[n]?.[i] ?? n, text(n)])} />;
  return (
    <>
      {facts(plain)}
      <div className="technical sheet-gap">{facts(technical)}</div>
    </>
  );
}

export function StatementRows({ rows }: { rows: Row[] }) {
  const say = useSay();
  const { language } = useLanguage();
  const i = language === 'vi' ? 0 : 1;
  const names = Object.keys(ROW_MEMBERS).filter((n) => rows.some((r) => n in r));
  const others = [...new Set(rows.flatMap((r) => Object.keys(r)))].filter((n) => !(n in ROW_MEMBERS));
  const all = [...names, ...others];
  return (
    <div className="table-wrap" tabIndex={0} role="group" aria-label={say('Từng người trong quyết định', 'Each person')} style={{ maxHeight: '32rem', overflowY: 'auto' }}>
      <table className="list small">
        <caption className="hidden">{say('Từng người, như cơ quan đã ký', 'Each person, as the organisation signed')}</caption>
        <thead>
          <tr>
            {all.map((n) => (
              <th scope="col" key={n}>
                {ROW_MEMBERS[n]?.[i] ?? n}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((r) => (
            <tr key={r.row}>
              {all.map((n) => (
                <td key={n} className={n === 'row' || n === 'identity' || n === 'phone' ? 'num' : 'break'}>
                  {n in r ? valueText(n, r[n] as Json, say('có', 'yes'), say('không', 'no')) : '–'}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function StatementText({ statement }: { statement: Statement }) {
  const say = useSay();
  return (
    <details>
      <summary>{say('Nguyên văn nội dung được ký và mã băm', 'The exact text and its hash')}</summary>
      <p className="small sheet-gap">
        SHA-256 {say('(trình duyệt này tự tính)', '(made by this browser)')}: <code className="break">{toHex(statement.hash)}</code>
      </p>
      <div className="statement" tabIndex={0} role="group" aria-label={say('Nguyên văn', 'Text')}>
        {statement.text}
      </div>
    </details>
  );
}
