/* Several dossiers by one signature: every row of each, checked by the page itself, then what became of each. */
import { useEffect, useState } from 'react';
import { Link, useLocation } from 'react-router-dom';
import { get, getText, post } from '../api/client';
import type { ApprovalCount, Dossier } from '../api/shapes';
import { useDoing } from '../api/use';
import { useLanguage, useSay } from '../i18n';
import { checkDecision, readStatement, realmOf, rowsDecided, type Row, type Statement } from '../lib/statement';
import { LIST_MAX, makeList, type SignedList } from '../lib/statement-list';
import { useSession } from '../session';
import { Button } from '../ui/antd';
import { Authorise } from '../ui/authorise';
import { ChoiceField } from '../ui/field';
import { examine, Findings, type Examined } from '../ui/findings';
import { Gathered } from '../ui/gathered';
import { LinkButton } from '../ui/link-button';
import { Empty, Facts, Failed, Mark, Notice, Page, Sheet, StateMark } from '../ui/parts';
import { StatementMembers, StatementRows, StatementText } from '../ui/statement-view';

interface Refused {
  error: string;
  error_description: string;
  vi: string;
}

interface Answered {
  dossier: string;
  code?: string;
  statement?: string;
  request?: string;
  left?: number;
  approvals?: ApprovalCount;
  refused?: Refused;
}

interface Ready {
  id: string;
  code: string;
  decision: Statement;
  request: Statement;
  rows: Row[];
  left: number;
  approvals: ApprovalCount | undefined;
  checks: Examined;
}

interface Left {
  id: string;
  code: string;
  why: { vi: string; en: string };
}

interface Prepared {
  ready: Ready[];
  left: Left[];
  list: SignedList | undefined;
}

const POLL_MS = 2000;
const POLLS_MAX = 300;

/* Throws where what was handed out does not fit what the organisation signed: that dossier is not offered for signing. */
async function readOne(a: Answered, realm: string): Promise<Ready> {
  const decision = await readStatement(a.statement ?? '');
  const request = await readStatement(a.request ?? '');
  checkDecision(decision, request, decision.members.type === 'revoke' ? 'revoke' : 'issue', realm, a.dossier);
  const checks = await examine(await get<Dossier>(`/api/v1/dossiers/${a.dossier}`));
  return { id: a.dossier, code: a.code ?? a.dossier, decision, request, rows: rowsDecided(decision, request), left: a.left ?? 0, approvals: a.approvals, checks };
}

async function prepare(ids: string[], years: number, onProgress: (done: number, all: number) => void): Promise<Prepared> {
  const [answer, founding] = await Promise.all([post<{ dossiers: Answered[] }>('/api/v1/approvals', { dossiers: ids, years }), getText('/api/v1/founding')]);
  const realm = await realmOf(founding);
  const ready: Ready[] = [];
  const left: Left[] = [];
  for (const [i, a] of answer.dossiers.entries()) {
    onProgress(i, answer.dossiers.length);
    const code = a.code ?? a.dossier;
    if (a.refused) left.push({ id: a.dossier, code, why: { vi: a.refused.vi, en: a.refused.error_description } });
    else
      await readOne(a, realm).then(
        (one) => ready.push(one),
        (e: unknown) => left.push({ id: a.dossier, code, why: { vi: `Nội dung không khớp, không ký: ${String(e)}`, en: `Does not fit, not signed: ${String(e)}` } }),
      );
  }
  const list = ready.length > 0 ? await makeList(ready.map((r) => r.decision.text), ready.map((r) => r.request.text)) : undefined;
  return { ready, left, list };
}

function Progress({ done, all, label }: { done: number; all: number; label: string }) {
  return (
    <div role="status">
      <p className="muted">
        {label}: {done}/{all}
      </p>
      <progress value={done} max={all} aria-label={label} style={{ width: '100%' }} />
    </div>
  );
}

