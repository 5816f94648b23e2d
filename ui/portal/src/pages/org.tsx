/* One organisation: what it is, its people, what was done to it. */
import { useState, type ReactNode } from 'react';
import { Link, useParams } from 'react-router-dom';
import { post, send } from '../api/client';
import type { Org, OrgEvent, Page as PageOf, Staff } from '../api/shapes';
import { useDoing, useLoad, usePages } from '../api/use';
import { useLanguage, useSay } from '../i18n';
import { timeText } from '../lib/dates';
import { AUTHORITY_ROLES, ORG_ROLES, ROLES, rolesOf, type Role } from '../lib/roles';
import { PROCEDURES } from '../lib/states';
import { useMe, useSession } from '../session';
import { Button, Checkbox } from '../ui/antd';
import { TextField } from '../ui/field';
import { OrgForm, orgBody, orgValues, orgWrong } from '../ui/org-form';
import { MoveOrg } from '../ui/org-move';
import { OrgSeals } from '../ui/org-seals';
import { Dialog, Empty, Facts, Failed, Loading, Mark, More, Page, Sheet } from '../ui/parts';
import { useTell } from '../ui/toast';
import { OrgKindMark } from './orgs';

function EditOrg({ org, onClose, onDone }: { org: Org; onClose: () => void; onDone: () => void }) {
  const say = useSay();
  const [values, setValues] = useState(() => orgValues(org));
  const doing = useDoing();
  const save = () => {
    if (Object.keys(orgWrong(values, say)).length > 0) return;
    void doing.run(() => send('PUT', `/api/v1/organisations/${org.id}`, orgBody(values))).then((ok) => ok && onDone());
  };
  return (
    <Dialog
      large
      title={say('Sửa thông tin cơ quan', 'Edit the organisation')}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{say('Hủy', 'Cancel')}</Button>
          <Button type="primary" loading={doing.busy} onClick={save}>
            {say('Lưu', 'Save')}
          </Button>
        </>
      }
    >
      <Failed failure={doing.failure} />
      <OrgForm values={values} onChange={setValues} strict />
    </Dialog>
  );
}

function Delegation({ org, onClose, onDone }: { org: Org; onClose: () => void; onDone: () => void }) {
  const say = useSay();
  const { language } = useLanguage();
  const [chosen, setChosen] = useState<string[]>(org.procedures ?? []);
  const doing = useDoing();
  return (
    <Dialog
      title={say('Thủ tục được ủy quyền', 'Delegated procedures')}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{say('Hủy', 'Cancel')}</Button>
          <Button type="primary" loading={doing.busy} onClick={() => void doing.run(() => send('PUT', `/api/v1/organisations/${org.id}/procedures`, { procedures: chosen })).then((ok) => ok && onDone())}>
            {say('Lưu', 'Save')}
          </Button>
        </>
      }
    >
      <Failed failure={doing.failure} />
      <Checkbox.Group
        style={{ display: 'grid', gap: '.5rem' }}
        value={chosen}
        onChange={(v) => setChosen(v as string[])}
        options={Object.entries(PROCEDURES).map(([value, p]) => ({ value, label: p[language] }))}
      />
    </Dialog>
  );
}

interface PersonValues {
  name: string;
  email: string;
  roles: Role[];
  officer_record: string;
}

