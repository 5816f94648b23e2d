/* Steps 3 to 5: the document is looked at, signed with the organisation's certificate, and sent. */
import { useEffect, useRef, useState } from 'react';
import { Link, useParams } from 'react-router-dom';
import { Failure, getText, post } from '../api/client';
import type { AgentAddresses, Dossier, Handed, Seal } from '../api/shapes';
import { useDoing, useLoad } from '../api/use';
import { useLanguage, useSay } from '../i18n';
import { AgentFailure, agentThere, signDocument, signMessage, type DocumentCall } from '../lib/agent';
import { asBytes, fromBase64url, toBase64url, type Bytes } from '../lib/bytes';
import { timeText } from '../lib/dates';
import { PROCEDURES } from '../lib/states';
import { checkRequest, Mismatch, readStatement, realmOf, signedContent, type Row, type Statement } from '../lib/statement';
import { useMe } from '../session';
import { Button, Radio } from '../ui/antd';
import { AgentTrouble } from '../ui/authorise';
import { ChoiceField, TextField } from '../ui/field';
import { LinkButton } from '../ui/link-button';
import { download, Due, Facts, Failed, Loading, Mark, Notice, Page, Sheet } from '../ui/parts';
import { PdfView } from '../ui/pdf';
import { StatementMembers, StatementRows, StatementText } from '../ui/statement-view';
import { WizardHead } from '../ui/wizard';

interface Paper {
  given: Handed;
  document: Blob;
  statement: Statement;
}

const SEAL_KEY = 'kyso-seal-record';
const NONE: Seal[] = [];

async function fetchPaper(id: string): Promise<Paper> {
  const [given, founding] = await Promise.all([post<Handed>(`/api/v1/dossiers/${id}/document`), getText('/api/v1/founding')]);
  const bytes = fromBase64url(given.document);
  const statement = await readStatement(given.statement);
  try {
    await checkRequest(statement, bytes, await realmOf(founding), id);
  } catch (e) {
    if (!(e instanceof Mismatch)) throw e;
    throw new Failure(0, {
      error: 'mismatch',
      error_description: `The statement does not fit the document (${e.message}). Do not sign.`,
      vi: `Nội dung yêu cầu không khớp với văn bản (${e.message}). Không ký; hãy báo bộ phận hỗ trợ.`,
    });
  }
  return { given, statement, document: new Blob([bytes], { type: 'application/pdf' }) };
}

interface Signed {
  document?: Bytes;
  cms?: Bytes;
}

function FilePick({ label, accept, taken, onBytes }: { label: string; accept: string; taken: boolean; onBytes: (b: Bytes) => void }) {
  const say = useSay();
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className="row">
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        aria-label={label}
        onChange={(e) => {
          const file = e.target.files?.[0];
          if (file) void file.arrayBuffer().then((b) => onBytes(asBytes(b)));
          e.target.value = '';
        }}
      />
      <Button onClick={() => input.current?.click()}>{label}</Button>
      {taken && <Mark tone="good">{say('Đã có', 'There')}</Mark>}
    </div>
  );
}

/* Whose signature it is to be: one of those registered for the organisation; typed where the service names none. */
function SealField({ registered, value, onChange, error }: { registered: Seal[] | undefined; value: string; onChange: (v: string) => void; error: boolean }) {
  const say = useSay();
  if (registered === undefined) return null;
  if (registered.length === 1)
    return (
      <p>
        {say('Chữ ký đã đăng ký', 'Registered signature')}: <strong>{registered[0]?.name}</strong>
      </p>
    );
  if (registered.length > 1)
    return (
      <ChoiceField
        label={say('Chữ ký, con dấu dùng để ký', 'Signature or seal to sign with')}
        value={value}
        onChange={onChange}
        options={registered.map((s) => [s.id, s.kind === 'seal' ? say(`Con dấu: ${s.name}`, `Seal: ${s.name}`) : s.name])}
      />
    );
  return (
    <TextField
      required
      label={say('Bản ghi chữ ký, con dấu của cơ quan', 'Record of the signature or seal')}
      hint={say(
        '32 ký tự, trong thông báo của Cục khi đăng ký chữ ký, con dấu. Chưa có? Liên hệ Cục để đăng ký. Máy này nhớ cho lần sau.',
        '32 characters, from the Department’s notice of registration. None yet? Ask the Department. Remembered here.',
      )}
      value={value}
      maxLength={32}
      onChange={(v) => onChange(v.trim().toLowerCase())}
      error={error ? say('Hãy nhập đủ 32 chữ số thập lục phân.', '32 hexadecimal digits.') : undefined}
    />
  );
}

