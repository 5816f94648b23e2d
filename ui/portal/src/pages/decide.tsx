/* An officer decides: what is signed stands here in full and is compared with what the organisation signed. */
import { useEffect, useState } from 'react';
import { useNavigate, useParams, useSearchParams } from 'react-router-dom';
import { Failure, getText, post } from '../api/client';
import type { ApprovalCount, Decision, Dossier } from '../api/shapes';
import { useDoing, useLoad } from '../api/use';
import { useSay } from '../i18n';
import { fromBase64url } from '../lib/bytes';
import { oneLine, REASONS } from '../lib/refusals';
import { actionsOf } from '../lib/states';
import { checkDecision, Mismatch, readStatement, realmOf, rowsDecided, type Row, type Statement } from '../lib/statement';
import { useMe, useSession, type Me } from '../session';
import { Button } from '../ui/antd';
import { Gathered } from '../ui/gathered';
import { Authorise } from '../ui/authorise';
import { ChoiceField, TextBlock } from '../ui/field';
import { LinkButton } from '../ui/link-button';
import { Facts, Failed, Loading, Notice, Page, Sheet, StateMark } from '../ui/parts';
import { PdfView } from '../ui/pdf';
import { StatementMembers, StatementRows, StatementText } from '../ui/statement-view';
import { useTell } from '../ui/toast';

interface Prepared {
  decision: Statement;
  request: Statement;
  rows: Row[];
  left: number;
  approvals: ApprovalCount | undefined;
}

async function prepare(dossier: Dossier, path: string, body: unknown, type: string): Promise<Prepared> {
  const [answer, founding] = await Promise.all([post<Decision & { left?: number; approvals?: ApprovalCount }>(path, body), getText('/api/v1/founding')]);
  const decision = await readStatement(answer.statement);
  const request = await readStatement(answer.request);
  checkDecision(decision, request, type, await realmOf(founding), dossier.id);
  return { decision, request, rows: rowsDecided(decision, request), left: answer.left ?? 0, approvals: answer.approvals };
}

/* What does not fit is never offered for signing. */
function asFailure(e: unknown): unknown {
  if (!(e instanceof Mismatch) && !(e instanceof Error && !(e instanceof Failure))) return e;
  return new Failure(0, {
    error: 'mismatch',
    error_description: `What the service handed out does not fit the request (${e.message}). Do not sign; tell the operator.`,
    vi: `Nội dung hệ thống đưa ra không khớp với yêu cầu đã ký (${e.message}). Không ký; hãy báo bộ phận vận hành.`,
  });
}

function DocumentBeside({ id }: { id: string }) {
  const say = useSay();
  const loaded = useLoad<{ document: string }>(`/api/v1/dossiers/${id}/request`);
  const [content, setContent] = useState<Blob>();
  useEffect(() => {
    if (loaded.data) setContent(new Blob([fromBase64url(loaded.data.document)], { type: 'application/pdf' }));
  }, [loaded.data]);
  return (
    <Sheet>
      <Failed failure={loaded.failure} again={loaded.reload} />
      {content ? <PdfView content={content} name="van-ban-de-nghi.pdf" title={say('Văn bản đề nghị đã ký số', 'Request as signed')} /> : loaded.loading && <Loading />}
    </Sheet>
  );
}

function RefusalForm({ busy, onReady }: { busy: boolean; onReady: (reason: string) => void }) {
  const say = useSay();
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const kept = useLoad<{ reasons?: string[] }>('/api/v1/refusal-reasons');
  return (
    <Sheet title={say('Lý do từ chối', 'Reason of the refusal')}>
      <div className="stack">
        <ChoiceField
          label={say('Mẫu lý do', 'Template')}
          value=""
          onChange={(v) => v && setReason((r) => (r ? `${r} ${v}` : v))}
          options={[['', say('Chọn để thêm vào lý do', 'Choose to add')], ...(kept.data?.reasons ?? REASONS).map((r): [string, string] => [r, r])]}
        />
        <TextBlock
          label={say('Lý do gửi cơ quan', 'Reason, as the organisation reads it')}
          required
          rows={5}
          maxLength={600}
          value={reason}
          onChange={setReason}
          error={tried && !reason.trim() ? say('Hãy ghi lý do từ chối.', 'Give the reason.') : undefined}
        />
        <div className="row end">
          <Button
            type="primary"
            danger
            loading={busy}
            onClick={() => {
              setTried(true);
              if (reason.trim()) onReady(oneLine(reason));
            }}
          >
            {say('Soạn quyết định từ chối', 'Draw up the refusal')}
          </Button>
        </div>
      </div>
    </Sheet>
  );
}