function StaffForm({ org, person, onClose, onDone }: { org: Org; person?: Staff; onClose: () => void; onDone: (made?: string) => void }) {
  const say = useSay();
  const { language } = useLanguage();
  const [v, set] = useState<PersonValues>({ name: person?.name ?? '', email: person?.email ?? '', roles: [...rolesOf(person?.roles ?? '')], officer_record: '' });
  const [tried, setTried] = useState(false);
  const doing = useDoing();
  const wrong = {
    name: v.name.trim() ? undefined : say('Hãy nhập họ và tên.', 'Enter the name.'),
    email: /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(v.email) ? undefined : say('Hãy nhập thư điện tử công vụ.', 'Enter the official e-mail.'),
    roles: v.roles.length > 0 ? undefined : say('Hãy chọn ít nhất một vai trò.', 'Choose at least one role.'),
  };
  const save = () => {
    setTried(true);
    if (wrong.name || wrong.email || wrong.roles) return;
    void doing.run(async () => {
      const body = { name: v.name.trim(), email: v.email.trim(), roles: v.roles.join(' ') };
      if (person) {
        await send('PUT', `/api/v1/staff/${person.id}`, body);
        onDone();
      } else {
        const record = v.officer_record ? { officer_record: v.officer_record } : {};
        onDone((await post<{ id: string }>('/api/v1/staff', { ...body, ...record, org: org.id })).id);
      }
    });
  };
  const offered = org.kind === 'organisation' ? ORG_ROLES : AUTHORITY_ROLES;
  return (
    <Dialog
      title={person ? say(`Sửa ${person.name}`, `Edit ${person.name}`) : say('Thêm người dùng', 'Add a person')}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{say('Hủy', 'Cancel')}</Button>
          <Button type="primary" loading={doing.busy} onClick={save}>
            {say('Lưu', 'Save')}
          </Button>
        </>
      }
    >
      <Failed failure={doing.failure} />
      <TextField required label={say('Họ và tên', 'Name')} value={v.name} onChange={(name) => set({ ...v, name })} maxLength={64} error={tried ? wrong.name : undefined} />
      <TextField required label={say('Thư điện tử công vụ', 'Official e-mail')} inputMode="email" value={v.email} onChange={(email) => set({ ...v, email })} maxLength={254} error={tried ? wrong.email : undefined} />
      <fieldset className="sheet-gap">
        <legend>{say('Vai trò', 'Roles')}</legend>
        <Checkbox.Group
          style={{ display: 'grid', gap: '.5rem' }}
          value={v.roles}
          onChange={(roles) => set({ ...v, roles: roles as Role[] })}
          options={offered.map((r) => ({ value: r, label: `${ROLES[r][language]}: ${ROLES[r].does[language]}` }))}
        />
        {tried && wrong.roles && <div className="field-error"><span>{wrong.roles}</span></div>}
      </fieldset>
      {!person && org.kind !== 'organisation' && (
        <div className="sheet-gap">
          <TextField
            label={say('Bản ghi cán bộ', 'Officer record')}
            hint={say('Chỉ với người ký quyết định: 32 ký tự, do quyết định quản trị đã ký tạo ra.', 'Only for who signs decisions: made by a signed admin statement.')}
            value={v.officer_record}
            onChange={(r) => set({ ...v, officer_record: r.trim().toLowerCase() })}
            maxLength={32}
          />
        </div>
      )}
    </Dialog>
  );
}

/* What subscribers are told to call: of people who support them. */
function SupportPhone({ person, onClose }: { person: Staff; onClose: () => void }) {
  const say = useSay();
  const tell = useTell();
  const { data, failure } = useLoad<Staff & { phone?: string }>(`/api/v1/staff/${person.id}`);
  const [typed, setTyped] = useState<string>();
  const phone = typed ?? data?.phone ?? '';
  const doing = useDoing();
  const save = () =>
    doing.run(async () => {
      await send('PUT', `/api/v1/staff/${person.id}/contact`, phone.trim() ? { phone: phone.trim() } : {});
      tell(say('Đã lưu số điện thoại hỗ trợ.', 'The telephone number is kept.'));
      onClose();
    });
  return (
    <Dialog
      title={say(`Điện thoại hỗ trợ: ${person.name}`, `Support telephone: ${person.name}`)}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{say('Hủy', 'Cancel')}</Button>
          <Button type="primary" disabled={!data} loading={doing.busy} onClick={() => void save()}>
            {say('Lưu', 'Save')}
          </Button>
        </>
      }
    >
      <Failed failure={failure ?? doing.failure} />
      <TextField label={say('Số điện thoại', 'Telephone')} hint={say('Di động, ví dụ 0912 345 678. In trong thư tài khoản gửi thuê bao của cơ quan; để trống: không in.', 'Mobile, such as 0912 345 678. Stands in the letters to subscribers; empty: none.')} inputMode="tel" value={phone} onChange={setTyped} maxLength={32} />
    </Dialog>
  );
}

