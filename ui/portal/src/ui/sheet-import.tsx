/* Lists of people from a spreadsheet: pasted or as a file, read by the service, shown before anybody is entered. */
import { useRef, useState } from 'react';
import { getBlob, getText, sendBytes } from '../api/client';
import type { PeopleList, Person } from '../api/shapes';
import { useDoing } from '../api/use';
import { useLanguage, useSay } from '../i18n';
import { hasHeadings, readCells, writeCsv } from '../lib/paste';
import { Button } from './antd';
import { TextBlock } from './field';
import { Failed, Mark, Notice, download } from './parts';

interface Props {
  way: 'paste' | 'file';
  busy: boolean;
  onTake: (people: { from: string; person: Person }[]) => Promise<boolean>;
}

const BYTES_MAX = 10 * 1024 * 1024;

/* Cells without headings are taken to be in the order of the template. */
async function csvOf(text: string): Promise<Blob> {
  const rows = readCells(text);
  if (!hasHeadings(rows)) {
    const template = (await getText('/api/v1/people-template/csv')).replace(/^\ufeff/, '');
    const headings = (template.split(/\r?\n/)[0] ?? '').split(/[,;]/).map((h) => h.replace(/^"|"$/g, ''));
    rows.unshift(headings);
  }
  return new Blob([writeCsv(rows)], { type: 'text/csv' });
}

function Templates() {
  const say = useSay();
  const doing = useDoing();
  const fetchOne = (form: 'xlsx' | 'csv') =>
    doing.run(async () => download(`danh-sach-thue-bao.${form}`, await getBlob(`/api/v1/people-template/${form}`)));
  return (
    <>
      <div className="row">
        <span>{say('Tải mẫu danh sách:', 'Template:')}</span>
        <Button size="small" onClick={() => void fetchOne('xlsx')}>
          {say('Mẫu Excel (.xlsx)', 'Excel (.xlsx)')}
        </Button>
        <Button size="small" onClick={() => void fetchOne('csv')}>
          {say('Mẫu CSV', 'CSV')}
        </Button>
      </div>
      <Failed failure={doing.failure} />
    </>
  );
}

