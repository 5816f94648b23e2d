/* One's own keys and sessions. */
import { useState } from 'react';
import { send } from '../api/client';
import type { LoginKey, Page as PageOf, Session } from '../api/shapes';
import { useDoing, useLoad } from '../api/use';
import { useLanguage, useSay } from '../i18n';
import { timeText } from '../lib/dates';
import { ROLES } from '../lib/roles';
import { KeyCancelled, registerPasskey } from '../lib/webauthn';
import { begin, useMe, useSession } from '../session';
import { post } from '../api/client';
import { fromHex, toBase64url } from '../lib/bytes';
import { Button } from '../ui/antd';
import { TextField } from '../ui/field';
import { Dialog, Facts, Failed, Loading, Mark, Page, Sheet } from '../ui/parts';
import { useTell } from '../ui/toast';

function AddKey({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const say = useSay();
  const me = useMe();
  const { fresh } = useSession();
  const [name, setName] = useState('');
  const doing = useDoing();
  const add = () =>
    doing.run(async () => {
      await fresh(async () => {
        const started = await begin();
        const { staff } = me.session;
        try {
          const made = await registerPasskey({ ...started, user: { id: toBase64url(fromHex(staff.id)), name: staff.email, displayName: staff.name } });
          await post('/api/v1/session/keys', { ...made, name: name.trim() });
          onDone();
        } catch (e) {
          if (!(e instanceof KeyCancelled)) throw e;
        }
      });
    });
  return (
    <Dialog
      title={say('Thêm khóa truy cập', 'Add a passkey')}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{say('Hủy', 'Cancel')}</Button>
          <Button type="primary" disabled={!name.trim()} loading={doing.busy} onClick={() => void add()}>
            {say('Tạo khóa', 'Make the key')}
          </Button>
        </>
      }
    >
      <Failed failure={doing.failure} />
      <p>{say('Nên có ít nhất hai khóa ở hai nơi, để mất một vẫn đăng nhập được.', 'Have two keys in two places, so that losing one does not lock you out.')}</p>
      <TextField label={say('Tên của khóa', 'Name of the key')} hint={say('Ví dụ: Điện thoại của tôi', 'For example: my phone')} value={name} onChange={setName} maxLength={60} required />
    </Dialog>
  );
}

function Rename({ item, onClose, onDone }: { item: LoginKey; onClose: () => void; onDone: () => void }) {
  const say = useSay();
  const [name, setName] = useState(item.name);
  const doing = useDoing();
  return (
    <Dialog
      title={say('Đổi tên khóa', 'Rename the key')}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{say('Hủy', 'Cancel')}</Button>
          <Button type="primary" disabled={!name.trim()} loading={doing.busy} onClick={() => void doing.run(async () => send('PUT', `/api/v1/session/keys/${item.id}`, { name: name.trim() })).then((ok) => ok && onDone())}>
            {say('Lưu', 'Save')}
          </Button>
        </>
      }
    >
      <Failed failure={doing.failure} />
      <TextField label={say('Tên của khóa', 'Name of the key')} value={name} onChange={setName} maxLength={60} required />
    </Dialog>
  );
}