type Doings = 'invite' | 'close';

function StaffList({ org, admin }: { org: Org; admin: boolean }) {
  const say = useSay();
  const { language } = useLanguage();
  const tell = useTell();
  const { fresh } = useSession();
  const list = usePages<Staff>(`/api/v1/organisations/${org.id}/staff?limit=100`, 'staff');
  const [editing, setEditing] = useState<Staff | 'new'>();
  const [asking, setAsking] = useState<{ what: Doings; person: Staff }>();
  const [calling, setCalling] = useState<Staff>();
  const doing = useDoing();
  const invite = (id: string, email: string) =>
    doing.run(async () => {
      await fresh(() => post(`/api/v1/staff/${id}/invitation`));
      tell(say(`Đã gửi lời mời đến ${email}.`, `The invitation was sent to ${email}.`));
    });
  const confirmed = async () => {
    if (!asking) return;
    const { what, person } = asking;
    const ok = what === 'invite' ? await invite(person.id, person.email) : await doing.run(() => post(`/api/v1/staff/${person.id}/close`));
    if (ok) setAsking(undefined);
    if (ok && what === 'close') list.reload();
  };
  return (
    <Sheet title={say('Người dùng', 'People')} className="sheet-gap">
      <Failed failure={list.failure ?? (asking ? undefined : doing.failure)} />
      {list.loading && list.items.length === 0 && <Loading />}
      {!list.loading && list.items.length === 0 && (
        <Empty>
          <p>{say('Chưa có người dùng nào.', 'Nobody yet.')}</p>
        </Empty>
      )}
      {list.items.length > 0 && (
        <div className="table-wrap">
          <table className="list fold">
            <caption className="hidden">{say('Người dùng của cơ quan', 'People of the organisation')}</caption>
            <thead>
              <tr>
                <th scope="col">{say('Họ và tên', 'Name')}</th>
                <th scope="col">{say('Thư điện tử', 'E-mail')}</th>
                <th scope="col">{say('Vai trò', 'Roles')}</th>
                <th scope="col">{say('Trạng thái', 'State')}</th>
                {admin && <th scope="col">{say('Thao tác', 'Action')}</th>}
              </tr>
            </thead>
            <tbody>
              {list.items.map((p) => (
                <tr key={p.id}>
                  <th scope="row" data-label={say('Họ và tên', 'Name')}>
                    {p.name}
                  </th>
                  <td className="break" data-label={say('Thư điện tử', 'E-mail')}>
                    {p.email}
                  </td>
                  <td data-label={say('Vai trò', 'Roles')}>{[...rolesOf(p.roles)].map((r) => ROLES[r][language]).join(', ')}</td>
                  <td data-label={say('Trạng thái', 'State')}>
                    {p.state === 'closed' ? <Mark tone="plain">{say('Đã đóng', 'Closed')}</Mark> : <Mark tone="good">{say('Hoạt động', 'Active')}</Mark>}
                  </td>
                  {admin && (
                    <td data-label={say('Thao tác', 'Action')}>
                      {p.state !== 'closed' && (
                        <div className="row">
                          <Button size="small" onClick={() => setEditing(p)} aria-label={say(`Sửa ${p.name}`, `Edit ${p.name}`)}>
                            {say('Sửa', 'Edit')}
                          </Button>
                          {rolesOf(p.roles).has('support') && (
                            <Button size="small" onClick={() => setCalling(p)} aria-label={say(`Điện thoại hỗ trợ của ${p.name}`, `Support telephone of ${p.name}`)}>
                              {say('Điện thoại', 'Telephone')}
                            </Button>
                          )}
                          <Button size="small" onClick={() => setAsking({ what: 'invite', person: p })} aria-label={say(`Gửi lời mời cho ${p.name}`, `Invite ${p.name}`)}>
                            {say('Gửi lời mời', 'Invite')}
                          </Button>
                          <Button size="small" danger onClick={() => setAsking({ what: 'close', person: p })} aria-label={say(`Đóng tài khoản ${p.name}`, `Close ${p.name}`)}>
                            {say('Đóng', 'Close')}
                          </Button>
                        </div>
                      )}
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <More more={list.more} loading={list.loading} onMore={list.loadMore} />
      {admin && (
        <div className="row sheet-gap">
          <Button type="primary" onClick={() => setEditing('new')}>
            {say('Thêm người dùng', 'Add a person')}
          </Button>
        </div>
      )}
      {editing && (
        <StaffForm
          org={org}
          person={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
          onDone={() => {
            setEditing(undefined);
            list.reload();
          }}
        />
      )}
      {calling && <SupportPhone person={calling} onClose={() => setCalling(undefined)} />}
      {asking && (
        <Dialog
          title={asking.what === 'invite' ? say('Gửi lời mời?', 'Send an invitation?') : say('Đóng tài khoản?', 'Close the account?')}
          onClose={() => setAsking(undefined)}
          foot={
            <>
              <Button onClick={() => setAsking(undefined)}>{say('Hủy', 'Cancel')}</Button>
              <Button type="primary" danger={asking.what === 'close'} loading={doing.busy} onClick={() => void confirmed()}>
                {asking.what === 'invite' ? say('Gửi lời mời', 'Send') : say('Đóng tài khoản', 'Close')}
              </Button>
            </>
          }
        >
          <Failed failure={doing.failure} />
          <p>
            <strong>{asking.person.name}</strong>, {asking.person.email}
          </p>
          <p>
            {asking.what === 'invite'
              ? say('Lời mời có hiệu lực 7 ngày, dùng một lần; lời mời trước đó mất hiệu lực.', 'Good for 7 days and one use; earlier invitations are void.')
              : say('Mọi phiên làm việc, mã truy cập và lời mời của người này kết thúc ngay.', 'Sessions, tokens and invitations of the person end at once.')}
          </p>
        </Dialog>
      )}
    </Sheet>
  );
}

const EVENTS: Record<string, [string, string]> = {
  add: ['Thêm cơ quan', 'Made'],
  change: ['Sửa thông tin', 'Changed'],
  close: ['Đóng', 'Closed'],
  move: ['Chuyển cơ quan cấp trên', 'Moved'],
  delegate: ['Ủy quyền thủ tục', 'Delegated'],
  invite: ['Gửi lời mời', 'Invited'],
  'add-seal': ['Đăng ký chữ ký, con dấu', 'Signature or seal registered'],
  'add-staff': ['Thêm người dùng', 'Person added'],
  'change-staff': ['Sửa người dùng', 'Person changed'],
  'close-staff': ['Đóng tài khoản', 'Account closed'],
  'give-token': ['Cấp mã truy cập', 'Token given'],
  'add-certificate': ['Thêm chứng thư đăng nhập', 'Log-in certificate added'],
};

/* Roles and procedures in words; what else a note holds is the earlier name, or nothing for people. */
function noteOf(e: OrgEvent, language: 'vi' | 'en'): string {
  if (!e.note || ['move', 'add', 'add-seal'].includes(e.action)) return '';
  if (e.action.endsWith('-staff')) return [...rolesOf(e.note)].map((r) => ROLES[r][language]).join(', ');
  if (e.action === 'delegate') return e.note.split(' ').map((p) => PROCEDURES[p]?.short[language] ?? p).join(', ');
  return e.note;
}

function Events({ id }: { id: string }) {
  const say = useSay();
  const { language } = useLanguage();
  const list = useLoad<PageOf<'events', OrgEvent>>(`/api/v1/organisations/${id}/events?limit=50`);
  if (!list.data || list.data.events.length === 0) return null;
  return (
    <Sheet title={say('Nhật ký', 'Log')} className="sheet-gap">
      <ul>
        {list.data.events.map((e, i) => (
          <li key={i}>
            <span className="num">{timeText(e.at)}</span> – {EVENTS[e.action]?.[language === 'vi' ? 0 : 1] ?? e.action}
            {noteOf(e, language) && <span className="muted"> ({noteOf(e, language)})</span>}
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

function Shown({ org, reload }: { org: Org; reload: () => void }) {
  const say = useSay();
  const { language } = useLanguage();
  const me = useMe();
  const [dialog, setDialog] = useState<'edit' | 'delegation' | 'move' | 'close'>();
  const doing = useDoing();
  const admin = me.roles.has('admin') && org.state !== 'closed';
  const department = me.org.kind === 'department';
  const above = useLoad<Org>(department && org.parent_id ? `/api/v1/organisations/${org.parent_id}` : undefined);
  const done = () => {
    setDialog(undefined);
    reload();
  };
  return (
    <>
      <Sheet>
        <Facts
          items={[
            [say('Mã', 'Code'), org.code],
            [say('Loại', 'Kind'), org.kind === 'organisation' && org.state !== 'closed' ? say('Cơ quan, tổ chức quản lý trực tiếp', 'Managing body') : <OrgKindMark key="k" org={org} />],
            ...(above.data ? [[say('Trực thuộc', 'Below'), <Link key="a" to={`/co-quan/${above.data.id}`}>{above.data.name}</Link>] as [string, ReactNode]] : []),
            [say('Cơ quan chủ quản', 'Parent'), org.parent_name],
            [say('Tỉnh, địa danh', 'Province, place'), `${org.province}, ${org.place}`],
            [say('Địa chỉ', 'Address'), org.address],
            [say('Thư điện tử', 'E-mail'), org.email],
            ...(org.kind === 'delegate' ? [[say('Thủ tục được ủy quyền', 'Delegated'), (org.procedures ?? []).map((p) => PROCEDURES[p]?.short[language] ?? p).join(', ') || say('chưa có', 'none')] as [string, string]] : []),
          ]}
        />
        {admin && (
          <div className="row sheet-gap">
            <Button onClick={() => setDialog('edit')}>{say('Sửa thông tin', 'Edit')}</Button>
            {department && org.kind === 'delegate' && <Button onClick={() => setDialog('delegation')}>{say('Ủy quyền thủ tục', 'Delegate')}</Button>}
            {department && org.kind !== 'department' && <Button onClick={() => setDialog('move')}>{say('Chuyển cơ quan cấp trên', 'Move')}</Button>}
            {org.id !== me.org.id && org.kind !== 'department' && (
              <Button danger onClick={() => setDialog('close')}>
                {say('Đóng cơ quan', 'Close')}
              </Button>
            )}
          </div>
        )}
      </Sheet>
      <StaffList org={org} admin={admin} />
      {org.kind === 'organisation' && <OrgSeals org={org.id} />}
      {(me.roles.has('admin') || me.roles.has('audit')) && <Events id={org.id} />}
      {dialog === 'edit' && <EditOrg org={org} onClose={() => setDialog(undefined)} onDone={done} />}
      {dialog === 'move' && <MoveOrg org={org} onClose={() => setDialog(undefined)} onDone={done} />}
      {dialog === 'delegation' && <Delegation org={org} onClose={() => setDialog(undefined)} onDone={done} />}
      {dialog === 'close' && (
        <Dialog
          title={say('Đóng cơ quan?', 'Close the organisation?')}
          onClose={() => setDialog(undefined)}
          foot={
            <>
              <Button onClick={() => setDialog(undefined)}>{say('Hủy', 'Cancel')}</Button>
              <Button danger type="primary" loading={doing.busy} onClick={() => void doing.run(() => post(`/api/v1/organisations/${org.id}/close`)).then((ok) => ok && done())}>
                {say('Đóng', 'Close')}
              </Button>
            </>
          }
        >
          <Failed failure={doing.failure} />
          <p>
            <strong>{org.name}</strong>: {say('người dùng của cơ quan không đăng nhập được nữa.', 'its people can no longer log in.')}
          </p>
        </Dialog>
      )}
    </>
  );
}

export default function OrgPage() {
  const say = useSay();
  const { id } = useParams();
  const { data, failure, loading, reload } = useLoad<Org>(`/api/v1/organisations/${id}`);
  return (
    <Page title={data?.name ?? say('Cơ quan', 'Organisation')} crumbs={[[say('Cơ quan, người dùng', 'Organisations'), '/co-quan']]}>
      <Failed failure={failure} again={reload} />
      {!data && loading && <Loading />}
      {data && <Shown org={data} reload={reload} />}
    </Page>
  );
}