export function SheetImport({ way, busy, onTake }: Props) {
  const say = useSay();
  const { language } = useLanguage();
  const [text, setText] = useState('');
  const [over, setOver] = useState(false);
  const [list, setList] = useState<PeopleList>();
  const [local, setLocal] = useState<string>();
  const reading = useDoing();
  const input = useRef<HTMLInputElement>(null);
  const read = (content: () => Promise<Blob>) =>
    reading.run(async () => {
      setList(undefined);
      setLocal(undefined);
      setList(await sendBytes<PeopleList>('/api/v1/people-lists', await content()));
    });
  const readFile = (file: File | undefined) => {
    if (!file) return;
    if (file.size > BYTES_MAX) setLocal(say('Tệp lớn hơn 10 MB.', 'The file is larger than 10 MB.'));
    else if (!/\.(xlsx|csv|txt)$/i.test(file.name)) setLocal(say('Hãy chọn tệp .xlsx hoặc .csv. Tệp .xls cũ: mở bằng Excel rồi lưu lại thành .xlsx.', 'Choose .xlsx or .csv. Save an old .xls as .xlsx first.'));
    else void read(() => Promise.resolve(file));
  };
  const take = async () => {
    if (!list) return;
    const people = list.people.map((p) => ({ from: say(`dòng ${p.row}`, `row ${p.row}`), person: p.person }));
    if (await onTake(people)) {
      setList(undefined);
      setText('');
    }
  };
  const bad = list?.people.filter((p) => p.refusals.length > 0).length ?? 0;
  return (
    <div className="stack">
      <Templates />
      {way === 'paste' ? (
        <>
          <TextBlock
            label={say('Chọn các ô trong bảng tính, sao chép rồi dán vào đây', 'Copy cells of a spreadsheet and paste them here')}
            hint={say('Dòng đầu là tiêu đề cột. Nếu không có tiêu đề, các cột phải theo thứ tự của mẫu.', 'First row: headings. Without them the columns must be in the order of the template.')}
            value={text}
            onChange={setText}
            rows={8}
            className="paste"
          />
          <Button type="primary" disabled={!text.trim()} loading={reading.busy} onClick={() => void read(() => csvOf(text))}>
            {say('Đọc danh sách', 'Read the list')}
          </Button>
        </>
      ) : (
        <div
          className={`drop ${over ? 'over' : ''}`}
          onDragOver={(e) => {
            e.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={(e) => {
            e.preventDefault();
            setOver(false);
            readFile(e.dataTransfer.files[0]);
          }}
        >
          <p>{say('Kéo tệp vào đây, hoặc', 'Drop a file here, or')}</p>
          <input
            ref={input}
            type="file"
            hidden
            aria-label={say('Tệp danh sách', 'List file')}
            accept=".xlsx,.csv,.txt"
            onChange={(e) => {
              readFile(e.target.files?.[0]);
              e.target.value = '';
            }}
          />
          <Button type="primary" loading={reading.busy} onClick={() => input.current?.click()}>
            {say('Chọn tệp .xlsx hoặc .csv', 'Choose .xlsx or .csv')}
          </Button>
          <p className="field-hint">{say('Tối đa 1.000 người, 10 MB. Tệp không được lưu lại.', 'At most 1,000 people, 10 MB. The file is not kept.')}</p>
        </div>
      )}
      {local && (
        <Notice kind="bad" live>
          <p>{local}</p>
        </Notice>
      )}
      <Failed failure={reading.failure} />
      {list?.fault && (
        <Notice kind="bad" live title={say('Không đọc được tệp', 'The file cannot be read')}>
          <p>
            {list.fault[language]} {list.fault.where && `(${list.fault.where})`}
          </p>
        </Notice>
      )}
      {list && !list.fault && (
        <>
          <Notice kind={list.errors.length + bad > 0 ? 'warn' : 'good'} live title={say('Đã đọc danh sách', 'The list was read')}>
            <p>
              {say(
                `${list.people.length - bad} người đạt, ${bad} người cần sửa, ${list.errors.length} ô lỗi.`,
                `${list.people.length - bad} good, ${bad} to correct, ${list.errors.length} cells with errors.`,
              )}
              {list.left_out > 0 && say(` ${list.left_out} lỗi khác không liệt kê.`, ` ${list.left_out} more errors are not listed.`)}
            </p>
            {list.extra.length > 0 && (
              <p>
                {say('Cột không dùng', 'Columns not used')}: {list.extra.map((c) => `${c.heading} (${c.cell})`).join(', ')}
              </p>
            )}
          </Notice>
          {list.errors.length > 0 && (
            <div className="table-wrap">
              <table className="list">
                <caption>{say('Ô lỗi: sửa trong tệp rồi đọc lại', 'Cells with errors: correct the file and read it again')}</caption>
                <thead>
                  <tr>
                    <th scope="col">{say('Ô', 'Cell')}</th>
                    <th scope="col">{say('Lỗi', 'Error')}</th>
                  </tr>
                </thead>
                <tbody>
                  {list.errors.map((e, i) => (
                    <tr key={i} className="bad">
                      <th scope="row">{e.cell}</th>
                      <td>{e[language]}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
          <div className="table-wrap" style={{ maxHeight: '24rem', overflowY: 'auto' }} tabIndex={0} role="group" aria-label={say('Danh sách đã đọc', 'The list as read')}>
            <table className="list">
              <caption className="hidden">{say('Danh sách đã đọc', 'The list as read')}</caption>
              <thead>
                <tr>
                  <th scope="col">{say('Dòng', 'Row')}</th>
                  <th scope="col">{say('Họ và tên', 'Name')}</th>
                  <th scope="col">{say('Số định danh', 'Identity')}</th>
                  <th scope="col">{say('Kết quả', 'Result')}</th>
                </tr>
              </thead>
              <tbody>
                {list.people.map((p) => (
                  <tr key={p.row} className={p.refusals.length > 0 ? 'bad' : ''}>
                    <td className="num">{p.row}</td>
                    <th scope="row">{p.person.name}</th>
                    <td className="num">{p.person.identity}</td>
                    <td>{p.refusals.length === 0 ? <Mark tone="good">{say('Đạt', 'Good')}</Mark> : p.refusals.map((r) => r[language]).join(' ')}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <Button type="primary" loading={busy} disabled={list.people.length === 0} onClick={() => void take()}>
            {say(`Đưa ${list.people.length} người vào hồ sơ`, `Enter ${list.people.length} people`)}
          </Button>
          {bad > 0 && <p className="field-hint">{say('Người cần sửa được giữ lại bên dưới để sửa ngay tại trang này.', 'Those to correct are kept below, to be corrected on this page.')}</p>}
        </>
      )}
    </div>
  );
}
