/* Putting an organisation, with all below it, under another one. */
import { useState, type FormEvent } from 'react';
import { post, query } from '../api/client';
import type { Org, Page } from '../api/shapes';
import { useDoing, useLoad } from '../api/use';
import { useSay } from '../i18n';
import { useMe } from '../session';
import { Button, Radio } from './antd';
import { TextField } from './field';
import { Dialog, Failed, Notice } from './parts';

export function MoveOrg({ org, onClose, onDone }: { org: Org; onClose: () => void; onDone: () => void }) {
  const say = useSay();
  const me = useMe();
  const [words, setWords] = useState('');
  const [q, setQ] = useState('');
  const [parent, setParent] = useState('');
  const doing = useDoing();
  const found = useLoad<Page<'organisations', Org>>(`/api/v1/organisations${query({ q, limit: 20 })}`);
  /* The department stands first: it is what most go back under. */
  const others = (found.data?.organisations ?? []).filter((o) => o.id !== org.id && o.id !== org.parent_id && o.id !== me.org.id && o.state !== 'closed');
  const offered = [...(org.parent_id === me.org.id ? [] : [me.org]), ...others];
  const find = (e: FormEvent) => {
    e.preventDefault();
    setQ(words.trim());
  };
  const move = () => doing.run(() => post(`/api/v1/organisations/${org.id}/move`, { parent_id: parent })).then((ok) => ok && onDone());
  return (
    <Dialog
      title={say('Chuyển cơ quan cấp trên', 'Move below another organisation')}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{say('Hủy', 'Cancel')}</Button>
          <Button type="primary" disabled={!offered.some((o) => o.id === parent)} loading={doing.busy} onClick={() => void move()}>
            {say('Chuyển', 'Move')}
          </Button>
        </>
      }
    >
      <Failed failure={doing.failure} />
      <Notice kind="info">
        <p>
          <strong>{org.name}</strong>: {say('cơ quan trực thuộc, hồ sơ và chứng thư số chuyển theo; hồ sơ đang giải quyết vẫn do cơ quan đã nhận trả kết quả.', 'what is below it, its dossiers and certificates go along; who handles an open dossier stays.')}
        </p>
      </Notice>
      <form className="filters" role="search" onSubmit={find} aria-label={say('Tìm cơ quan cấp trên', 'Find the organisation above')}>
        <TextField label={say('Tên hoặc mã cơ quan cấp trên', 'Name or code of the one above')} value={words} onChange={setWords} maxLength={64} />
        <Button htmlType="submit">{say('Tìm', 'Find')}</Button>
      </form>
      <Failed failure={found.failure} again={found.reload} />
      <fieldset className="sheet-gap">
        <legend>{say('Đặt dưới', 'Below')}</legend>
        {offered.length === 0 && <p className="muted">{say('Không tìm thấy cơ quan nào khác.', 'None found.')}</p>}
        <Radio.Group style={{ display: 'grid', gap: '.5rem' }} value={parent} onChange={(e) => setParent(String(e.target.value))} options={offered.map((o) => ({ value: o.id, label: `${o.name} (${o.code})` }))} />
      </fieldset>
    </Dialog>
  );
}
