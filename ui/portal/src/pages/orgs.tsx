/* Organisations of one's branch, as a tree or as found; making one. */
import { useState, type FormEvent } from 'react';
import { Link, useNavigate } from 'react-router-dom';
import { post, query } from '../api/client';
import type { Org } from '../api/shapes';
import { useDoing, usePages } from '../api/use';
import { useSay } from '../i18n';
import { useMe } from '../session';
import { Button } from '../ui/antd';
import { ChoiceField, TextField } from '../ui/field';
import { Dialog, Empty, Failed, Loading, Mark, More, Page } from '../ui/parts';
import { emptyOrg, OrgForm, orgBody, orgWrong, type OrgValues } from '../ui/org-form';

function AddOrg({ parents, onClose }: { parents: Org[]; onClose: () => void }) {
  const say = useSay();
  const navigate = useNavigate();
  const me = useMe();
  const [values, setValues] = useState<OrgValues>(emptyOrg);
  const [code, setCode] = useState('');
  const [kind, setKind] = useState<'organisation' | 'delegate'>('organisation');
  const [parent, setParent] = useState(me.org.id);
  const [tried, setTried] = useState(false);
  const doing = useDoing();
  const go = () => {
    setTried(true);
    if (!code.trim() || Object.keys(orgWrong(values, say)).length > 0) return;
    void doing.run(async () => {
      const made = await post<{ id: string }>('/api/v1/organisations', { ...orgBody(values), code: code.trim(), kind, parent_id: parent });
      navigate(`/co-quan/${made.id}`);
    });
  };
  const upper = [me.org, ...parents.filter((o) => o.kind === 'delegate' && o.id !== me.org.id)];
  return (
    <Dialog
      large
      title={say('Thêm cơ quan, tổ chức', 'Add an organisation')}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{say('Hủy', 'Cancel')}</Button>
          <Button type="primary" loading={doing.busy} onClick={go}>
            {say('Thêm', 'Add')}
          </Button>
        </>
      }
    >
      <Failed failure={doing.failure} />
      <div className="grid-3">
        <TextField required label={say('Mã cơ quan', 'Code')} hint={say('Ví dụ HN-0427', 'For example HN-0427')} value={code} onChange={setCode} maxLength={32} error={tried && !code.trim() ? say('Hãy nhập mã.', 'Enter a code.') : undefined} />
        <ChoiceField
          label={say('Loại', 'Kind')}
          value={kind}
          onChange={(v) => setKind(v as 'organisation' | 'delegate')}
          options={[
            ['organisation', say('Cơ quan, tổ chức quản lý trực tiếp', 'Managing body')],
            ['delegate', say('Cơ quan được ủy quyền (Bộ, tỉnh, Sở)', 'Delegated authority')],
          ]}
        />
        <ChoiceField label={say('Trực thuộc', 'Under')} value={parent} onChange={setParent} options={upper.map((o): [string, string] => [o.id, o.name])} />
      </div>
      <hr />
      <OrgForm values={values} onChange={setValues} strict={tried} />
    </Dialog>
  );
}

interface Node {
  org: Org;
  below: Node[];
}

function treeOf(orgs: Org[]): Node[] {
  const nodes = new Map(orgs.map((org): [string, Node] => [org.id, { org, below: [] }]));
  const roots: Node[] = [];
  for (const node of nodes.values()) {
    const above = node.org.parent_id ? nodes.get(node.org.parent_id) : undefined;
    (above ? above.below : roots).push(node);
  }
  return roots;
}

export function OrgKindMark({ org }: { org: Org }) {
  const say = useSay();
  if (org.state === 'closed') return <Mark tone="bad">{say('Đã đóng', 'Closed')}</Mark>;
  if (org.kind === 'department') return <Mark tone="work">{say('Cục', 'Department')}</Mark>;
  if (org.kind === 'delegate') return <Mark tone="work">{say('Được ủy quyền', 'Delegated')}</Mark>;
  return null;
}

function Branch({ nodes }: { nodes: Node[] }) {
  return (
    <ul className="tree">
      {nodes.map(({ org, below }) => (
        <li key={org.id} style={{ padding: '.3rem 0' }}>
          <Link to={`/co-quan/${org.id}`}>{org.name}</Link> <span className="muted small">{org.code}</span> <OrgKindMark org={org} />
          {below.length > 0 && <Branch nodes={below} />}
        </li>
      ))}
    </ul>
  );
}

export default function Orgs() {
  const say = useSay();
  const me = useMe();
  const [words, setWords] = useState('');
  const [q, setQ] = useState('');
  const [adding, setAdding] = useState(false);
  const list = usePages<Org>(`/api/v1/organisations${query({ q, limit: 200 })}`, 'organisations');
  const find = (e: FormEvent) => {
    e.preventDefault();
    setQ(words.trim());
  };
  return (
    <Page
      title={say('Cơ quan, người dùng', 'Organisations, people')}
      actions={
        me.roles.has('admin') ? (
          <Button type="primary" onClick={() => setAdding(true)}>
            {say('Thêm cơ quan', 'Add an organisation')}
          </Button>
        ) : undefined
      }
    >
      <form className="sheet filters" role="search" onSubmit={find} aria-label={say('Tìm cơ quan', 'Find organisations')}>
        <TextField label={say('Tên hoặc mã, không cần dấu', 'Name or code, without marks')} value={words} onChange={setWords} maxLength={64} />
        <Button htmlType="submit">{say('Tìm', 'Find')}</Button>
      </form>
      <div className="sheet sheet-gap">
        <Failed failure={list.failure} again={list.reload} />
        {list.loading && list.items.length === 0 && <Loading />}
        {!list.loading && !list.failure && list.items.length === 0 && (
          <Empty>
            <p>{say('Không tìm thấy cơ quan nào.', 'None found.')}</p>
          </Empty>
        )}
        <Branch nodes={treeOf(list.items)} />
        <More more={list.more} loading={list.loading} onMore={list.loadMore} />
      </div>
      {adding && <AddOrg parents={list.items} onClose={() => setAdding(false)} />}
    </Page>
  );
}
