/* The law as the service applies it: which profile is in force from when, what it asks, and whose text is not official. */
import { type ReactNode } from 'react';
import { useSearchParams } from 'react-router-dom';
import { useLoad } from '../api/use';
import { useLanguage, useSay } from '../i18n';
import { dateText, now } from '../lib/dates';
import { standingOf, unofficial, type Labelled, type Profile, type ProfileField, type ProfileHead, type ProfileLimit, type ProfileProcedure, type Proof, type Standing } from '../lib/legal-profile';
import { Facts, Failed, Loading, Mark, Notice, Page, Sheet } from '../ui/parts';
import { Tabs } from '../ui/tabs';

function StandingMark({ standing }: { standing: Standing }) {
  const say = useSay();
  if (standing === 'now') return <Mark tone="good">{say('Đang áp dụng', 'In force')}</Mark>;
  if (standing === 'coming') return <Mark tone="wait">{say('Sắp áp dụng', 'To come')}</Mark>;
  return <Mark tone="plain">{say('Đã thay thế', 'Replaced')}</Mark>;
}

/* Where a text comes from; where the official one was not to be had, that and why. */
function ProofCell({ proof }: { proof: Proof }) {
  const say = useSay();
  return (
    <span className="lines">
      {!proof.official && (
        <span>
          <Mark tone="wait">{say('Chưa có nguyên văn', 'No official text')}</Mark>
        </span>
      )}
      {proof.source && <span className="small">{proof.source}</span>}
      {proof.note && <span className="small muted">{proof.note}</span>}
    </span>
  );
}