/* Who has signed already, and what is left to do. */
function SignedSoFar({ given }: { given: Handed }) {
  const say = useSay();
  if (given.signed.length === 0) return null;
  return (
    <Notice kind="info" title={say('Văn bản đã có chữ ký', 'Signed already')}>
      <ul>
        {given.signed.map((one) => (
          <li key={one.seal}>
            {one.name}, {timeText(one.at)}
          </li>
        ))}
      </ul>
      <p>{say('Người ký tiếp theo ký ngay trên bản đã ký này rồi gửi.', 'The next signer signs this very document, then sends it.')}</p>
    </Notice>
  );
}

function Signing({ d, paper, onSent, onHanded }: { d: Dossier; paper: Paper; onSent: () => void; onHanded: () => void }) {
  const say = useSay();
  const me = useMe();
  const doing = useDoing();
  const [agent, setAgent] = useState<boolean>();
  const [way, setWay] = useState<'agent' | 'file'>('agent');
  const [trouble, setTrouble] = useState<AgentFailure>();
  const [signed, setSigned] = useState<Signed>({});
  const [evidence, setEvidence] = useState<Bytes[]>([]);
  const [seal, setSeal] = useState(() => localStorage.getItem(SEAL_KEY) ?? '');
  const [tried, setTried] = useState(false);
  const seals = useLoad<{ seals: Seal[] }>(`/api/v1/organisations/${d.org}/seals`);
  const registered = seals.data?.seals ?? (seals.failure && NONE);
  const sealGood = /^[0-9a-f]{32}$/.test(seal);
  const call: DocumentCall = me.roles.has('sign') ? 'SignApproved' : 'SignIssued';
  const kind = call === 'SignApproved' ? 'head' : 'seal';
  useEffect(() => {
    const first = registered?.find((s) => s.name === me.session.staff.name) ?? registered?.find((s) => s.kind === kind) ?? registered?.[0];
    if (first) setSeal((old) => (registered?.some((s) => s.id === old) ? old : first.id));
  }, [registered, kind, me.session.staff.name]);
  const handsOn = call === 'SignApproved' && paper.given.place.seal !== undefined && (registered ?? NONE).some((s) => s.kind === 'seal');
  const look = () => void agentThere().then((a) => setAgent(a !== undefined));
  useEffect(look, []);
  const sources = { seal, evidence: evidence.map(toBase64url) };
  const submit = async (document: { document: string } | { uploaded: string }, cms: Bytes) => {
    localStorage.setItem(SEAL_KEY, seal);
    await post(`/api/v1/dossiers/${d.id}/submit`, { ...document, ...sources, statement: paper.statement.text, cms: toBase64url(cms) });
    onSent();
  };
  /* Through the agent: alone is the document without the statement, for somebody else to go on with. */
  const byAgent = (alone: boolean) =>
    doing.run(async () => {
      setTried(true);
      setTrouble(undefined);
      if (!sealGood) return;
      try {
        const content = alone ? undefined : signedContent(paper.statement.text);
        const given = await post<AgentAddresses>(`/api/v1/dossiers/${d.id}/agent-addresses`, sources);
        const { document, cms } = await signDocument(call, given, content);
        if (content) await submit({ uploaded: document }, cms ?? (await signMessage(content)));
        else onHanded();
      } catch (e) {
        if (!(e instanceof AgentFailure)) throw e;
        setTrouble(e);
      }
    });
  const byFile = () =>
    doing.run(async () => {
      setTried(true);
      if (sealGood && signed.document && signed.cms) await submit({ document: toBase64url(signed.document) }, signed.cms);
    });
  const name = `van-ban-${d.code}`;
  const pickDocument = (
    <FilePick label={say('Tải lên văn bản đã ký (PDF)', 'Upload the signed PDF')} accept="application/pdf,.pdf" taken={signed.document !== undefined} onBytes={(document) => setSigned((s) => ({ ...s, document }))} />
  );
  const fetchDocument = <Button onClick={() => download(`${name}.pdf`, paper.document)}>{say('Tải văn bản để ký (PDF)', 'Download the PDF to sign')}</Button>;
  return (
    <Sheet title={say('Ký số và gửi', 'Sign and send')}>
      <div className="stack">
        <fieldset>
          <legend>{say('Cách ký', 'How to sign')}</legend>
          <Radio.Group
            value={way}
            onChange={(e) => setWay(e.target.value as 'agent' | 'file')}
            options={[
              { value: 'agent', label: say('Phần mềm ký trên máy này (kyso-agent)', 'The signing program here (kyso-agent)') },
              { value: 'file', label: say('Tải về, ký bằng phần mềm khác, tải lên', 'Download, sign elsewhere, upload') },
            ]}
          />
        </fieldset>
        <SealField registered={registered} value={seal} onChange={setSeal} error={tried && !sealGood} />
        <details>
          <summary>{say('Danh sách thu hồi (CRL) kèm theo', 'Revocation lists to send along')}</summary>
          <FilePick label={say('Thêm tệp .crl', 'Add a .crl')} accept=".crl" taken={evidence.length > 0} onBytes={(b) => setEvidence((e) => [...e, b])} />
        </details>
        {trouble && <AgentTrouble failure={trouble} />}
        <Failed failure={doing.failure} />
        {way === 'agent' && (
          <>
            {agent === false && (
              <Notice kind="warn">
                <p>
                  {say(
                    'Chưa thấy phần mềm ký. Hãy mở kyso-agent trên máy này, cắm thiết bị; nếu trình duyệt hỏi quyền truy cập mạng cục bộ, hãy cho phép.',
                    'The signing program is not there. Start kyso-agent and plug in the token; allow access to the local network if the browser asks.',
                  )}
                </p>
                <Button onClick={look}>{say('Kết nối lại', 'Look again')}</Button>
              </Notice>
            )}
            <p className="muted">
              {say(
                'Phần mềm ký sẽ hiện lại văn bản và nội dung yêu cầu rồi hỏi mã PIN một lần cho cả hai.',
                'The signing program shows document and request again, then asks once for the PIN of both.',
              )}
            </p>
            <div className="row end">
              {handsOn && (
                <Button size="large" loading={doing.busy} onClick={() => void byAgent(true)}>
                  {say('Ký, chuyển văn thư đóng dấu', 'Sign; the seal comes next')}
                </Button>
              )}
              <Button type="primary" size="large" loading={doing.busy} onClick={() => void byAgent(false)}>
                {say('Ký số và gửi hồ sơ', 'Sign and send')}
              </Button>
            </div>
          </>
        )}
        {way === 'file' && (
          <>
            <ol className="stack">
              <li>
                <div className="row">
                  {fetchDocument}
                  <Button onClick={() => download(`${name}.bin`, new Blob([signedContent(paper.statement.text)]))}>{say('Tải nội dung yêu cầu', 'Download the request')}</Button>
                </div>
              </li>
              <li>
                {say('Ký cả hai bằng thiết bị của cơ quan:', 'Sign both with the organisation’s token:')}{' '}
                <code>kyso sign --in {name}.pdf …</code>
              </li>
              <li>
                <div className="row">
                  {pickDocument}
                  <FilePick label={say('Tải lên chữ ký yêu cầu (CMS)', 'Upload the CMS')} accept=".p7s,.p7m,.cms,.der" taken={signed.cms !== undefined} onBytes={(cms) => setSigned((s) => ({ ...s, cms }))} />
                </div>
              </li>
            </ol>
            <div className="row end">
              <Button type="primary" size="large" disabled={!signed.document || !signed.cms} loading={doing.busy} onClick={() => void byFile()}>
                {say('Gửi hồ sơ', 'Send the dossier')}
              </Button>
            </div>
          </>
        )}
        {doing.busy && (
          <p role="status" className="muted">
            {way === 'agent'
              ? say('Hãy đọc, đồng ý và nhập mã PIN trong cửa sổ của phần mềm ký. Xin đừng đóng trang này.', 'Read, agree and type the PIN in the window of the signing program. Please keep this page open.')
              : say('Đang kiểm tra chữ ký… Xin đừng đóng trang.', 'Checking the signatures… Please keep the page open.')}
          </p>
        )}
      </div>
    </Sheet>
  );
}

