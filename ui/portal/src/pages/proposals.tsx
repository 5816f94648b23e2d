/* Decisions of administration that wait for further signatures: read, compared, signed, withdrawn. */
import { useEffect, useState } from 'react';
import { founding, type Proposal } from '../api/admin';
import { post, send } from '../api/client';
import { useDoing, useLoad } from '../api/use';
import { useSay } from '../i18n';
import { timeText } from '../lib/dates';
import { readStatement, type Statement } from '../lib/statement';
import { useMe, useSession } from '../session';
import { Button } from '../ui/antd';
import { Authorise } from '../ui/authorise';
import { Dialog, Empty, Failed, Loading, Mark, Notice, Page, Sheet } from '../ui/parts';
import { AdminStatement, useRecordTitle } from '../ui/record-view';
import { useTell } from '../ui/toast';

interface Waiting {
  needed: number;
  proposals: Proposal[];
}

type Read = Proposal & { read?: Statement };

/* The text is read here; what is not canonical, or of another realm, is never offered for signing. */
async function readAll(list: Proposal[]): Promise<Read[]> {
  const { realm } = await founding();
  return Promise.all(
    list.map(async (p) => {
      try {
        const read = await readStatement(p.statement);
        return { ...p, read: read.members.realm === realm && read.members.type === 'admin' ? read : undefined };
      } catch {
        return p;
      }
    }),
  );
}

function Signing({ p, needed, onClose, onDone }: { p: Read & { read: Statement }; needed: number; onClose: () => void; onDone: () => void }) {
  const say = useSay();
  const tell = useTell();
  const { fresh } = useSession();
  const title = useRecordTitle();
  const sign = async (authorisations: string) => {
    const now = await fresh(() => post<{ signed: number; executed: boolean }>(`/api/v1/proposals/${p.id}/authorisations`, { authorisations }));
    tell(now.executed ? say('Đã đủ chữ ký, quyết định đã được thi hành.', 'Enough have signed: it was executed.') : say(`Đã ký. ${now.signed} trên ${needed} chữ ký.`, `Signed: ${now.signed} of ${needed}.`));
    onDone();
  };
  return (
    <Dialog large title={title(p.read)} onClose={onClose}>
      <p>
        {say('Người lập', 'Drawn up by')}: <strong>{p.proposed_by_name}</strong>, {timeText(p.created_at)}
      </p>
      <AdminStatement statement={p.read} code />
      <Sheet title={say('Ký quyết định', 'Sign the decision')} className="sheet-gap">
        <Authorise what={p.read} label={say('Ký', 'Sign')} onAuthorised={sign} />
      </Sheet>
    </Dialog>
  );
}

function Row({ p, needed, admin, mine, onOpen, onWithdraw }: { p: Read; needed: number; admin: boolean; mine: boolean; onOpen: () => void; onWithdraw: () => void }) {
  const say = useSay();
  const title = useRecordTitle();
  const name = p.read ? title(p.read) : say('Nội dung không hợp lệ', 'Not a valid statement');
  return (
    <tr>
      <th scope="row" data-label={say('Quyết định', 'Decision')}>
        {name}
      </th>
      <td data-label={say('Người lập', 'Drawn up by')}>
        <span>
          {p.proposed_by_name}
          <br />
          <span className="muted small num">{timeText(p.created_at)}</span>
        </span>
      </td>
      <td data-label={say('Chữ ký', 'Signatures')}>
        <Mark tone="wait">{say(`${p.signers.length} trên ${needed}`, `${p.signers.length} of ${needed}`)}</Mark>
      </td>
      <td className="num" data-label={say('Hết hạn', 'Expires')}>
        {timeText(p.expires_at)}
      </td>
      <td data-label={say('Thao tác', 'Action')}>
        <div className="row">
          {admin && p.read && (
            <Button type="primary" size="small" onClick={onOpen} aria-label={say(`Xem và ký: ${name}`, `Look and sign: ${name}`)}>
              {say('Xem và ký', 'Look and sign')}
            </Button>
          )}
          {(admin || mine) && (
            <Button size="small" danger onClick={onWithdraw} aria-label={say(`Hủy: ${name}`, `Withdraw: ${name}`)}>
              {say('Hủy', 'Withdraw')}
            </Button>
          )}
        </div>
      </td>
    </tr>
  );
}