function Table({ caption, heads, children }: { caption: string; heads: string[]; children: ReactNode }) {
  return (
    <div className="table-wrap" tabIndex={0} role="group" aria-label={caption}>
      <table className="list fold">
        <caption className="hidden">{caption}</caption>
        <thead>
          <tr>
            {heads.map((h) => (
              <th scope="col" key={h}>
                {h}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

function Fields({ caption, fields }: { caption: string; fields: ProfileField[] }) {
  const say = useSay();
  const { language } = useLanguage();
  const heads = [say('Trường', 'Field'), say('Bắt buộc', 'Required'), say('Độ dài', 'Length'), say('Căn cứ', 'Source')];
  return (
    <Table caption={caption} heads={heads}>
      {fields.map((f) => (
        <tr key={f.key}>
          <th scope="row" data-label={heads[0]}>
            {f[language]}
          </th>
          <td data-label={heads[1]}>{f.required ? say('có', 'yes') : say('không', 'no')}</td>
          <td className="num" data-label={heads[2]}>
            {f.max_chars}
          </td>
          <td data-label={heads[3]}>
            <ProofCell proof={f} />
          </td>
        </tr>
      ))}
    </Table>
  );
}

const LIMITS: Record<string, [string, string]> = {
  answer: ['Trả kết quả trong', 'Answer within'],
  validity: ['Thời hạn chứng thư số, nhiều nhất', 'Validity, at most'],
  remaining: ['Chỉ khi còn hiệu lực ít nhất', 'Only with this much left, at least'],
  times: ['Số lần, nhiều nhất', 'Times, at most'],
};
const UNITS: Record<string, [string, string]> = {
  hour: ['giờ', 'hours'],
  'working-day': ['ngày làm việc', 'working days'],
  day: ['ngày', 'days'],
  year: ['năm', 'years'],
  time: ['lần', 'times'],
};

interface Rule extends Proof {
  name: string;
  text: string;
}

function Rules({ caption, rules }: { caption: string; rules: Rule[] }) {
  const say = useSay();
  const heads = [say('Quy định', 'Rule'), say('Nội dung', 'Content'), say('Căn cứ', 'Source')];
  return (
    <Table caption={caption} heads={heads}>
      {rules.map((r) => (
        <tr key={r.name + r.text}>
          <th scope="row" data-label={heads[0]}>
            {r.name}
          </th>
          <td data-label={heads[1]}>{r.text}</td>
          <td data-label={heads[2]}>
            <ProofCell proof={r} />
          </td>
        </tr>
      ))}
    </Table>
  );
}

function Procedure({ p }: { p: ProfileProcedure }) {
  const say = useSay();
  const { language } = useLanguage();
  const i = language === 'vi' ? 0 : 1;
  const limit = (l: ProfileLimit): Rule => ({ ...l, name: LIMITS[l.key]?.[i] ?? l.key, text: `${l.amount} ${UNITS[l.unit]?.[i] ?? l.unit}` });
  const condition = (c: Labelled): Rule => ({ ...c, name: say('Điều kiện', 'Condition'), text: c[language] });
  const form = (name: string, f: Proof & { number?: string; title: string }): Rule => ({ ...f, name, text: [f.number && say(`Mẫu số ${f.number}`, `Form ${f.number}`), f.title].filter(Boolean).join(': ') });
  return (
    <>
      <p>
        <span className="muted">{say('Trích yếu', 'Subject line')}:</span> {p.subject}
      </p>
      <h3>{say('Biểu mẫu, thời hạn, điều kiện', 'Forms, limits, conditions')}</h3>
      <Rules
        caption={say('Biểu mẫu, thời hạn, điều kiện', 'Forms, limits, conditions')}
        rules={[form(say('Văn bản đề nghị của cơ quan', 'Document of the organisation'), p.form), form(say('Văn bản đề nghị của thuê bao', 'The subscriber’s own'), p.own_form), ...p.limits.map(limit), ...p.conditions.map(condition)]}
      />
      {p.fields.length > 0 && (
        <>
          <h3 className="sheet-gap">{say('Thông tin của từng người', 'Of each person')}</h3>
          <Fields caption={say(`Thông tin của từng người: ${p.vi}`, `Of each person: ${p.en}`)} fields={p.fields} />
        </>
      )}
    </>
  );
}

const ASKERS: Record<string, [string, string]> = {
  subscriber: ['thuê bao', 'subscriber'],
  body: ['cơ quan quản lý trực tiếp', 'managing body'],
  proceedings: ['cơ quan tố tụng', 'authorities of proceedings'],
  authority: ['cơ quan cấp', 'issuing authority'],
};

function Shown({ p }: { p: Profile }) {
  const say = useSay();
  const { language } = useLanguage();
  const i = language === 'vi' ? 0 : 1;
  const open = unofficial(p);
  const grounds = p.grounds.map((g): Rule => ({ ...g, name: g[language], text: `${g.who.map((w) => ASKERS[w]?.[i] ?? w).join(', ')}; CRL ${g.reason}` }));
  const declarations = p.declarations.map((d): Rule => ({ ...d, name: say('Cam kết', 'Declaration'), text: d[language] }));
  return (
    <>
      {open > 0 && (
        <Notice kind="warn" title={say(`${open} mục chưa có nguyên văn chính thức`, `${open} entries have no official text`)}>
          <p>{say('Các mục này ghi theo tài liệu đã có và được đánh dấu; cần đối chiếu khi có văn bản gốc.', 'They follow what could be had and are marked; compare them when the originals are there.')}</p>
        </Notice>
      )}
      <Sheet>
        <Facts
          items={[
            [say('Văn bản', 'Text'), p[language]],
            [say('Áp dụng từ', 'In force from'), dateText(p.in_force_from)],
            [say('Cơ quan giải quyết', 'Authority'), p.authority],
            [say('Căn cứ', 'Source'), <ProofCell key="p" proof={p} />],
          ]}
        />
      </Sheet>
      <div className="sheet sheet-gap">
        <Tabs
          label={say('Nội dung quy định', 'What it says')}
          items={[
            ...p.procedures.map((x) => ({ key: x.key, label: x[language], children: <Procedure p={x} /> })),
            { key: 'grounds', label: say('Lý do thu hồi', 'Grounds of revocation'), children: <Rules caption={say('Lý do thu hồi', 'Grounds of revocation')} rules={grounds} /> },
            { key: 'declarations', label: say('Cam kết', 'Declarations'), children: <Rules caption={say('Cam kết', 'Declarations')} rules={declarations} /> },
            { key: 'document', label: say('Văn bản, người tiếp nhận', 'Document, recipient'), children: <Fields caption={say('Văn bản, người tiếp nhận', 'Document, recipient')} fields={[...p.document, ...p.recipient]} /> },
          ]}
        />
      </div>
    </>
  );
}

function Choice({ all, shown, onChoose }: { all: ProfileHead[]; shown: string; onChoose: (id: string) => void }) {
  const say = useSay();
  const { language } = useLanguage();
  return (
    <div className="cards">
      {[...all].reverse().map((p) => (
        <button key={p.id} type="button" className="card-link" aria-pressed={p.id === shown} onClick={() => onChoose(p.id)}>
          <strong>{p[language]}</strong>
          <span className="lines">
            <span className="muted small">{say(`Áp dụng từ ${dateText(p.in_force_from)}`, `In force from ${dateText(p.in_force_from)}`)}</span>
            <StandingMark standing={standingOf(p, all, now())} />
          </span>
        </button>
      ))}
    </div>
  );
}

export default function LegalPage() {
  const say = useSay();
  const [search, setSearch] = useSearchParams();
  const wanted = search.get('quy-dinh') ?? '';
  const { data, failure, loading, reload } = useLoad<Profile>(`/api/v1/legal${wanted ? `?profile=${encodeURIComponent(wanted)}` : ''}`);
  return (
    <Page title={say('Quy định áp dụng', 'Legal profiles')} lead={say('Hồ sơ giữ quy định có hiệu lực lúc lập, kể cả khi có quy định mới.', 'A dossier keeps the profile it was made under.')}>
      <Failed failure={failure} again={reload} />
      {!data && loading && <Loading rows={8} />}
      {data && (
        <>
          <Choice all={data.profiles} shown={data.id} onChoose={(id) => setSearch({ 'quy-dinh': id }, { replace: true })} />
          <div className="sheet-gap">
            <Shown key={data.id} p={data} />
          </div>
        </>
      )}
    </Page>
  );
}
