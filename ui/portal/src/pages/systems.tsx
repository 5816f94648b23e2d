/* Integrating systems: programs that may ask subscribers for signatures. The record by officers' statement, then credentials. */
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { drawUp, founding, handIn } from '../api/admin';
import { post } from '../api/client';
import { useDoing, usePages } from '../api/use';
import { useSay } from '../i18n';
import { newRecordId } from '../lib/admin';
import { dateText, timeText } from '../lib/dates';
import type { Statement } from '../lib/statement';
import { useMe, useSession } from '../session';
import { Button } from '../ui/antd';
import { Authorise } from '../ui/authorise';
import { ChoiceField, TextField } from '../ui/field';
import { Dialog, Empty, Facts, Failed, Loading, Mark, More, Notice, Page, Sheet } from '../ui/parts';
import { AdminStatement } from '../ui/record-view';
import { useTell } from '../ui/toast';

interface Credentials {
  client_id: string;
  state: 'active' | 'closed';
  created_at: number;
}
interface System {
  record: string;
  name: string;
  not_after: number;
  credentials: Credentials[];
}

function AddSystem({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const say = useSay();
  const tell = useTell();
  const { fresh } = useSession();
  const [name, setName] = useState('');
  const [years, setYears] = useState('5');
  const [drawn, setDrawn] = useState<{ statement: Statement; needed: number }>();
  const doing = useDoing();
  const draw = () =>
    doing.run(async () => {
      const { record } = await founding();
      const statement = await drawUp({ id: newRecordId(), type: 'client', years: Number(years), members: { name: name.trim().normalize('NFC') } });
      setDrawn({ statement, needed: record.n });
    });
  const signed = async (authorisations: string) => {
    if (!drawn) return;
    const executed = await fresh(() => handIn(drawn.statement, authorisations, drawn.needed));
    tell(executed ? say('Đã đăng ký hệ thống. Hãy cấp tài khoản.', 'Registered. Give it credentials now.') : say(`Đã ký; cần thêm ${drawn.needed - 1} quản trị viên ký trong mục “Quyết định chờ ký”.`, `Signed; ${drawn.needed - 1} more must sign.`));
    onDone();
  };
  return (
    <Dialog
      large={drawn !== undefined}
      title={say('Thêm hệ thống tích hợp', 'Add an integrating system')}
      onClose={onClose}
      foot={
        !drawn && (
          <>
            <Button onClick={onClose}>{say('Hủy', 'Cancel')}</Button>
            <Button type="primary" disabled={!name.trim()} loading={doing.busy} onClick={() => void draw()}>
              {say('Soạn quyết định', 'Draw up')}
            </Button>
          </>
        )
      }
    >
      <Failed failure={doing.failure} />
      {!drawn && (
        <>
          <TextField required label={say('Tên hệ thống', 'Name')} hint={say('Tên này hiện trên điện thoại của người ký, ví dụ: Học bạ số – Sở Giáo dục và Đào tạo Hà Nội.', 'Signers’ phones show this name.')} value={name} onChange={setName} maxLength={64} />
          <ChoiceField label={say('Thời hạn bản ghi', 'Record valid for')} value={years} onChange={setYears} options={['1', '2', '3', '5'].map((y): [string, string] => [y, say(`${y} năm`, `${y} years`)])} />
        </>
      )}
      {drawn && (
        <>
          <AdminStatement statement={drawn.statement} code={drawn.needed > 1} />
          <Sheet title={say('Ký quyết định', 'Sign the decision')} className="sheet-gap">
            <Authorise what={drawn.statement} label={say('Ký', 'Sign')} onAuthorised={signed} />
          </Sheet>
        </>
      )}
    </Dialog>
  );
}

function Secret({ name, made, onClose }: { name: string; made: { client_id: string; client_secret: string }; onClose: () => void }) {
  const say = useSay();
  return (
    <Dialog title={say(`Tài khoản của ${name}`, `Credentials of ${name}`)} onClose={onClose} foot={<Button type="primary" onClick={onClose}>{say('Đã ghi lại', 'I have kept it')}</Button>}>
      <Notice kind="warn">
        <p>{say('Mật khẩu chỉ hiện một lần. Hãy chuyển cho đơn vị vận hành hệ thống qua kênh an toàn.', 'The secret is shown this once. Hand it over by a safe way.')}</p>
      </Notice>
      <Facts
        items={[
          ['client_id', <code key="i">{made.client_id}</code>],
          ['client_secret', <code key="s">{made.client_secret}</code>],
        ]}
      />
    </Dialog>
  );
}

function CredentialsOf({ system, admin, onClose }: { system: System; admin: boolean; onClose: (c: Credentials) => void }) {
  const say = useSay();
  if (system.credentials.length === 0) return <Mark tone="wait">{say('Chưa có tài khoản', 'No credentials yet')}</Mark>;
  return (
    <ul className="plain-list">
      {system.credentials.map((c) => (
        <li key={c.client_id} className="row">
          {c.state === 'active' ? <Mark tone="good">{say('Đang dùng', 'Active')}</Mark> : <Mark tone="plain">{say('Đã đóng', 'Closed')}</Mark>}
          <span className="small">
            <code className="break">{c.client_id}</code>
            <span className="muted num"> {timeText(c.created_at)}</span>
          </span>
          {admin && c.state === 'active' && (
            <Button size="small" danger onClick={() => onClose(c)} aria-label={say(`Đóng tài khoản ${c.client_id}`, `Close ${c.client_id}`)}>
              {say('Đóng', 'Close')}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}

export default function Systems() {
  const say = useSay();
  const me = useMe();
  const list = usePages<System>('/api/v1/clients?limit=50', 'clients');
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<{ name: string; made: { client_id: string; client_secret: string } }>();
  const [closing, setClosing] = useState<{ name: string; client: Credentials }>();
  const doing = useDoing();
  const admin = me.roles.has('admin');
  const give = (s: System) =>
    doing.run(async () => {
      setMade({ name: s.name, made: await post('/api/v1/clients', { record: s.record }) });
      list.reload();
    });
  const close = () =>
    doing.run(async () => {
      await post(`/api/v1/clients/${closing?.client.client_id}/close`);
      setClosing(undefined);
      list.reload();
    });
  return (
    <Page
      title={say('Hệ thống tích hợp', 'Integrating systems')}
      lead={say('Phần mềm của bộ, ngành, địa phương được yêu cầu thuê bao ký số qua giao diện CSC.', 'Programs that may ask subscribers for signatures over CSC.')}
      actions={
        admin && (
          <Button type="primary" onClick={() => setAdding(true)}>
            {say('Thêm hệ thống', 'Add a system')}
          </Button>
        )
      }
    >
      <Failed failure={list.failure ?? (closing ? undefined : doing.failure)} again={list.failure ? list.reload : undefined} />
      <div className="sheet tight">
        {list.loading && list.items.length === 0 && <Loading />}
        {!list.loading && !list.failure && list.items.length === 0 && (
          <Empty>
            <p>{say('Chưa có hệ thống tích hợp nào.', 'None yet.')}</p>
            {admin && (
              <p>
                {say('Quyết định đã ký chưa đủ nằm ở ', 'What is not signed by all yet stands under ')}
                <Link to="/quyet-dinh">{say('Quyết định chờ ký', 'Decisions to sign')}</Link>.
              </p>
            )}
          </Empty>
        )}
        {list.items.length > 0 && (
          <div className="table-wrap" tabIndex={0} role="group" aria-label={say('Hệ thống tích hợp', 'Integrating systems')}>
            <table className="list fold">
              <caption className="hidden">{say('Hệ thống tích hợp', 'Integrating systems')}</caption>
              <thead>
                <tr>
                  <th scope="col">{say('Hệ thống', 'System')}</th>
                  <th scope="col">{say('Tài khoản', 'Credentials')}</th>
                  <th scope="col">{say('Bản ghi hết hạn', 'Record ends')}</th>
                  {admin && <th scope="col">{say('Thao tác', 'Action')}</th>}
                </tr>
              </thead>
              <tbody>
                {list.items.map((s) => (
                  <tr key={s.record}>
                    <th scope="row" data-label={say('Hệ thống', 'System')}>
                      {s.name}
                    </th>
                    <td data-label={say('Tài khoản', 'Credentials')}>
                      <CredentialsOf system={s} admin={admin} onClose={(client) => setClosing({ name: s.name, client })} />
                    </td>
                    <td className="num" data-label={say('Bản ghi hết hạn', 'Record ends')}>
                      {dateText(s.not_after)}
                    </td>
                    {admin && (
                      <td data-label={say('Thao tác', 'Action')}>
                        <Button size="small" loading={doing.busy} onClick={() => void give(s)} aria-label={say(`Cấp tài khoản cho ${s.name}`, `Give credentials to ${s.name}`)}>
                          {say('Cấp tài khoản', 'Give credentials')}
                        </Button>
                      </td>
                    )}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        <More more={list.more} loading={list.loading} onMore={list.loadMore} />
      </div>
      {adding && (
        <AddSystem
          onClose={() => setAdding(false)}
          onDone={() => {
            setAdding(false);
            list.reload();
          }}
        />
      )}
      {made && <Secret {...made} onClose={() => setMade(undefined)} />}
      {closing && (
        <Dialog
          title={say('Đóng tài khoản?', 'Close the credentials?')}
          onClose={() => setClosing(undefined)}
          foot={
            <>
              <Button onClick={() => setClosing(undefined)}>{say('Không', 'No')}</Button>
              <Button danger type="primary" loading={doing.busy} onClick={() => void close()}>
                {say('Đóng tài khoản', 'Close')}
              </Button>
            </>
          }
        >
          <Failed failure={doing.failure} />
          <p>
            <strong>{closing.name}</strong>: {say('hệ thống không yêu cầu ký bằng tài khoản này được nữa, mọi phiên của nó kết thúc ngay.', 'it can ask for no signature with these any more; its tokens end at once.')}
          </p>
        </Dialog>
      )}
    </Page>
  );
}