function Sent({ id }: { id: string }) {
  const say = useSay();
  const me = useMe();
  const { language } = useLanguage();
  const { data } = useLoad<Dossier>(`/api/v1/dossiers/${id}`);
  if (!data) return <Loading />;
  return (
    <>
      <Notice kind="good" live title={say('Hồ sơ đã được gửi', 'The dossier was sent')}>
        <p>{say('Chữ ký số đã được kiểm tra và hồ sơ đã được lưu.', 'The signature was checked and the dossier is kept.')}</p>
      </Notice>
      <Sheet>
        <p className="muted">{say('Mã hồ sơ', 'Code')}</p>
        <p className="code-big">{data.code}</p>
        <Facts
          items={[
            ...(data.tracking ? [[say('Mã tra cứu công khai', 'Tracking code'), data.tracking] as [string, string]] : []),
            [say('Thủ tục', 'Procedure'), PROCEDURES[data.procedure]?.[language]],
            [say('Thời hạn giải quyết', 'Time limit'), PROCEDURES[data.procedure]?.limit[language]],
            [say('Hạn trả kết quả', 'Due'), data.due_at ? <Due key="d" clock={data.clock} stage={data.stage} due={data.due_at} /> : say('Tính từ khi được tiếp nhận', 'Counts from its receipt')],
            [say('Kết quả gửi qua', 'Result by'), data.recipient_channel === 'sms' ? data.recipient_phone : data.recipient_email],
          ]}
        />
        <div className="row sheet-gap">
          <LinkButton primary to={`/ho-so/${id}`}>
            {say('Theo dõi hồ sơ', 'Follow the dossier')}
          </LinkButton>
          {me.roles.has('enter') ? (
            <LinkButton to="/ho-so/moi">{say('Lập hồ sơ khác', 'Another dossier')}</LinkButton>
          ) : (
            <LinkButton to="/viec">{say('Về việc cần làm', 'Back to my tasks')}</LinkButton>
          )}
        </div>
      </Sheet>
    </>
  );
}

