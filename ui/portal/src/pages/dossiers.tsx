/* Dossiers of one's branch: filtered, paged by key, what is due first on request. */
import { useState, type FormEvent } from 'react';
import { Link, useSearchParams } from 'react-router-dom';
import { query } from '../api/client';
import type { DossierHead } from '../api/shapes';
import { usePages } from '../api/use';
import { useLanguage, useSay } from '../i18n';
import { dateText } from '../lib/dates';
import { PROCEDURES, STATES } from '../lib/states';
import { useMe } from '../session';
import { Button } from '../ui/antd';
import { ChoiceField, TextField } from '../ui/field';
import { Export } from '../ui/export';
import { LinkButton } from '../ui/link-button';
import { Due, Empty, Failed, Loading, More, Page, StateMark } from '../ui/parts';
import { SavedViews } from '../ui/saved-views';

function Row({ d }: { d: DossierHead }) {
  const say = useSay();
  const { language } = useLanguage();
  return (
    <tr>
      <th scope="row" data-label={say('Mã hồ sơ', 'Code')}>
        <Link to={`/ho-so/${d.id}`} className="num">
          {d.code}
        </Link>
      </th>
      <td data-label={say('Thủ tục', 'Procedure')}>{PROCEDURES[d.procedure]?.short[language] ?? d.procedure}</td>
      <td data-label={say('Số văn bản', 'Document')}>{d.document_number ?? '–'}</td>
      <td data-label={say('Trạng thái', 'State')}>
        <StateMark state={d.state} vi={d.state_vi} />
      </td>
      <td data-label={say('Hạn giải quyết', 'Due')}>
        <Due clock={d.clock} stage={d.stage} due={d.due_at} />
      </td>
      <td data-label={say('Ngày lập', 'Made')} className="num">
        {dateText(d.created_at)}
      </td>
    </tr>
  );
}

export function DossierTable({ items, caption }: { items: DossierHead[]; caption: string }) {
  const say = useSay();
  return (
    <div className="table-wrap" tabIndex={0} role="group" aria-label={caption}>
      <table className="list fold">
        <caption className="hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{say('Mã hồ sơ', 'Code')}</th>
            <th scope="col">{say('Thủ tục', 'Procedure')}</th>
            <th scope="col">{say('Số văn bản', 'Document')}</th>
            <th scope="col">{say('Trạng thái', 'State')}</th>
            <th scope="col">{say('Hạn giải quyết', 'Due')}</th>
            <th scope="col">{say('Ngày lập', 'Made')}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((d) => (
            <Row d={d} key={d.id} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

export default function Dossiers() {
  const say = useSay();
  const { language } = useLanguage();
  const me = useMe();
  const [search, setSearch] = useSearchParams();
  const [words, setWords] = useState(search.get('q') ?? '');
  const state = search.get('state') ?? '';
  const procedure = search.get('procedure') ?? '';
  const q = search.get('q') ?? '';
  /* What is found comes newest first. */
  const sort = q ? '' : (search.get('sort') ?? '');
  const list = usePages<DossierHead>(`/api/v1/dossiers${query({ state, procedure, sort, q, limit: 50 })}`, 'dossiers');
  const set = (name: string, value: string) => {
    const next = new URLSearchParams(search);
    if (value) next.set(name, value);
    else next.delete(name);
    setSearch(next, { replace: true });
  };
  const find = (e: FormEvent) => {
    e.preventDefault();
    set('q', words.trim());
  };
  const apply = (asked: Record<string, string>) => {
    setWords(asked.q ?? '');
    setSearch(asked, { replace: true });
  };
  return (
    <Page
      title={say('Hồ sơ', 'Dossiers')}
      actions={
        !me.authority && me.roles.has('enter') ? (
          <LinkButton primary to="/ho-so/moi">
            {say('Lập hồ sơ', 'New dossier')}
          </LinkButton>
        ) : undefined
      }
    >
      <form className="sheet filters" role="search" onSubmit={find} aria-label={say('Lọc hồ sơ', 'Filter dossiers')}>
        <TextField
          label={say('Tìm theo mã, số văn bản', 'Code or document number')}
          value={words}
          onChange={setWords}
          maxLength={64}
        />
        <ChoiceField
          label={say('Trạng thái', 'State')}
          value={state}
          onChange={(v) => set('state', v)}
          options={[['', say('Tất cả', 'All')], ...Object.entries(STATES).map(([id, s]): [string, string] => [id, s[language]])]}
        />
        <ChoiceField
          label={say('Thủ tục', 'Procedure')}
          value={procedure}
          onChange={(v) => set('procedure', v)}
          options={[['', say('Tất cả', 'All')], ...Object.entries(PROCEDURES).map(([id, p]): [string, string] => [id, p.short[language]])]}
        />
        <ChoiceField
          label={say('Sắp xếp', 'Order')}
          value={sort}
          onChange={(v) => set('sort', v)}
          options={[
            ['', say('Mới lập trước', 'Newest first')],
            ['due', say('Gần hết hạn trước', 'Due first')],
            ['oldest', say('Chờ lâu nhất trước', 'Longest waiting first')],
          ]}
        />
        <Button htmlType="submit">{say('Tìm', 'Find')}</Button>
        <SavedViews list="dossiers" query={{ state, procedure, sort, q }} onApply={apply} />
      </form>
      <div className="sheet tight sheet-gap">
        {list.failure && (
          <div style={{ padding: '1rem' }}>
            <Failed failure={list.failure} again={list.reload} />
          </div>
        )}
        {list.loading && list.items.length === 0 && !list.failure && <Loading />}
        {list.items.length > 0 && <DossierTable items={list.items} caption={say('Danh sách hồ sơ', 'Dossiers')} />}
        {!list.loading && !list.failure && list.items.length === 0 && (
          <Empty>
            <p>{say('Không có hồ sơ nào khớp với điều kiện đã chọn.', 'No dossier matches.')}</p>
          </Empty>
        )}
        {list.items.length > 0 && <Export list="dossiers" args={{ state, procedure, sort, q }} />}
        <More more={list.more} loading={list.loading} onMore={list.loadMore} />
      </div>
    </Page>
  );
}
