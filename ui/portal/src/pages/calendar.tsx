/* The year's holidays and make-up days: one administrator edits, another confirms. */
import { useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import { post, send } from '../api/client';
import type { Calendar, CalendarDay, CalendarListOfYear } from '../api/shapes';
import { useDoing, useLoad } from '../api/use';
import { useLanguage, useSay } from '../i18n';
import { timeText } from '../lib/dates';
import { useMe } from '../session';
import { Button } from '../ui/antd';
import { ChoiceField, TextField } from '../ui/field';
import { Dialog, Failed, Loading, Mark, Notice, Page, Sheet } from '../ui/parts';
import { useTell } from '../ui/toast';

const two = (n: number) => String(n).padStart(2, '0');
const WEEK: [string, string][] = [
  ['T2', 'Mo'],
  ['T3', 'Tu'],
  ['T4', 'We'],
  ['T5', 'Th'],
  ['T6', 'Fr'],
  ['T7', 'Sa'],
  ['CN', 'Su'],
];

/* Days of a month in weeks that begin on Monday; 0: no day. */
function weeksOf(year: number, month: number): number[][] {
  const first = (new Date(Date.UTC(year, month, 1)).getUTCDay() + 6) % 7;
  const days = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const cells = [...Array<number>(first).fill(0), ...Array.from({ length: days }, (_, i) => i + 1)];
  while (cells.length % 7 !== 0) cells.push(0);
  return Array.from({ length: cells.length / 7 }, (_, i) => cells.slice(7 * i, 7 * i + 7));
}

function Month({ year, month, days, onDay }: { year: number; month: number; days: Map<string, CalendarDay>; onDay?: (date: string) => void }) {
  const say = useSay();
  const { language } = useLanguage();
  const title = say(`Tháng ${month + 1}`, new Date(Date.UTC(year, month, 1)).toLocaleString('en-GB', { month: 'long', timeZone: 'UTC' }));
  return (
    <div className="month">
      <h2>{title}</h2>
      <table>
        <caption className="hidden">{`${title} ${year}`}</caption>
        <thead>
          <tr>
            {WEEK.map((w) => (
              <th scope="col" key={w[0]}>
                {w[language === 'vi' ? 0 : 1]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeksOf(year, month).map((week, i) => (
            <tr key={i}>
              {week.map((day, j) => {
                if (day === 0) return <td key={j} />;
                const date = `${year}-${two(month + 1)}-${two(day)}`;
                const known = days.get(date);
                const kind = known?.kind ?? (j > 4 ? 'weekend' : '');
                const words = known ? `${day}/${month + 1}: ${known.name} (${known.kind === 'nghi' ? say('nghỉ', 'off') : say('làm bù', 'make-up day')})` : `${day}/${month + 1}`;
                return (
                  <td key={j}>
                    {onDay ? (
                      <button type="button" className={`day ${kind}`} aria-label={words} title={known?.name} onClick={() => onDay(date)}>
                        {day}
                      </button>
                    ) : (
                      <span className={`day ${kind}`} title={known?.name}>
                        {day}
                        {known && <span className="hidden"> {words}</span>}
                      </span>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function DayDialog({ date, day, onClose, onSet }: { date: string; day?: CalendarDay; onClose: () => void; onSet: (d: CalendarDay | undefined) => void }) {
  const say = useSay();
  const [kind, setKind] = useState<string>(day?.kind ?? 'nghi');
  const [name, setName] = useState(day?.name ?? '');
  const shown = date.split('-').reverse().join('/');
  return (
    <Dialog
      title={say(`Ngày ${shown}`, shown)}
      onClose={onClose}
      foot={
        <>
          {day && (
            <Button danger onClick={() => onSet(undefined)}>
              {say('Bỏ khỏi danh sách', 'Take out')}
            </Button>
          )}
          <Button type="primary" disabled={!name.trim()} onClick={() => onSet({ date, kind: kind as CalendarDay['kind'], name: name.trim() })}>
            {say('Ghi', 'Set')}
          </Button>
        </>
      }
    >
      <ChoiceField
        label={say('Loại ngày', 'Kind')}
        value={kind}
        onChange={setKind}
        options={[
          ['nghi', say('Ngày nghỉ', 'Day off')],
          ['lam_bu', say('Ngày làm bù', 'Make-up working day')],
        ]}
      />
      <TextField label={say('Tên ngày', 'Name')} hint={say('Ví dụ: Tết Nguyên đán', 'For example: Tết')} value={name} onChange={setName} maxLength={60} required />
    </Dialog>
  );
}

function Year({ calendar, reload }: { calendar: Calendar; reload: () => void }) {
  const say = useSay();
  const me = useMe();
  const tell = useTell();
  const draft = calendar.versions.find((v) => v.state === 'draft');
  const confirmed = calendar.versions.find((v) => v.state === 'confirmed');
  const [list, setList] = useState<CalendarListOfYear>(draft?.list ?? confirmed?.list ?? calendar.proposal);
  const [editing, setEditing] = useState(false);
  const [day, setDay] = useState<string>();
  const doing = useDoing();
  const may = me.roles.has('admin') && me.org.kind === 'department';
  const days = new Map(list.days.map((d): [string, CalendarDay] => [d.date, d]));
  const set = (date: string, d: CalendarDay | undefined) => {
    const others = list.days.filter((x) => x.date !== date);
    setList({ ...list, days: [...others, ...(d ? [d] : [])].sort((a, b) => (a.date < b.date ? -1 : 1)) });
    setDay(undefined);
  };
  const save = () =>
    doing.run(async () => {
      await send('PUT', `/api/v1/calendars/${calendar.year}`, list);
      setEditing(false);
      tell(say('Đã lưu bản soạn; cần người thứ hai xác nhận.', 'The draft is kept; another person has to confirm it.'));
      reload();
    });
  const confirm = () =>
    draft &&
    doing.run(async () => {
      await post(`/api/v1/calendars/${calendar.year}`, { hash: draft.hash });
      tell(say('Đã xác nhận danh sách.', 'The list is confirmed.'));
      reload();
    });
  const problems = (doing.failure?.body.problems ?? []) as { vi: string; en: string }[];
  const mine = draft?.edited_by === me.session.staff.id;
  return (
    <>
      <Failed failure={doing.failure} />
      {problems.length > 0 && (
        <Notice kind="bad">
          <ul>
            {problems.map((p, i) => (
              <li key={i}>{say(p.vi, p.en)}</li>
            ))}
          </ul>
        </Notice>
      )}
      <Sheet>
        <div className="row apart">
          <div className="row">
            {confirmed && <Mark tone="good">{say(`Đã xác nhận ${timeText(confirmed.confirmed_at)}`, `Confirmed ${timeText(confirmed.confirmed_at)}`)}</Mark>}
            {draft && <Mark tone="wait">{say(`Bản soạn ${timeText(draft.edited_at)}, chờ xác nhận`, `Draft of ${timeText(draft.edited_at)}`)}</Mark>}
            {!draft && !confirmed && <Mark tone="plain">{say('Chưa có danh sách; đây là đề xuất của hệ thống', 'No list yet; this is proposed')}</Mark>}
          </div>
          {may && (
            <div className="row">
              {editing ? (
                <>
                  <Button onClick={() => setEditing(false)}>{say('Thôi sửa', 'Stop editing')}</Button>
                  <Button type="primary" loading={doing.busy} onClick={() => void save()}>
                    {say('Lưu bản soạn', 'Save the draft')}
                  </Button>
                </>
              ) : (
                <Button onClick={() => setEditing(true)}>{say('Soạn, sửa danh sách', 'Edit the list')}</Button>
              )}
              {draft && !editing && (
                <Button type="primary" disabled={mine} loading={doing.busy} onClick={() => void confirm()}>
                  {say('Xác nhận danh sách', 'Confirm the list')}
                </Button>
              )}
            </div>
          )}
        </div>
        {draft && mine && may && <p className="small muted">{say('Bạn đã soạn bản này; một quản trị viên khác phải xác nhận.', 'You edited this; another administrator confirms.')}</p>}
        {editing && (
          <div className="sheet-gap">
            <TextField label={say('Căn cứ', 'Source')} hint={say('Số công văn, thông báo', 'Number of the notice')} value={list.source} onChange={(source) => setList({ ...list, source })} maxLength={200} />
            <p className="field-hint">{say('Chọn một ngày để ghi ngày nghỉ hoặc ngày làm bù.', 'Choose a day to set it.')}</p>
          </div>
        )}
        {!editing && list.source && (
          <p className="small muted">
            {say('Căn cứ', 'Source')}: {list.source}
          </p>
        )}
        <p className="row small">
          <span className="month">
            <span className="day nghi" style={{ display: 'inline-block', width: '2rem', textAlign: 'center' }} aria-hidden="true">
              1
            </span>{' '}
            {say('ngày nghỉ', 'day off')}
          </span>
          <span className="month">
            <span className="day lam_bu" style={{ display: 'inline-block', width: '2rem', textAlign: 'center' }} aria-hidden="true">
              1
            </span>{' '}
            {say('ngày làm bù', 'make-up day')}
          </span>
        </p>
      </Sheet>
      <div className="sheet sheet-gap year">
        {Array.from({ length: 12 }, (_, month) => (
          <Month key={month} year={calendar.year} month={month} days={days} onDay={editing ? setDay : undefined} />
        ))}
      </div>
      {day && <DayDialog date={day} day={days.get(day)} onClose={() => setDay(undefined)} onSet={(d) => set(day, d)} />}
    </>
  );
}

export default function CalendarPage() {
  const say = useSay();
  const [search, setSearch] = useSearchParams();
  const year = Number(search.get('nam')) || new Date().getFullYear();
  const { data, failure, loading, reload } = useLoad<Calendar>(`/api/v1/calendars/${year}`);
  const go = (y: number) => setSearch({ nam: String(y) }, { replace: true });
  return (
    <Page
      title={say(`Lịch làm việc năm ${year}`, `Working days of ${year}`)}
      actions={
        <div className="row">
          <Button onClick={() => go(year - 1)}>‹ {year - 1}</Button>
          <Button onClick={() => go(year + 1)}>{year + 1} ›</Button>
        </div>
      }
    >
      <Failed failure={failure} again={reload} />
      {!data && loading && <Loading rows={8} />}
      {data && <Year key={`${data.year}-${data.versions.map((v) => v.version + v.state).join()}`} calendar={data} reload={reload} />}
    </Page>
  );
}
