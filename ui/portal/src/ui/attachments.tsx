/* Attachments of a dossier. */
import { useRef } from 'react';
import { getBlob, query, send, sendBytes } from '../api/client';
import { notOffered, type Attachment, type AttachmentList } from '../api/papers';
import { useDoing, useLoad } from '../api/use';
import { useSay } from '../i18n';
import { timeText } from '../lib/dates';
import { sizeText } from '../lib/size';
import { Button } from './antd';
import { download, Failed, Sheet } from './parts';

export function Attachments({ dossier, editable = false }: { dossier: string; editable?: boolean }) {
  const say = useSay();
  const list = useLoad<AttachmentList>(`/api/v1/dossiers/${dossier}/attachments`);
  const doing = useDoing();
  const input = useRef<HTMLInputElement>(null);
  if (notOffered(list.failure)) return null;
  const data = list.data;
  if (data && data.attachments.length === 0 && (!editable || data.max === 0)) return null;
  const add = (file: File | undefined) =>
    file &&
    void doing.run(async () => {
      await sendBytes(`/api/v1/dossiers/${dossier}/attachments${query({ name: file.name })}`, file);
      list.reload();
    });
  const open = (a: Attachment) => doing.run(async () => download(a.name, await getBlob(`/api/v1/dossiers/${dossier}/attachments/${a.number}`)));
  const remove = (a: Attachment) =>
    doing.run(async () => {
      await send('DELETE', `/api/v1/dossiers/${dossier}/attachments/${a.number}`);
      list.reload();
    });
  return (
    <Sheet title={say('Tài liệu kèm theo', 'Attachments')} className="sheet-gap">
      <Failed failure={list.failure ?? doing.failure} />
      {data && data.attachments.length > 0 && (
        <ul>
          {data.attachments.map((a) => (
            <li key={a.number}>
              <span className="break">{a.name}</span> <span className="muted small">({sizeText(a.size)}, {timeText(a.at)})</span>{' '}
              <Button size="small" onClick={() => void open(a)} aria-label={say(`Tải ${a.name}`, `Download ${a.name}`)}>
                {say('Tải về', 'Download')}
              </Button>{' '}
              {editable && (
                <Button size="small" danger onClick={() => void remove(a)} aria-label={say(`Xóa ${a.name}`, `Remove ${a.name}`)}>
                  {say('Xóa', 'Remove')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {editable && data && data.attachments.length < data.max && (
        <>
          <input
            ref={input}
            type="file"
            hidden
            aria-label={say('Tệp kèm theo', 'Attachment')}
            accept={data.types.map((t) => t.type).join(',')}
            onChange={(e) => {
              add(e.target.files?.[0]);
              e.target.value = '';
            }}
          />
          <Button loading={doing.busy} onClick={() => input.current?.click()}>
            {say('Thêm tài liệu', 'Add a file')}
          </Button>
          <p className="field-hint">
            {say('Loại tệp', 'Types')}: {data.types.map((t) => `${t.extension} (≤ ${sizeText(t.max_bytes)})`).join(', ')}. {say(`Tối đa ${data.max} tệp.`, `At most ${data.max} files.`)}
          </p>
        </>
      )}
    </Sheet>
  );
}