function LeftOut({ left }: { left: Left[] }) {
  const say = useSay();
  const { language } = useLanguage();
  if (left.length === 0) return null;
  return (
    <Notice kind="warn" title={say(`${left.length} hồ sơ không nằm trong lần ký này`, `${left.length} dossiers are not in this signature`)}>
      <ul>
        {left.map((l) => (
          <li key={l.id}>
            <Link to={`/ho-so/${l.id}`}>{l.code}</Link>: {l.why[language]}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

const orgOf = (r: Ready): string => String((r.request.members.org as { name?: string } | undefined)?.name ?? '');

function One({ r }: { r: Ready }) {
  const say = useSay();
  const good = r.checks.findings.every((f) => f.good);
  return (
    <Sheet title={`${r.code} – ${orgOf(r)}`}>
      <div className="stack">
        <p>
          <Mark tone={good ? 'good' : 'bad'}>{good ? say('Đạt', 'Good') : say('Cần xem', 'Look')}</Mark> <Link to={`/ho-so/${r.id}`}>{say('Mở hồ sơ', 'Open the dossier')}</Link>
        </p>
        <Findings findings={r.checks.findings} />
        {r.approvals && <Gathered count={r.approvals} />}
        <StatementMembers statement={r.decision} />
        <StatementRows rows={r.rows} />
        {r.left > 0 && <p className="muted">{say(`Còn ${r.left} người phê duyệt ở lượt sau.`, `${r.left} more need another approval.`)}</p>}
        <StatementText statement={r.decision} />
      </div>
    </Sheet>
  );
}

interface Outcome {
  id: string;
  code: string;
  approvals?: ApprovalCount | undefined;
  refused?: Refused | undefined;
  state?: string;
  state_vi?: string;
}

const waits = (o: Outcome) => !o.refused && o.approvals !== undefined && o.approvals.given >= o.approvals.needed && (o.state === undefined || o.state === 'examining');

/* Issuance goes on in the background: looked at until each has left the queue. */
function Outcomes({ first }: { first: Outcome[] }) {
  const say = useSay();
  const { language } = useLanguage();
  const [now, setNow] = useState(first);
  const [polls, setPolls] = useState(0);
  useEffect(() => {
    if (polls >= POLLS_MAX || !now.some(waits)) return undefined;
    const timer = window.setTimeout(() => {
      void Promise.all(
        now.map(async (o) => {
          if (!waits(o)) return o;
          const d = await get<Dossier>(`/api/v1/dossiers/${o.id}`).catch(() => undefined);
          return d ? { ...o, state: d.state, state_vi: d.state_vi } : o;
        }),
      ).then((next) => {
        setNow(next);
        setPolls((p) => p + 1);
      });
    }, POLL_MS);
    return () => window.clearTimeout(timer);
  }, [now, polls]);
  const word = (o: Outcome) => {
    if (o.refused) return <Mark tone="bad">{language === 'vi' ? o.refused.vi : o.refused.error_description}</Mark>;
    if (o.approvals && o.approvals.given < o.approvals.needed) return say(`Đã có ${o.approvals.given}/${o.approvals.needed} phê duyệt`, `${o.approvals.given} of ${o.approvals.needed} approvals`);
    return o.state && o.state !== 'examining' ? <StateMark state={o.state} vi={o.state_vi ?? ''} /> : say('Đang thực hiện…', 'Under way…');
  };
  return (
    <Sheet title={say('Kết quả từng hồ sơ', 'What became of each')}>
      <Progress done={now.filter((o) => !waits(o)).length} all={now.length} label={say('Đã thực hiện', 'Done')} />
      <ul>
        {now.map((o) => (
          <li key={o.id}>
            <Link to={`/ho-so/${o.id}`}>{o.code}</Link>: {word(o)}
          </li>
        ))}
      </ul>
      <div className="row end">
        <LinkButton primary to="/hang-doi?state=examining">
          {say('Về hàng đợi', 'Back to the queue')}
        </LinkButton>
      </div>
    </Sheet>
  );
}

function Several({ ids }: { ids: string[] }) {
  const say = useSay();
  const { fresh } = useSession();
  const doing = useDoing();
  const [years, setYears] = useState('3');
  const [progress, setProgress] = useState<[number, number]>();
  const [prepared, setPrepared] = useState<Prepared>();
  const [outcomes, setOutcomes] = useState<Outcome[]>();
  const begin = () =>
    doing.run(async () => {
      setPrepared(await prepare(ids, Number(years), (done, all) => setProgress([done, all])));
      setProgress(undefined);
    });
  const authorised = async (authorisations: string) => {
    const answer = await fresh(() => post<{ dossiers: Answered[] }>('/api/v1/approvals/signed', { authorisations, evidence: [] }));
    setOutcomes(answer.dossiers.map((a) => ({ id: a.dossier, code: prepared?.ready.find((r) => r.id === a.dossier)?.code ?? a.dossier, approvals: a.approvals, refused: a.refused })));
  };
  if (outcomes) return <Outcomes first={outcomes} />;
  if (!prepared)
    return (
      <Sheet title={say(`${ids.length} hồ sơ đã chọn`, `${ids.length} dossiers`)}>
        <Failed failure={doing.failure} />
        <ChoiceField label={say('Thời hạn chứng thư số cấp mới, gia hạn', 'Validity of new and renewed certificates')} value={years} onChange={setYears} options={['1', '2', '3'].map((y): [string, string] => [y, say(`${y} năm`, `${y} years`)])} />
        {progress && <Progress done={progress[0]} all={progress[1]} label={say('Đang kiểm tra', 'Checking')} />}
        <div className="row end sheet-gap">
          <Button type="primary" loading={doing.busy} onClick={() => void begin()}>
            {say('Kiểm tra và soạn quyết định', 'Check and draw up')}
          </Button>
        </div>
      </Sheet>
    );
  const rows = prepared.ready.reduce((n, r) => n + r.rows.length, 0);
  const orgs = [...new Set(prepared.ready.map(orgOf))];
  const looked = prepared.ready.filter((r) => !r.checks.findings.every((f) => f.good));
  return (
    <div className="stack">
      <LeftOut left={prepared.left} />
      <Sheet title={say('Nội dung bạn sẽ ký bằng một chữ ký', 'What you are about to sign at once')}>
        <Facts
          items={[
            [say('Số hồ sơ', 'Dossiers'), prepared.ready.length],
            [say('Số người', 'People'), rows],
            [say('Cơ quan', 'Organisations'), orgs.join('; ')],
          ]}
        />
      </Sheet>
      {looked.length > 0 && (
        <Notice kind="warn">
          <p>{say(`${looked.length} hồ sơ có điểm cần xem: ${looked.map((r) => r.code).join(', ')}.`, `Look at ${looked.map((r) => r.code).join(', ')} first.`)}</p>
        </Notice>
      )}
      {prepared.ready.map((r) => (
        <One key={r.id} r={r} />
      ))}
      {prepared.list && (
        <Sheet title={say('Ký một lần cho tất cả', 'Sign once for all')}>
          <Authorise what={prepared.list} label={say(`Phê duyệt ${prepared.ready.length} hồ sơ, ${rows} người`, `Approve ${prepared.ready.length} dossiers, ${rows} people`)} onAuthorised={authorised} />
        </Sheet>
      )}
    </div>
  );
}

export default function ApproveSeveral() {
  const say = useSay();
  const { ids } = (useLocation().state ?? {}) as { ids?: string[] };
  return (
    <Page title={say('Phê duyệt nhiều hồ sơ', 'Approve several dossiers')} crumbs={[[say('Hàng đợi', 'Queue'), '/hang-doi?state=examining']]}>
      {ids && ids.length > 0 ? (
        <Several ids={ids.slice(0, LIST_MAX)} />
      ) : (
        <Sheet>
          <Empty>
            <p>{say('Hãy chọn hồ sơ trong hàng đợi Chờ phê duyệt.', 'Choose dossiers in the queue first.')}</p>
          </Empty>
        </Sheet>
      )}
    </Page>
  );
}
