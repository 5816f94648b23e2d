/* The subscriber's own request (văn bản đề nghị của thuê bao) for each row: by link or as a file. */
import { useEffect, useRef, useState } from 'react';
import { Link } from 'react-router-dom';
import { getBlob, post, sendBytes } from '../api/client';
import { notOffered, type OwnRequestList, type OwnRequestRow } from '../api/papers';
import type { Dossier } from '../api/shapes';
import { useDoing, useLoad } from '../api/use';
import { useSay } from '../i18n';
import { timeText } from '../lib/dates';
import { Button } from './antd';
import { Failed, Mark, Notice, Sheet } from './parts';
import { useTell } from './toast';
import { usePdf } from './pdf';

function State({ r }: { r: OwnRequestRow }) {
  const say = useSay();
  if (!r.needed) return <Mark tone="plain">{say('Không cần', 'Not needed')}</Mark>;
  if (r.state === 'there') return <Mark tone="good">{r.source === 'link' ? say('Thuê bao đã điền', 'Filled in') : say('Đã tải lên', 'Uploaded')}</Mark>;
  if (r.state === 'sent') return <Mark tone="wait">{say('Đã gửi liên kết', 'Link sent')}</Mark>;
  return <Mark tone="bad">{say('Còn thiếu', 'Missing')}</Mark>;
}

function Upload({ dossier, rows, label, onDone }: { dossier: string; rows?: number; label: string; onDone: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  const doing = useDoing();
  const send = (file: File | undefined) =>
    file &&
    void doing.run(async () => {
      await sendBytes(`/api/v1/dossiers/${dossier}/own-requests${rows ? `?rows=${rows}` : ''}`, file);
      onDone();
    });
  return (
    <>
      <input
        ref={input}
        type="file"
        accept="application/pdf,.pdf"
        hidden
        aria-label={label}
        onChange={(e) => {
          send(e.target.files?.[0]);
          e.target.value = '';
        }}
      />
      <Button size={rows ? 'small' : 'middle'} loading={doing.busy} onClick={() => input.current?.click()}>
        {label}
      </Button>
      <Failed failure={doing.failure} />
    </>
  );
}

function RowActions({ dossier, r, editable, onDone }: { dossier: Dossier; r: OwnRequestRow; editable: boolean; onDone: () => void }) {
  const say = useSay();
  const tell = useTell();
  const doing = useDoing();
  const pdf = usePdf();
  const link = () =>
    doing.run(async () => {
      const made = await post<{ email: string }>(`/api/v1/dossiers/${dossier.id}/people/${r.row}/own-request-link`);
      tell(say(`Đã gửi liên kết đến ${made.email}.`, `The link was sent to ${made.email}.`));
      onDone();
    });
  const open = () => doing.run(async () => pdf.show(await getBlob(`/api/v1/dossiers/${dossier.id}/people/${r.row}/own-request`), say('Văn bản đề nghị của thuê bao', 'Own request')));
  return (
    <div className="row">
      {r.state === 'there' && (
        <Button size="small" loading={doing.busy} onClick={() => void open()}>
          {say('Xem', 'View')}
        </Button>
      )}
      {editable && r.needed && (
        <>
          <Button size="small" loading={doing.busy} onClick={() => void link()}>
            {r.state === 'sent' ? say('Gửi lại liên kết', 'Send the link again') : say('Gửi liên kết để điền', 'Send a link')}
          </Button>
          <Upload dossier={dossier.id} rows={r.row} label={say('Tải bản PDF', 'Upload PDF')} onDone={onDone} />
        </>
      )}
      <Failed failure={doing.failure} />
      {pdf.dialog}
    </div>
  );
}

/* onMissing: how many are still to come. */
export function OwnRequests({ dossier, editable = false, onMissing }: { dossier: Dossier; editable?: boolean; onMissing?: (n: number) => void }) {
  const say = useSay();
  const [turn, setTurn] = useState(0);
  const tell = useTell();
  const sending = useDoing();
  const list = useLoad<OwnRequestList>(`/api/v1/dossiers/${dossier.id}/own-requests?n=${dossier.rows.length}&t=${turn}`);
  const missing = list.data?.missing ?? 0;
  useEffect(() => onMissing?.(missing), [missing, onMissing]);
  if (notOffered(list.failure) || dossier.rows.length === 0) return null;
  const again = () => setTurn((t) => t + 1);
  const sendAll = () =>
    sending.run(async () => {
      const made = await post<{ sent: unknown[]; locked: number[] }>(`/api/v1/dossiers/${dossier.id}/own-request-links`);
      tell(say(`Đã gửi ${made.sent.length} liên kết.`, `${made.sent.length} links were sent.`) + (made.locked.length > 0 ? say(` ${made.locked.length} người đã nhận đủ số liên kết trong ngày.`, ` ${made.locked.length} have had their links of today.`) : ''));
      again();
    });
  return (
    <Sheet id="van-ban-thue-bao" title={say('Văn bản đề nghị của thuê bao', 'Subscribers’ own requests')} className="sheet-gap">
      <Failed failure={list.failure ?? sending.failure} again={again} />
      {list.data && list.data.missing > 0 && editable && (
        <Notice kind="warn">
          <p>
            {say(
              `Còn ${list.data.missing} người chưa có văn bản đề nghị; hồ sơ chỉ gửi được khi đủ. Gửi liên kết để thuê bao tự điền, hoặc tải bản scan, tệp PDF đã ký. Một tệp có thể dùng cho nhiều người.`,
              `${list.data.missing} people lack one; the dossier cannot be sent without. Send links, or upload scans or signed PDFs. One file may stand for several.`,
            )}
          </p>
          <Button loading={sending.busy} onClick={() => void sendAll()}>
            {say('Gửi liên kết cho tất cả người còn thiếu', 'Send links to all that are missing')}
          </Button>{' '}
          <Upload dossier={dossier.id} label={say('Tải một tệp cho tất cả người còn thiếu', 'One file for all that are missing')} onDone={again} />{' '}
          <Link className="link-button" to="/tai-ve" target="_blank">
            {say('Mẫu để in và ký tay', 'The form to print and sign')}
          </Link>
        </Notice>
      )}
      {list.data && (
        <div className="table-wrap">
          <table className="list fold">
            <caption className="hidden">{say('Văn bản đề nghị của thuê bao', 'Own requests')}</caption>
            <thead>
              <tr>
                <th scope="col">{say('Họ và tên', 'Name')}</th>
                <th scope="col">{say('Tình trạng', 'State')}</th>
                <th scope="col">{say('Thời điểm', 'Time')}</th>
                <th scope="col">{say('Thao tác', 'Action')}</th>
              </tr>
            </thead>
            <tbody>
              {list.data.rows.map((r) => (
                <tr key={r.row}>
                  <th scope="row" data-label={say('Họ và tên', 'Name')}>
                    {dossier.rows.find((d) => d.row === r.row)?.person.name ?? r.row}
                  </th>
                  <td data-label={say('Tình trạng', 'State')}>
                    <State r={r} />
                  </td>
                  <td data-label={say('Thời điểm', 'Time')} className="num">
                    {timeText(r.at)}
                  </td>
                  <td data-label={say('Thao tác', 'Action')}>
                    <RowActions dossier={dossier} r={r} editable={editable} onDone={again} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Sheet>
  );
}