export default function Proposals() {
  const say = useSay();
  const me = useMe();
  const tell = useTell();
  const list = useLoad<Waiting>('/api/v1/proposals?limit=100');
  const [read, setRead] = useState<Read[]>();
  const [open, setOpen] = useState<Read & { read: Statement }>();
  const [dropping, setDropping] = useState<Read>();
  const reading = useDoing();
  const doing = useDoing();
  const { run } = reading;
  const { data } = list;
  useEffect(() => {
    if (data) void run(async () => setRead(await readAll(data.proposals)));
  }, [data, run]);
  const admin = me.roles.has('admin') && me.org.kind === 'department';
  const withdraw = () =>
    doing.run(async () => {
      await send('DELETE', `/api/v1/proposals/${dropping?.id}`);
      tell(say('Đã hủy quyết định.', 'Withdrawn.'));
      setDropping(undefined);
      list.reload();
    });
  const needed = data?.needed ?? 1;
  return (
    <Page
      title={say('Quyết định quản trị chờ ký', 'Decisions to sign')}
      lead={say(`Mỗi quyết định cần ${needed} quản trị viên ký cùng một nội dung; đủ chữ ký thì hệ thống khóa thi hành.`, `Each needs ${needed} administrators who sign the same text.`)}
    >
      <Failed failure={list.failure ?? reading.failure} again={list.reload} />
      {!read && !list.failure && <Loading />}
      {read && (
        <div className="sheet tight">
          {read.length === 0 ? (
            <Empty>
              <p>{say('Không có quyết định nào chờ ký.', 'Nothing waits.')}</p>
            </Empty>
          ) : (
            <div className="table-wrap" tabIndex={0} role="group" aria-label={say('Quyết định chờ ký', 'Decisions to sign')}>
              <table className="list fold">
                <caption className="hidden">{say('Quyết định chờ ký', 'Decisions to sign')}</caption>
                <thead>
                  <tr>
                    <th scope="col">{say('Quyết định', 'Decision')}</th>
                    <th scope="col">{say('Người lập', 'Drawn up by')}</th>
                    <th scope="col">{say('Chữ ký', 'Signatures')}</th>
                    <th scope="col">{say('Hết hạn', 'Expires')}</th>
                    <th scope="col">{say('Thao tác', 'Action')}</th>
                  </tr>
                </thead>
                <tbody>
                  {read.map((p) => (
                    <Row key={p.id} p={p} needed={needed} admin={admin} mine={p.proposed_by === me.session.staff.id} onOpen={() => p.read && setOpen({ ...p, read: p.read })} onWithdraw={() => setDropping(p)} />
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </div>
      )}
      {open && (
        <Signing
          p={open}
          needed={needed}
          onClose={() => setOpen(undefined)}
          onDone={() => {
            setOpen(undefined);
            list.reload();
          }}
        />
      )}
      {dropping && (
        <Dialog
          title={say('Hủy quyết định?', 'Withdraw it?')}
          onClose={() => setDropping(undefined)}
          foot={
            <>
              <Button onClick={() => setDropping(undefined)}>{say('Không', 'No')}</Button>
              <Button danger type="primary" loading={doing.busy} onClick={() => void withdraw()}>
                {say('Hủy quyết định', 'Withdraw')}
              </Button>
            </>
          }
        >
          <Failed failure={doing.failure} />
          <Notice kind="warn">
            <p>{say('Các chữ ký đã có mất hiệu lực; muốn làm lại phải lập quyết định mới.', 'The signatures there are become void; a new one must be drawn up.')}</p>
          </Notice>
        </Dialog>
      )}
    </Page>
  );
}
