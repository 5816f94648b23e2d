/* One dossier: where it stands, its clock, its people, its papers, what was done, and what one can do next. */
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router-dom';
import { get, post } from '../api/client';
import type { Dossier, DossierEvent, DossierRow, Org } from '../api/shapes';
import { useDoing, useLoad } from '../api/use';
import { useLanguage, useSay } from '../i18n';
import { fromBase64url } from '../lib/bytes';
import { dateText, spanText, timeText } from '../lib/dates';
import { actionsOf, PROCEDURES, STATES, type ActionName, type Tone } from '../lib/states';
import { useMe } from '../session';
import { Button, Progress, Timeline } from '../ui/antd';
import { AboutRow } from '../ui/about-row';
import { Attachments } from '../ui/attachments';
import { TextBlock } from '../ui/field';
import { LinkButton } from '../ui/link-button';
import { OwnRequests } from '../ui/own-requests';
import { Dialog, Due, Facts, Failed, Loading, Mark, Notice, Page, RowStateMark, Sheet, StateMark } from '../ui/parts';
import { usePdf } from '../ui/pdf';
import { useTell } from '../ui/toast';

const ACTS: Record<string, [string, string]> = {
  create: ['Lập hồ sơ', 'Made'],
  prepare: ['Tạo văn bản đề nghị', 'Document drawn'],
  reopen: ['Mở lại để sửa', 'Opened for editing'],
  submit: ['Ký số và gửi', 'Signed and sent'],
  receive: ['Tiếp nhận', 'Received'],
  examine: ['Thẩm định', 'Examined'],
  ask: ['Yêu cầu bổ sung', 'Additions requested'],
  supplement: ['Bổ sung', 'Supplemented'],
  approve: ['Phê duyệt', 'Approved'],
  refuse: ['Từ chối', 'Refused'],
  withdraw: ['Rút hồ sơ', 'Withdrawn'],
  lapse: ['Quá hạn bổ sung', 'Lapsed'],
  issue: ['Tạo khóa, cấp chứng thư số', 'Keys and certificates made'],
  notify: ['Gửi thông tin tài khoản', 'Account letters sent'],
  complete: ['Hoàn thành', 'Completed'],
  message: ['Trao đổi', 'Message'],
  'letter-bounced': ['Thư tài khoản bị trả lại', 'Account letter bounced'],
  'letter-resent': ['Gửi lại thư tài khoản', 'Account letter sent again'],
  overdue: ['Tự động thu hồi do quá hạn trả lời', 'Revoked by itself'],
};

function History({ events }: { events: DossierEvent[] }) {
  const { language } = useLanguage();
  const i = language === 'vi' ? 0 : 1;
  return (
    <Timeline
      items={events.map((e) => ({
        color: STATES[e.to]?.tone === 'bad' ? 'red' : STATES[e.to]?.tone === 'good' ? 'green' : 'blue',
        content: (
          <>
            <strong>{ACTS[e.action]?.[i] ?? e.action}</strong> <span className="muted small num">{timeText(e.at)}</span>
            <div className="small">{STATES[e.to]?.[language]}</div>
            {e.note && <div className="notice info small">{e.note}</div>}
          </>
        ),
      }))}
    />
  );
}