/* Somebody else was faster: what there is to decide, if anything, is another thing now. */
function Overtaken({ d, failure }: { d: Dossier; failure: Failure | undefined }) {
  const say = useSay();
  return (
    <>
      <Failed failure={failure} />
      <Notice kind="warn" title={say('Hồ sơ không còn chờ quyết định này', 'The dossier does not wait for this decision any more')}>
        <p>{say('Người khác có thể đã xử lý hồ sơ trong lúc bạn xem. Trạng thái hiện nay: ', 'Somebody may have dealt with it while you looked. It is now: ')}</p>
        <StateMark state={d.state} vi={d.state_vi} />
      </Notice>
      <div className="row">
        <LinkButton primary to={`/ho-so/${d.id}`}>
          {say('Mở hồ sơ', 'Open the dossier')}
        </LinkButton>
        <LinkButton to="/hang-doi">{say('Về hàng đợi', 'Back to the queue')}</LinkButton>
      </div>
    </>
  );
}

/* Rows that could not stand in one statement with the others wait for an approval of their own. */
function decidable(d: Dossier, refusing: boolean, me: Me): boolean {
  const left = !refusing && d.state === 'approved' && d.rows.some((r) => r.state === 'entered');
  return left || actionsOf(d, { org: me.org.id, roles: me.roles }).includes(refusing ? 'refuse' : 'approve');
}