function HandedOn({ id }: { id: string }) {
  const say = useSay();
  return (
    <Notice kind="good" live title={say('Đã ký; chờ văn thư đóng dấu', 'Signed; waiting for the seal')}>
      <p>
        {say(
          'Chữ ký đã được kiểm tra và giữ lại. Hồ sơ chưa được gửi: văn thư thấy hồ sơ trong “Việc cần làm”, ký bằng chứng thư số của cơ quan và gửi.',
          'The signature was checked and kept. The dossier is not sent yet: the seal keeper finds it under “To do”, seals it and sends it.',
        )}
      </p>
      <LinkButton to={`/ho-so/${id}`}>{say('Theo dõi hồ sơ', 'Follow the dossier')}</LinkButton>
    </Notice>
  );
}

function Check({ d, onSent }: { d: Dossier; onSent: () => void }) {
  const say = useSay();
  const me = useMe();
  const doing = useDoing();
  const [paper, setPaper] = useState<Paper>();
  const [handed, setHanded] = useState(false);
  const { run } = doing;
  const asked = useRef(false);
  useEffect(() => {
    if (asked.current) return;
    asked.current = true;
    void run(async () => setPaper(await fetchPaper(d.id)));
  }, [d.id, run]);
  const signs = me.roles.has('sign') || me.roles.has('seal');
  return (
    <>
      <Failed failure={doing.failure} again={() => void run(async () => setPaper(await fetchPaper(d.id)))} />
      {doing.failure && me.roles.has('enter') && (d.state === 'draft' || d.state === 'correcting') && (
        <LinkButton to={`/ho-so/${d.id}/sua`}>{say('Quay lại danh sách để bổ sung', 'Back to the list')}</LinkButton>
      )}
      {doing.busy && !paper && <Loading rows={8} />}
      {paper && (
        <div className="split">
          <Sheet>
            <PdfView content={paper.document} name={`van-ban-${d.code}.pdf`} title={say('Văn bản đề nghị', 'Request document')} />
          </Sheet>
          <div className="stack">
            <Sheet title={say('Nội dung yêu cầu được ký', 'The request as it is signed')}>
              <StatementMembers statement={paper.statement} />
              <hr />
              <StatementRows rows={(paper.statement.members.rows ?? []) as Row[]} />
              <hr />
              <StatementText statement={paper.statement} />
            </Sheet>
            {!handed && <SignedSoFar given={paper.given} />}
            {handed ? (
              <HandedOn id={d.id} />
            ) : signs ? (
              <Signing d={d} paper={paper} onSent={onSent} onHanded={() => setHanded(true)} />
            ) : (
              <Notice kind="info" title={say('Văn bản đã sẵn sàng để ký', 'Ready to be signed')}>
                <p>
                  {say('Người có vai trò Lãnh đạo ký hoặc Văn thư của cơ quan sẽ thấy hồ sơ này trong “Việc cần làm” và ký, gửi. Cần sửa danh sách? ', 'Your signing head or seal keeper finds it under “To do”. To correct the list: ')}
                  <Link to={`/ho-so/${d.id}`}>{say('mở hồ sơ và chọn “Mở lại để sửa”', 'open the dossier and choose “Open for editing”')}</Link>.
                </p>
              </Notice>
            )}
          </div>
        </div>
      )}
    </>
  );
}

export default function Sign() {
  const say = useSay();
  const { id = '' } = useParams();
  const [sent, setSent] = useState(false);
  const { data, failure, loading, reload } = useLoad<Dossier>(`/api/v1/dossiers/${id}`);
  return (
    <Page
      title={sent ? say('Đã gửi', 'Sent') : say('Kiểm tra văn bản và ký số', 'Check the document and sign')}
      crumbs={[
        [say('Hồ sơ', 'Dossiers'), '/ho-so'],
        [data?.code ?? '…', `/ho-so/${id}`],
      ]}
    >
      <WizardHead at={sent ? 5 : data?.state === 'to-sign' || data?.state === 'to-sign-again' ? 4 : 3} />
      <Failed failure={failure} again={reload} />
      {!data && loading && <Loading />}
      {sent ? <Sent id={id} /> : data && <Check d={data} onSent={() => setSent(true)} />}
    </Page>
  );
}