function Clock({ d }: { d: Dossier }) {
  const say = useSay();
  const { language } = useLanguage();
  const l = d.limit;
  if (!l) return null;
  const unit = l.unit === 'hour' ? say('giờ', 'hours') : say('ngày làm việc', 'working days');
  return (
    <Sheet title={say('Thời hạn giải quyết', 'Time limit')} className="sheet-gap">
      <p>
        <Due clock={d.clock} stage={d.stage} due={l.due_at} />
      </p>
      <Progress percent={Math.min(100, l.percent)} status={l.late_s > 0 ? 'exception' : 'normal'} aria-label={say('Thời gian đã dùng', 'Time used')} />
      <Facts
        items={[
          [say('Thời hạn', 'Limit'), `${l.amount} ${unit}`],
          [say('Tính từ', 'Counts from'), timeText(l.start_at)],
          [say('Phải trả lời trước', 'Due'), timeText(l.due_at)],
          ...(l.late_s > 0 ? [[say('Quá hạn', 'Late'), spanText(l.late_s, language)] as [string, string]] : []),
          ...l.pauses.map((p): [string, string] => [say('Tạm dừng chờ bổ sung', 'Stood'), `${timeText(p.from)} – ${p.to ? timeText(p.to) : say(`bổ sung trước ${timeText(p.answer_by)}`, `answer by ${timeText(p.answer_by)}`)}`]),
        ]}
      />
      {!l.confirmed && <p className="small muted">{say('Lịch nghỉ của năm liên quan chưa được xác nhận; hạn có thể thay đổi.', 'The list of holidays is not confirmed yet; this may change.')}</p>}
    </Sheet>
  );
}

