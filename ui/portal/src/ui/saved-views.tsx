/* Filters of a list that a person keeps under a name: choosing one, keeping the present one, removing. */
import { useState } from 'react';
import { get, send } from '../api/client';
import { useDoing, useLoad } from '../api/use';
import { useSay } from '../i18n';
import { VIEW_NAME_MAX, VIEWS_MAX, viewShown, viewsOf, withoutView, withView, type View } from '../lib/views';
import { Button } from './antd';
import { ChoiceField, TextField } from './field';
import { Dialog, Failed } from './parts';
import { useTell } from './toast';

interface Views {
  views: View[];
}

/* What another window kept meanwhile stays. */
async function change(how: (all: View[]) => View[]) {
  const { views } = await get<Views>('/api/v1/views');
  await send('PUT', '/api/v1/views', { views: how(views) });
}

function Keep({ all, list, query, onClose, onChanged }: { all: View[]; list: string; query: Record<string, string>; onClose: () => void; onChanged: () => void }) {
  const say = useSay();
  const tell = useTell();
  const [name, setName] = useState('');
  const doing = useDoing();
  const full = all.length >= VIEWS_MAX && !all.some((v) => v.list === list && v.name === name.trim());
  const keep = () =>
    doing.run(async () => {
      await change((views) => withView(views, { name, list, query }));
      tell(say(`Đã lưu bộ lọc “${name.trim()}”.`, `“${name.trim()}” was saved.`));
      onChanged();
      onClose();
    });
  const remove = (v: View) =>
    doing.run(async () => {
      await change((views) => withoutView(views, list, v.name));
      onChanged();
    });
  const kept = viewsOf(all, list);
  return (
    <Dialog
      title={say('Bộ lọc đã lưu', 'Saved filters')}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{say('Đóng', 'Close')}</Button>
          <Button type="primary" disabled={!name.trim() || full} loading={doing.busy} onClick={() => void keep()}>
            {say('Lưu bộ lọc đang dùng', 'Save the present filter')}
          </Button>
        </>
      }
    >
      <Failed failure={doing.failure} />
      <TextField
        label={say('Tên bộ lọc', 'Name')}
        hint={say('Ví dụ: Thu hồi chờ tiếp nhận. Lưu cùng tên sẽ thay bộ lọc cũ.', 'For example: Revocations to receive. The same name replaces.')}
        value={name}
        onChange={setName}
        maxLength={VIEW_NAME_MAX}
        error={full ? say(`Đã đủ ${VIEWS_MAX} bộ lọc; hãy xóa bớt.`, `There are ${VIEWS_MAX} already; remove one.`) : undefined}
      />
      {kept.length > 0 && (
        <ul className="plain-list sheet-gap">
          {kept.map((v) => (
            <li key={v.name} className="row apart">
              <span className="break">{v.name}</span>
              <Button size="small" danger loading={doing.busy} onClick={() => void remove(v)} aria-label={say(`Xóa bộ lọc ${v.name}`, `Remove ${v.name}`)}>
                {say('Xóa', 'Remove')}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}

/* query: the arguments that the list shows now. */
export function SavedViews({ list, query, onApply }: { list: string; query: Record<string, string>; onApply: (query: Record<string, string>) => void }) {
  const say = useSay();
  const loaded = useLoad<Views>('/api/v1/views');
  const [keeping, setKeeping] = useState(false);
  const all = loaded.data?.views ?? [];
  const kept = viewsOf(all, list);
  const choose = (name: string) => {
    const view = kept.find((v) => v.name === name);
    if (view) onApply(view.query);
  };
  return (
    <>
      {kept.length > 0 && (
        <ChoiceField
          label={say('Bộ lọc đã lưu', 'Saved filters')}
          value={viewShown(all, list, query)?.name ?? ''}
          onChange={choose}
          options={[['', say('Chọn bộ lọc', 'Choose')], ...kept.map((v): [string, string] => [v.name, v.name])]}
        />
      )}
      <Button onClick={() => setKeeping(true)}>{say('Lưu bộ lọc…', 'Save filter…')}</Button>
      {keeping && loaded.data && <Keep all={all} list={list} query={query} onClose={() => setKeeping(false)} onChanged={loaded.reload} />}
    </>
  );
}
