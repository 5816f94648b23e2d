/* Everything of a statement, before a key is touched: members in words, every row in full, the text and its hash. */
import { useLanguage, useSay } from '../i18n';
import { groundText } from '../lib/about-row';
import { toHex } from '../lib/bytes';
import { PROCEDURES } from '../lib/states';
import { timeText } from '../lib/dates';
import type { Json } from '../lib/jcs';
import { commonMembers, rangesText, type Row, type Statement } from '../lib/statement';
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
  record: ['Bản ghi', 'Record'],
  replaces: ['Thay phiên bản', 'Replaces version'],
  remove: ['Xóa bản ghi', 'Removes the record'],
  v: ['Phiên bản', 'Version'],
  actor: ['Người thực hiện', 'Actor'],
};
const TYPES: Record<string, [string, string]> = {
  issue: ['Phê duyệt cấp chứng thư số', 'Approval to issue'],
  revoke: ['Thu hồi chứng thư số', 'Revocation'],
  refuse: ['Từ chối', 'Refusal'],
  request: ['Yêu cầu chứng thực', 'Request'],
  admin: ['Quyết định quản trị', 'Administration'],
};
const ORDER = ['type', 'procedure', 'org', 'rows', 'profile', 'not_before', 'not_after', 'activate', 'remove', 'reason', 'aud', 'iat', 'exp'];
const PROCESSES: Record<string, [string, string]> = {
  sam: ['hệ thống khóa của thuê bao', 'the subscribers’ key system'],
  ca: ['hệ thống cấp chứng thư', 'the issuing system'],
};

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

/* Words of the protocol that have a name. */
const VALUES: Record<string, Record<string, [string, string]>> = {
  sector: { education: ['Giáo dục, đào tạo', 'Education'], health: ['Y tế', 'Health'] },
  key: { p256: ['ECDSA P-256', 'ECDSA P-256'], p384: ['ECDSA P-384', 'ECDSA P-384'], rsa2048: ['RSA 2048', 'RSA 2048'], rsa3072: ['RSA 3072', 'RSA 3072'] },
  profile: { subscriber: ['cá nhân', 'person'] },
};

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

export function useMemberText(): (m: { [name: string]: Json }, name: string) => string {
  const say = useSay();
  const { language } = useLanguage();
  const i = language === 'vi' ? 0 : 1;
  return (m, name) => {
    const value = m[name] as Json;
    const named = VALUES[name]?.[String(value)];
    if (named) return named[i];
    if (name === 'type') return TYPES[String(value)]?.[i] ?? String(value);
    if (name === 'procedure') return PROCEDURES[String(value)]?.[language] ?? String(value);
    if (name === 'aud' && Array.isArray(value)) return value.map((a) => PROCESSES[(a as { p: string }).p]?.[i] ?? '?').join(', ');
    if (name === 'rows' && Array.isArray(value)) return typeof value[0] === 'number' ? `${rangesText(value as number[])} (${value.length})` : String(value.length);
    if (name === 'org' && typeof value === 'object' && !Array.isArray(value)) return `${String(value.name)} (${String(value.id)})`;
    return valueText(name, value, say('có', 'yes'), say('không', 'no'));
  };
}

function MemberFacts({ statement, names }: { statement: Statement; names: string[] }) {
  const { language } = useLanguage();
  const text = useMemberText();
  return <Facts items={names.map((n) => [MEMBERS[n]?.[language === 'vi' ? 0 : 1] ?? n, text(statement.members, n)])} />;
}

/* In words; hashes and ids stand with the exact text, nonces there alone. */
export function StatementMembers({ statement }: { statement: Statement }) {
  return <MemberFacts statement={statement} names={ORDER.filter((n) => n in statement.members)} />;
}

const PERSON = ['row', 'name', 'identity', 'title', 'email', 'phone'];
export function StatementRows({ rows }: { rows: Row[] }) {
  const say = useSay();
  const { language } = useLanguage();
  const i = language === 'vi' ? 0 : 1;
  const label = (n: string) => ROW_MEMBERS[n]?.[i] ?? n;
  const value = (r: Row, n: string) => VALUES[n]?.[String(r[n])]?.[i] ?? valueText(n, r[n] as Json, say('có', 'yes'), say('không', 'no'));
  const common = commonMembers(rows, [...PERSON, 'subject', 'serial', 'old']);
  const known = Object.keys(ROW_MEMBERS);
  const rest = (r: Row) =>
    Object.keys(r)
      .filter((n) => !PERSON.includes(n) && !common.includes(n))
      .sort((a, b) => known.indexOf(a) - known.indexOf(b));
  return (
    <>
      {rows[0] && common.length > 0 && (
        <>
          <p className="muted small">{say('Giống nhau ở mọi người', 'The same for everybody')}</p>
          <Facts items={common.map((n) => [label(n), value(rows[0] as Row, n)])} />
        </>
      )}
      <div className="table-wrap sheet-gap" tabIndex={0} role="group" aria-label={say('Từng người trong quyết định', 'Each person')} style={{ maxHeight: '32rem', overflowY: 'auto' }}>
        <table className="list fold small rows">
          <caption className="hidden">{say('Từng người, như cơ quan đã ký', 'Each person, as the organisation signed')}</caption>
          <thead>
            <tr>
              <th scope="col">{label('row')}</th>
              <th scope="col">{say('Thuê bao', 'Subscriber')}</th>
              <th scope="col">{say('Nội dung', 'Content')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((r) => (
              <tr key={r.row}>
                <td className="num" data-label={label('row')}>
                  {r.row}
                </td>
                <th scope="row" data-label={say('Thuê bao', 'Subscriber')}>
                  <span className="lines">
                    {PERSON.filter((n) => n !== 'row' && n in r).map((n) => (
                      <span key={n} className={n === 'name' ? 'break' : 'break muted'}>
                        <span className="hidden">{label(n)}: </span>
                        {value(r, n)}
                      </span>
                    ))}
                  </span>
                </th>
                <td data-label={say('Nội dung', 'Content')}>
                  <span className="lines">
                    {rest(r).map((n) => (
                      <span key={n} className="break">
                        <span className="muted">{label(n)}:</span> {value(r, n)}
                      </span>
                    ))}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
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
      <div className="technical">
        <MemberFacts statement={statement} names={Object.keys(statement.members).filter((n) => !ORDER.includes(n) && typeof statement.members[n] !== 'object')} />
      </div>
      <div className="statement sheet-gap" tabIndex={0} role="group" aria-label={say('Nguyên văn', 'Text')}>
        {statement.text}
      </div>
    </details>
  );
}