function People({ d, reload }: { d: Dossier; reload: () => void }) {
  const say = useSay();
  return (
    <Sheet title={say(`Danh sách: ${d.rows.length} người`, `People: ${d.rows.length}`)} className="sheet-gap">
      <div className="table-wrap" tabIndex={0} role="group" aria-label={say('Danh sách', 'People')}>
        <table className="list fold">
          <caption className="hidden">{say('Danh sách người trong hồ sơ', 'People of the dossier')}</caption>
          <thead>
            <tr>
              <th scope="col" className="right">
                {say('STT', 'No.')}
              </th>
              <th scope="col">{say('Họ và tên', 'Name')}</th>
              <th scope="col">{say('Số định danh', 'Identity')}</th>
              <th scope="col">{say('Thư điện tử, điện thoại', 'E-mail, phone')}</th>
              <th scope="col">{say('Trạng thái', 'State')}</th>
            </tr>
          </thead>
          <tbody>
            {d.rows.map((r) => (
              <tr key={r.row}>
                <td className="right num" data-label={say('STT', 'No.')}>
                  {r.row}
                </td>
                <th scope="row" data-label={say('Họ và tên', 'Name')}>
                  <span>
                    {r.person.name}
                    <span className="muted small" style={{ display: 'block', fontWeight: 400 }}>
                      {[r.person.title, r.person.unit].filter(Boolean).join(', ')}
                    </span>
                    <AboutRow person={r.person} />
                  </span>
                </th>
                <td className="num" data-label={say('Số định danh', 'Identity')}>
                  {r.person.identity}
                </td>
                <td className="break" data-label={say('Liên hệ', 'Contact')}>
                  <span>
                    {r.person.email}
                    <br />
                    <span className="num">{r.person.phone}</span>
                  </span>
                </td>
                <td data-label={say('Trạng thái', 'State')}>
                  <span>
                    <RowStateMark state={r.state} vi={r.state_vi} />
                    {r.reason && <div className="small break">{r.reason}</div>}
                    {r.serial && (
                      <div className="small muted break">
                        {say('Số hiệu', 'Serial')}: <code>{r.serial}</code>
                      </div>
                    )}
                    <LetterOf d={d} row={r} onSent={reload} />
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Sheet>
  );
}

interface Simple {
  action: ActionName;
  vi: string;
  en: string;
  note: 'must' | 'may' | 'no';
  ask?: [string, string];
  danger?: boolean;
}

const SIMPLE: Partial<Record<ActionName, Simple>> = {
  receive: { action: 'receive', vi: 'Tiếp nhận', en: 'Receive', note: 'no' },
  examine: { action: 'examine', vi: 'Thẩm định', en: 'Examine', note: 'no' },
  ask: { action: 'ask', vi: 'Yêu cầu bổ sung', en: 'Ask for additions', note: 'must', ask: ['Cần bổ sung, sửa đổi những gì?', 'What is to be added or corrected?'] },
  supplement: { action: 'supplement', vi: 'Trả lời bổ sung', en: 'Answer', note: 'must', ask: ['Nội dung trả lời (không thay đổi danh sách)', 'Your answer (the list stays as it is)'] },
  withdraw: { action: 'withdraw', vi: 'Rút hồ sơ', en: 'Withdraw', note: 'may', ask: ['Lý do rút hồ sơ', 'Reason'], danger: true },
  reopen: { action: 'reopen', vi: 'Mở lại để sửa', en: 'Open for editing', note: 'no' },
};

function NoteDialog({ simple, dossier, onClose, onDone }: { simple: Simple; dossier: Dossier; onClose: () => void; onDone: () => void }) {
  const say = useSay();
  const [note, setNote] = useState('');
  const [tried, setTried] = useState(false);
  const doing = useDoing();
  const go = () => {
    setTried(true);
    if (simple.note === 'must' && !note.trim()) return;
    void doing.run(async () => {
      await post(`/api/v1/dossiers/${dossier.id}/${simple.action}`, note.trim() ? { note: note.trim() } : {});
      onDone();
    });
  };
  return (
    <Dialog
      title={say(`${simple.vi}: ${dossier.code}`, `${simple.en}: ${dossier.code}`)}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{say('Hủy', 'Cancel')}</Button>
          <Button type="primary" danger={simple.danger} loading={doing.busy} onClick={go}>
            {say(simple.vi, simple.en)}
          </Button>
        </>
      }
    >
      <Failed failure={doing.failure} />
      <TextBlock
        label={simple.ask ? say(...simple.ask) : ''}
        required={simple.note === 'must'}
        value={note}
        onChange={setNote}
        rows={5}
        maxLength={1000}
        error={tried && simple.note === 'must' && !note.trim() ? say('Hãy ghi rõ nội dung.', 'Say what.') : undefined}
      />
    </Dialog>
  );
}

function Actions({ d, reload }: { d: Dossier; reload: () => void }) {
  const say = useSay();
  const me = useMe();
  const navigate = useNavigate();
  const tell = useTell();
  const doing = useDoing();
  const [asking, setAsking] = useState<Simple>();
  const can = actionsOf(d, { org: me.org.id, roles: me.roles });
  /* Rows that could not stand in one statement with the others wait for an approval of their own. */
  if (d.state === 'approved' && me.authority && me.roles.has('approve') && d.rows.some((r) => r.state === 'entered')) can.push('approve');
  const act = (s: Simple) => {
    if (s.note !== 'no') {
      setAsking(s);
      return;
    }
    void doing
      .run(async () => {
        const now = await post<{ state_vi: string }>(`/api/v1/dossiers/${d.id}/${s.action}`);
        tell(`${d.code}: ${now.state_vi}`);
        if (s.action === 'reopen') navigate(`/ho-so/${d.id}/sua`);
      })
      .then(reload); /* also after a refusal: somebody else may have been faster */
  };
  const simple = can.flatMap((a) => SIMPLE[a] ?? []);
  if (can.length === 0 && !doing.failure && !asking) return null;
  return (
    <div className="sheet sheet-gap no-print">
      <Failed failure={doing.failure} />
      <div className="row" role="group" aria-label={say('Thao tác với hồ sơ', 'What to do')}>
        {can.includes('edit') && (
          <LinkButton primary to={`/ho-so/${d.id}/sua`}>
            {say('Nhập danh sách', 'Edit the people')}
          </LinkButton>
        )}
        {can.includes('document') && d.rows.length > 0 && (
          <LinkButton primary={!can.includes('edit')} to={`/ho-so/${d.id}/ky`}>
            {say('Kiểm tra văn bản, ký số', 'Check and sign')}
          </LinkButton>
        )}
        {can.includes('approve') && (
          <LinkButton primary to={`/ho-so/${d.id}/quyet-dinh`}>
            {say('Phê duyệt', 'Approve')}
          </LinkButton>
        )}
        {can.includes('refuse') && <LinkButton to={`/ho-so/${d.id}/quyet-dinh?tu-choi=1`}>{say('Từ chối', 'Refuse')}</LinkButton>}
        {simple.map((s) => (
          <Button key={s.action} type={s.action === 'receive' || s.action === 'examine' ? 'primary' : 'default'} danger={s.danger} loading={doing.busy} onClick={() => act(s)}>
            {say(s.vi, s.en)}
          </Button>
        ))}
      </div>
      {asking && (
        <NoteDialog
          simple={asking}
          dossier={d}
          onClose={() => {
            setAsking(undefined);
            reload();
          }}
          onDone={() => {
            setAsking(undefined);
            reload();
          }}
        />
      )}
    </div>
  );
}

function SignedDocument({ d }: { d: Dossier }) {
  const say = useSay();
  const doing = useDoing();
  const pdf = usePdf();
  if (['draft', 'to-sign', 'withdrawn'].includes(d.state)) return null;
  const open = () =>
    doing.run(async () => {
      const r = await get<{ document: string }>(`/api/v1/dossiers/${d.id}/request`);
      pdf.show(new Blob([fromBase64url(r.document)], { type: 'application/pdf' }), say('Văn bản đề nghị đã ký số', 'Request as signed'));
    });
  return (
    <Sheet title={say('Văn bản đề nghị', 'Request document')} className="sheet-gap">
      <Failed failure={doing.failure} />
      <Button loading={doing.busy} onClick={() => void open()}>
        {say('Xem văn bản đã ký số', 'View the signed document')}
      </Button>
      {pdf.dialog}
    </Sheet>
  );
}

/* A word to the other side; it goes by mail too, and neither state nor clock change. */
function Talk({ d, onSaid }: { d: Dossier; onSaid: () => void }) {
  const say = useSay();
  const [text, setText] = useState('');
  const doing = useDoing();
  if (d.state === 'draft' || d.state === 'to-sign') return null;
  const send = () =>
    doing.run(async () => {
      await post(`/api/v1/dossiers/${d.id}/messages`, { text: text.trim() });
      setText('');
      onSaid();
    });
  return (
    <div className="no-print">
      <Failed failure={doing.failure} />
      <TextBlock label={say('Trao đổi với bên kia', 'A word to the other side')} hint={say('Gửi kèm thư điện tử; không thay đổi trạng thái và thời hạn.', 'Goes by mail too; state and time limit stay.')} rows={2} maxLength={1000} value={text} onChange={setText} />
      <div className="row end sheet-gap">
        <Button disabled={!text.trim()} loading={doing.busy} onClick={() => void send()}>
          {say('Gửi trao đổi', 'Send')}
        </Button>
      </div>
    </div>
  );
}

const LETTERS: Record<string, [Tone, string, string]> = {
  waiting: ['work', 'Thư đang chờ gửi', 'Letter waiting'],
  sent: ['good', 'Thư đã gửi', 'Letter sent'],
  bounced: ['bad', 'Thư bị trả lại', 'Letter bounced'],
  dead: ['bad', 'Thư không gửi được', 'Letter given up'],
  opened: ['work', 'Đã mở liên kết', 'Link opened'],
  activated: ['good', 'Đã kích hoạt', 'Activated'],
};

function LetterOf({ d, row, onSent }: { d: Dossier; row: DossierRow; onSent: () => void }) {
  const say = useSay();
  const me = useMe();
  const tell = useTell();
  const doing = useDoing();
  const known = row.letter && LETTERS[row.letter.state];
  if (!row.letter || !known) return null;
  const may = (me.roles.has('support') || me.roles.has('operate')) && ['sent', 'bounced', 'dead'].includes(row.letter.state);
  const again = () =>
    doing.run(async () => {
      await post(`/api/v1/dossiers/${d.id}/people/${row.row}/letter`);
      tell(say(`Thư tài khoản của ${row.person.name} sẽ được gửi lại.`, `The letter of ${row.person.name} will be sent again.`));
      onSent();
    });
  return (
    <div className="row" style={{ marginTop: '.3rem' }}>
      <Mark tone={known[0]}>{say(known[1], known[2])}</Mark>
      {may && (
        <Button size="small" loading={doing.busy} onClick={() => void again()} aria-label={say(`Gửi lại thư cho ${row.person.name}`, `Send the letter of ${row.person.name} again`)}>
          {say('Gửi lại thư', 'Send again')}
        </Button>
      )}
      <Failed failure={doing.failure} />
    </div>
  );
}

function Shown({ d, reload }: { d: Dossier; reload: () => void }) {
  const say = useSay();
  const { language } = useLanguage();
  const org = useLoad<Org>(`/api/v1/organisations/${d.org}`);
  return (
    <>
      {d.state === 'incomplete' && d.note && (
        <Notice kind="warn" title={say('Cơ quan giải quyết yêu cầu bổ sung', 'The authority asks for additions')}>
          <p>{d.note}</p>
        </Notice>
      )}
      {d.state === 'refused' && d.note && (
        <Notice kind="bad" title={say('Lý do từ chối', 'Reason of the refusal')}>
          <p>{d.note}</p>
        </Notice>
      )}
      <Sheet>
        <div className="row apart top">
          <Facts
            items={[
              [say('Trạng thái', 'State'), <StateMark key="s" state={d.state} vi={d.state_vi} />],
              ...(d.approvals ? [[say('Phê duyệt', 'Approvals'), say(`Đã có ${d.approvals.given}/${d.approvals.needed}`, `${d.approvals.given} of ${d.approvals.needed}`)] as [string, string]] : []),
              [say('Thủ tục', 'Procedure'), PROCEDURES[d.procedure]?.[language] ?? d.procedure],
              [say('Cơ quan đề nghị', 'Organisation'), org.data?.name ?? '…'],
              [say('Cơ quan giải quyết', 'Authority'), d.handler_name ?? say('Xác định khi gửi', 'Set when sent')],
              ...(d.tracking ? [[say('Mã tra cứu công khai', 'Tracking code'), d.tracking] as [string, string]] : []),
              [say('Văn bản', 'Document'), `${d.document_number ? `${say('Số', 'No.')} ${d.document_number}, ` : ''}${dateText(d.document_date)}`],
            ]}
          />
          <Facts
            items={[
              [say('Người tiếp nhận', 'Recipient'), d.recipient_name],
              [say('Nhận kết quả qua', 'Result by'), d.recipient_channel === 'sms' ? say(`SMS ${d.recipient_phone}`, `SMS ${d.recipient_phone}`) : d.recipient_email],
              [say('Ngày lập', 'Made'), timeText(d.created_at)],
              [say('Tiếp nhận lúc', 'Received'), timeText(d.received_at)],
            ]}
          />
        </div>
      </Sheet>
      <Actions d={d} reload={reload} />
      <People d={d} reload={reload} />
      <div className="split sheet-gap">
        <div>
          <Clock d={d} />
          <SignedDocument d={d} />
        </div>
        {d.events.length > 0 && (
          <Sheet title={say('Quá trình xử lý', 'History')} className="sheet-gap">
            <History events={d.events} />
            <Talk d={d} onSaid={reload} />
          </Sheet>
        )}
      </div>
      <OwnRequests dossier={d} />
      <Attachments dossier={d.id} />
    </>
  );
}

export default function DossierPage() {
  const say = useSay();
  const { id } = useParams();
  const { data, failure, loading, reload } = useLoad<Dossier>(`/api/v1/dossiers/${id}`);
  return (
    <Page title={data ? say(`Hồ sơ ${data.code}`, `Dossier ${data.code}`) : say('Hồ sơ', 'Dossier')} crumbs={[[say('Hồ sơ', 'Dossiers'), '/ho-so']]}>
      <Failed failure={failure} again={reload} />
      {!data && loading && <Loading rows={8} />}
      {data && <Shown d={data} reload={reload} />}
    </Page>
  );
}
