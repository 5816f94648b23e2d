/* A statement of administration in words: which record it makes, of whom, with which rights and key. */
import { useLanguage, useSay } from '../i18n';
import { compareCode } from '../lib/admin';
import { dateText } from '../lib/dates';
import type { Json } from '../lib/jcs';
import { ROLES, type Role } from '../lib/roles';
import type { Statement } from '../lib/statement';
import { Facts, Sheet } from './parts';
import { StatementMembers, StatementText } from './statement-view';

type Members = { [name: string]: Json };

const KINDS: Record<string, [string, string]> = {
  officer: ['Cán bộ của cơ quan giải quyết', 'Officer'],
  seal: ['Chữ ký, con dấu của cơ quan', 'Signature or seal of an organisation'],
  client: ['Hệ thống tích hợp', 'Integrating system'],
};
const AUTHS: Record<string, [string, string]> = {
  cms: ['chứng thư số trên thiết bị ký', 'certificate on a token'],
  webauthn: ['khóa phê duyệt trên trình duyệt (khóa truy cập và khóa thiết bị)', 'approval key of a browser (passkey and device key)'],
};

export const recordOf = (statement: Statement): Members => (typeof statement.members.record === 'object' ? (statement.members.record as Members) : {});

export function useRecordTitle(): (statement: Statement) => string {
  const { language } = useLanguage();
  const i = language === 'vi' ? 0 : 1;
  return (statement) => {
    const r = recordOf(statement);
    return `${KINDS[String(r.type)]?.[i] ?? String(r.type)}: ${String(r.name)}`;
  };
}

function useRecordFacts(): (r: Members) => [string, string][] {
  const say = useSay();
  const { language } = useLanguage();
  const i = language === 'vi' ? 0 : 1;
  return (r) => {
    const auth = typeof r.auth === 'object' ? (r.auth as Members) : undefined;
    const org = typeof r.org === 'object' ? (r.org as Members) : undefined;
    const roles = Array.isArray(r.roles) ? r.roles.map((x) => ROLES[x as Role]?.[language] ?? String(x)).join(', ') : undefined;
    const facts: [string, Json | undefined][] = [
      [say('Loại bản ghi', 'Kind of record'), KINDS[String(r.type)]?.[i] ?? String(r.type)],
      [say('Tên', 'Name'), r.name],
      [say('Cơ quan', 'Organisation'), org && `${String(org.name)} (${String(org.id)})`],
      [say('Quyền', 'Rights'), roles],
      [say('Ký bằng', 'Signs with'), auth && (AUTHS[String(auth.kind)]?.[i] ?? String(auth.kind))],
      [say('Khóa được đồng bộ qua đám mây', 'Passkey may be synced'), auth?.kind === 'webauthn' ? (auth.be ? say('có', 'yes') : say('không', 'no')) : undefined],
      [say('Hiệu lực', 'Valid'), `${dateText(r.not_before as number)} – ${dateText(r.not_after as number)}`],
      [say('Mã bản ghi', 'Record id'), r.id],
      [say('Mã người (từ số định danh)', 'Person (from the identity number)'), r.owner],
    ];
    return facts.filter((f): f is [string, string] => typeof f[1] === 'string');
  };
}

/* code: shown where two people compare what they see. */
export function AdminStatement({ statement, code = false }: { statement: Statement; code?: boolean }) {
  const say = useSay();
  const facts = useRecordFacts();
  return (
    <Sheet title={say('Nội dung bạn sẽ ký', 'What you are about to sign')}>
      <Facts items={facts(recordOf(statement))} />
      {code && (
        <>
          <p className="muted sheet-gap">{say('Mã đối chiếu: người lập đọc mã này qua điện thoại, người ký so sánh.', 'Code to compare: who drew it up reads it out, who signs compares.')}</p>
          <p className="code-big">{compareCode(statement.hash)}</p>
        </>
      )}
      <hr />
      <StatementMembers statement={statement} />
      <hr />
      <StatementText statement={statement} />
    </Sheet>
  );
}