function Deciding({ d, refusing, reload }: { d: Dossier; refusing: boolean; reload: () => void }) {
  const say = useSay();
  const navigate = useNavigate();
  const tell = useTell();
  const me = useMe();
  const { fresh } = useSession();
  const [lost, setLost] = useState<Failure>();
  const doing = useDoing();
  const [years, setYears] = useState('3');
  const [prepared, setPrepared] = useState<Prepared>();
  const revoking = d.procedure === 'revoke';
  const begin = (path: string, body: unknown, type: string) =>
    doing.run(async () => {
      try {
        setPrepared(await prepare(d, `/api/v1/dossiers/${d.id}/${path}`, body, type));
      } catch (e) {
        throw asFailure(e);
      }
    });
  const authorised = async (authorisations: string) => {
    try {
      await decide(authorisations);
    } catch (e) {
      if (e instanceof Failure) setLost(e);
      reload();
      throw e;
    }
  };
  const decide = async (authorisations: string) => {
    if (!prepared) return;
    const body = { statement: prepared.decision.text, authorisations, evidence: [] };
    if (refusing) {
      await fresh(() => post('/api/v1/statements', body));
      tell(say(`Đã từ chối hồ sơ ${d.code}.`, `${d.code} was refused.`));
    } else {
      const { approvals } = await fresh(() => post<{ approvals: ApprovalCount }>(`/api/v1/dossiers/${d.id}/approve`, body));
      if (approvals.given < approvals.needed) tell(say(`Hồ sơ ${d.code} đã có ${approvals.given}/${approvals.needed} phê duyệt.`, `${d.code} has ${approvals.given} of ${approvals.needed} approvals.`));
      else tell(say(`Đã phê duyệt ${prepared.rows.length} người của hồ sơ ${d.code}.`, `${prepared.rows.length} people of ${d.code} were approved.`));
      if (prepared.left > 0) {
        setPrepared(undefined);
        return;
      }
    }
    navigate(`/ho-so/${d.id}`);
  };
  if (!decidable(d, refusing, me)) return <Overtaken d={d} failure={lost} />;
  return (
    <div className="split">
      <div className="stack">
        <Sheet>
          <Facts
            items={[
              [say('Hồ sơ', 'Dossier'), d.code],
              [say('Trạng thái', 'State'), <StateMark key="s" state={d.state} vi={d.state_vi} />],
              [say('Số người', 'People'), d.rows.length],
            ]}
          />
        </Sheet>
        <Failed failure={doing.failure} />
        {!prepared && refusing && <RefusalForm busy={doing.busy} onReady={(reason) => void begin('refusal', { reason }, 'refuse')} />}
        {!prepared && !refusing && (
          <Sheet title={revoking ? say('Phê duyệt thu hồi', 'Approve the revocation') : say('Phê duyệt cấp chứng thư số', 'Approve the issue')}>
            {!revoking && d.procedure !== 'change' && (
              <ChoiceField
                label={say('Thời hạn chứng thư số', 'Validity')}
                value={years}
                onChange={setYears}
                options={(d.procedure === 'new' ? ['1', '2', '3', '4', '5'] : ['1', '2', '3']).map((y): [string, string] => [y, say(`${y} năm`, `${y} years`)])}
              />
            )}
            <div className="row end sheet-gap">
              <Button type="primary" loading={doing.busy} onClick={() => void begin('approval', { years: Number(years) }, revoking ? 'revoke' : 'issue')}>
                {say('Soạn quyết định phê duyệt', 'Draw up the approval')}
              </Button>
            </div>
          </Sheet>
        )}
        {prepared && (
          <>
            <Notice kind="good">
              <p>
                {say(
                  'Trình duyệt đã đối chiếu: quyết định dưới đây đúng hồ sơ, đúng văn bản và đúng danh sách mà cơ quan đã ký.',
                  'Compared by this browser: the decision is about this dossier, this document and the list that the organisation signed.',
                )}
              </p>
              {prepared.left > 0 && <p>{say(`Còn ${prepared.left} người sẽ phê duyệt ở lượt sau.`, `${prepared.left} more need another approval.`)}</p>}
            </Notice>
            <Sheet title={say('Nội dung bạn sẽ ký', 'What you are about to sign')}>
              <StatementMembers statement={prepared.decision} />
            </Sheet>
            <Sheet title={say(`Từng người: ${prepared.rows.length}`, `Each person: ${prepared.rows.length}`)}>
              <StatementRows rows={prepared.rows} />
              <hr />
              <StatementText statement={prepared.decision} />
            </Sheet>
            {prepared.approvals && <Gathered count={prepared.approvals} />}
            {prepared.approvals?.mine !== true && (
            <Sheet title={say('Ký quyết định', 'Sign the decision')}>
              <Authorise
                what={prepared.decision}
                danger={refusing || revoking}
                label={refusing ? say('Từ chối', 'Refuse') : revoking ? say('Thu hồi', 'Revoke') : say(`Phê duyệt ${prepared.rows.length} người`, `Approve ${prepared.rows.length}`)}
                onAuthorised={authorised}
              />
            </Sheet>
            )}
          </>
        )}
      </div>
      <DocumentBeside id={d.id} />
    </div>
  );
}

export default function Decide() {
  const say = useSay();
  const { id } = useParams();
  const [search] = useSearchParams();
  const refusing = search.has('tu-choi');
  const { data, failure, loading, reload } = useLoad<Dossier>(`/api/v1/dossiers/${id}`);
  return (
    <Page
      title={refusing ? say('Từ chối hồ sơ', 'Refuse the dossier') : say('Phê duyệt hồ sơ', 'Approve the dossier')}
      crumbs={[
        [say('Hồ sơ', 'Dossiers'), '/ho-so'],
        [data?.code ?? '…', `/ho-so/${id}`],
      ]}
    >
      <Failed failure={failure} again={reload} />
      {!data && loading && <Loading />}
      {data && <Deciding d={data} refusing={refusing} reload={reload} />}
    </Page>
  );
}