function Keys() {
  const say = useSay();
  const tell = useTell();
  const { fresh } = useSession();
  const keys = useLoad<{ keys: LoginKey[] }>('/api/v1/session/keys');
  const [adding, setAdding] = useState(false);
  const [naming, setNaming] = useState<LoginKey>();
  const doing = useDoing();
  const remove = (k: LoginKey) =>
    doing.run(async () => {
      await fresh(() => send('DELETE', `/api/v1/session/keys/${k.id}`));
      tell(say('Đã xóa khóa.', 'The key was removed.'));
      keys.reload();
    });
  const done = () => {
    setAdding(false);
    setNaming(undefined);
    keys.reload();
  };
  return (
    <Sheet title={say('Cách đăng nhập của tôi', 'My ways to log in')} className="sheet-gap">
      <Failed failure={keys.failure ?? doing.failure} />
      {keys.loading && !keys.data && <Loading />}
      {keys.data && (
        <div className="table-wrap">
          <table className="list fold">
            <caption className="hidden">{say('Khóa truy cập và chứng thư số', 'Passkeys and certificates')}</caption>
            <thead>
              <tr>
                <th scope="col">{say('Tên', 'Name')}</th>
                <th scope="col">{say('Loại', 'Kind')}</th>
                <th scope="col">{say('Dùng lần cuối', 'Last used')}</th>
                <th scope="col">{say('Thao tác', 'Action')}</th>
              </tr>
            </thead>
            <tbody>
              {keys.data.keys.map((k) => (
                <tr key={k.id}>
                  <th scope="row" data-label={say('Tên', 'Name')}>
                    {k.name}
                  </th>
                  <td data-label={say('Loại', 'Kind')}>
                    {k.kind === 'certificate' ? say('Chứng thư số', 'Certificate') : k.synced ? say('Khóa truy cập, đồng bộ', 'Passkey, synced') : say('Khóa truy cập, trên một thiết bị', 'Passkey, one device')}
                  </td>
                  <td className="num" data-label={say('Dùng lần cuối', 'Last used')}>
                    {timeText(k.used_at)}
                  </td>
                  <td data-label={say('Thao tác', 'Action')}>
                    <div className="row">
                      <Button size="small" onClick={() => setNaming(k)} aria-label={say(`Đổi tên ${k.name}`, `Rename ${k.name}`)}>
                        {say('Đổi tên', 'Rename')}
                      </Button>
                      <Button size="small" danger loading={doing.busy} onClick={() => void remove(k)} aria-label={say(`Xóa ${k.name}`, `Remove ${k.name}`)}>
                        {say('Xóa', 'Remove')}
                      </Button>
                    </div>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <div className="row sheet-gap">
        <Button type="primary" onClick={() => setAdding(true)}>
          {say('Thêm khóa truy cập', 'Add a passkey')}
        </Button>
      </div>
      {adding && <AddKey onClose={() => setAdding(false)} onDone={done} />}
      {naming && <Rename item={naming} onClose={() => setNaming(undefined)} onDone={done} />}
    </Sheet>
  );
}

/* "Chrome, Windows" out of what a browser calls itself. */
export function agentText(agent: string): string {
  const browser = /Edg\//.test(agent) ? 'Edge' : /Firefox\//.test(agent) ? 'Firefox' : /Chrome\//.test(agent) ? 'Chrome' : /Safari\//.test(agent) ? 'Safari' : '';
  const system = /Windows/.test(agent) ? 'Windows' : /Android/.test(agent) ? 'Android' : /iPhone|iPad/.test(agent) ? 'iOS' : /Mac OS/.test(agent) ? 'macOS' : /Linux/.test(agent) ? 'Linux' : '';
  return [browser, system].filter(Boolean).join(', ') || agent.slice(0, 40);
}

function Sessions() {
  const say = useSay();
  const { refresh } = useSession();
  const list = useLoad<PageOf<'sessions', Session>>('/api/v1/sessions?limit=50');
  const doing = useDoing();
  const end = (id: string) =>
    doing.run(async () => {
      await send('DELETE', `/api/v1/sessions/${id}`);
      list.reload();
    });
  const endAll = () =>
    doing.run(async () => {
      await send('DELETE', '/api/v1/sessions');
      await refresh();
    });
  return (
    <Sheet title={say('Phiên làm việc đang mở', 'Open sessions')} className="sheet-gap">
      <Failed failure={list.failure ?? doing.failure} />
      {list.data && (
        <div className="table-wrap">
          <table className="list fold">
            <caption className="hidden">{say('Phiên làm việc', 'Sessions')}</caption>
            <thead>
              <tr>
                <th scope="col">{say('Thiết bị', 'Device')}</th>
                <th scope="col">{say('Địa chỉ mạng', 'Address')}</th>
                <th scope="col">{say('Bắt đầu', 'Began')}</th>
                <th scope="col">{say('Dùng lần cuối', 'Last used')}</th>
                <th scope="col">{say('Thao tác', 'Action')}</th>
              </tr>
            </thead>
            <tbody>
              {list.data.sessions.map((s) => (
                <tr key={s.id}>
                  <th scope="row" data-label={say('Thiết bị', 'Device')}>
                    {agentText(s.agent)} {s.current && <Mark tone="good">{say('phiên này', 'this one')}</Mark>}
                  </th>
                  <td className="num" data-label={say('Địa chỉ mạng', 'Address')}>
                    {s.address}
                  </td>
                  <td className="num" data-label={say('Bắt đầu', 'Began')}>
                    {timeText(s.created_at)}
                  </td>
                  <td className="num" data-label={say('Dùng lần cuối', 'Last used')}>
                    {timeText(s.used_at)}
                  </td>
                  <td data-label={say('Thao tác', 'Action')}>
                    {!s.current && (
                      <Button size="small" onClick={() => void end(s.id)} aria-label={say(`Kết thúc phiên ${agentText(s.agent)}`, `End ${agentText(s.agent)}`)}>
                        {say('Kết thúc', 'End')}
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <div className="row sheet-gap">
        <Button danger loading={doing.busy} onClick={() => void endAll()}>
          {say('Đăng xuất ở mọi nơi', 'Log out everywhere')}
        </Button>
      </div>
    </Sheet>
  );
}

export default function Account() {
  const say = useSay();
  const { language } = useLanguage();
  const me = useMe();
  return (
    <Page title={say('Tài khoản của tôi', 'My account')}>
      <Sheet>
        <Facts
          items={[
            [say('Họ và tên', 'Name'), me.session.staff.name],
            [say('Thư điện tử', 'E-mail'), me.session.staff.email],
            [say('Cơ quan', 'Organisation'), me.org.name],
            [say('Vai trò', 'Roles'), [...me.roles].map((r) => ROLES[r][language]).join(', ')],
            [say('Phiên này kết thúc muộn nhất', 'This session ends at the latest'), timeText(me.session.expires_at)],
          ]}
        />
      </Sheet>
      <Keys />
      <Sessions />
    </Page>
  );
}
