/* An officer's approval key: a passkey and a device key made in this browser, which counts when administrators have signed for it. */
import { useCallback, useEffect, useState } from 'react';
import { drawUp, founding, NOBODY, officerRecord, propose, type Founding, type OfficerRecord, type Proposal } from '../api/admin';
import { get, post } from '../api/client';
import { useDoing } from '../api/use';
import { useLanguage, useSay } from '../i18n';
import { compareCode, newRecordId } from '../lib/admin';
import { toBase64url } from '../lib/bytes';
import { dateText, now, timeText } from '../lib/dates';
import { approvalKeys, dropApprovalKey, keepApprovalKey, newDeviceKey, type ApprovalKey } from '../lib/device';
import { ROLES, type Role } from '../lib/roles';
import { readStatement } from '../lib/statement';
import { approvalPasskey, KeyCancelled, passkeysThere } from '../lib/webauthn';
import { useMe } from '../session';
import { Button, Checkbox } from '../ui/antd';
import { ChoiceField, TextField } from '../ui/field';
import { Dialog, Empty, Failed, Loading, Mark, Notice, Page, Sheet } from '../ui/parts';
import { useTell } from '../ui/toast';

/* What an officer's record can allow (statements.md §6). */
const RECORD_ROLES: Role[] = ['receive', 'approve', 'admin', 'audit'];

interface Held {
  key: ApprovalKey;
  waiting?: Proposal;
  code?: string;
  enrolled?: OfficerRecord;
}

/* What became of the keys in this browser. */
async function lookUp(staff: string): Promise<Held[]> {
  const keys = await approvalKeys(staff);
  if (keys.length === 0) return [];
  const { proposals } = await get<{ proposals: Proposal[] }>('/api/v1/proposals?limit=100');
  return Promise.all(
    keys.map(async (key) => {
      const waiting = proposals.find((p) => p.statement.includes(`"id":"${key.record}"`));
      const code = waiting && compareCode((await readStatement(waiting.statement)).hash);
      return { key, waiting, code, enrolled: await officerRecord(key.record) };
    }),
  );
}

function KeyState({ held, needed }: { held: Held; needed: number }) {
  const say = useSay();
  const { language } = useLanguage();
  if (held.enrolled)
    return (
      <span className="lines">
        <span>{held.enrolled.not_after > now() ? <Mark tone="good">{say('Dùng được', 'Ready')}</Mark> : <Mark tone="bad">{say('Hết hạn', 'Ended')}</Mark>}</span>
        <span className="small">
          {held.enrolled.roles.map((r) => ROLES[r as Role]?.[language] ?? r).join(', ')}; {say('đến', 'until')} {dateText(held.enrolled.not_after)}
        </span>
      </span>
    );
  if (held.waiting)
    return (
      <span className="lines">
        <span>
          <Mark tone="wait">{say(`Chờ ký: ${held.waiting.signers.length} trên ${needed}`, `Waiting: ${held.waiting.signers.length} of ${needed}`)}</Mark>
        </span>
        <span className="small">{say('Mã đối chiếu', 'Code to compare')}:</span>
        <span className="num">
          <strong>{held.code}</strong>
        </span>
      </span>
    );
  return <Mark tone="plain">{say('Không được đăng ký', 'Not registered')}</Mark>;
}

function NewKey({ f, onMade }: { f: Founding; onMade: () => void }) {
  const say = useSay();
  const { language } = useLanguage();
  const me = useMe();
  const tell = useTell();
  const offered = RECORD_ROLES.filter((r) => me.roles.has(r));
  const [identity, setIdentity] = useState('');
  const [roles, setRoles] = useState<Role[]>(offered);
  const [years, setYears] = useState('2');
  const [tried, setTried] = useState(false);
  const doing = useDoing();
  const good = /^[0-9]{12}$/.test(identity);
  const make = () => {
    setTried(true);
    if (!good || roles.length === 0) return;
    void doing.run(async () => {
      const { staff } = me.session;
      const { owner } = await post<{ owner: string }>('/api/v1/owner', { identity });
      try {
        const passkey = await approvalPasskey(f.rp_id, staff.name);
        const device = await newDeviceKey();
        const record = newRecordId();
        const auth = { kind: 'webauthn', passkey: toBase64url(passkey.id), key: toBase64url(passkey.key), be: passkey.be, device_key: toBase64url(device.point) };
        const statement = await drawUp({ id: record, type: 'officer', years: Number(years), members: { owner, name: staff.name.normalize('NFC'), roles: [...roles].sort(), auth } });
        await keepApprovalKey({ record, passkey: passkey.id, rpId: f.rp_id, deviceKey: device.key, staff: staff.id, madeAt: now() });
        await propose(statement, NOBODY);
        setIdentity('');
        setTried(false);
        tell(say('Đã tạo khóa và gửi đề nghị. Hãy đọc mã đối chiếu cho quản trị viên.', 'The key is made and proposed. Read the code to the administrators.'));
        onMade();
      } catch (e) {
        if (!(e instanceof KeyCancelled)) throw e;
      }
    });
  };
  return (
    <Sheet title={say('Tạo khóa phê duyệt trên trình duyệt này', 'Make an approval key in this browser')} className="sheet-gap">
      <Failed failure={doing.failure} />
      <div className="grid-2">
        <TextField
          required
          label={say('Số định danh cá nhân của bạn (CCCD)', 'Your identity number')}
          hint={say('Chỉ dùng để hệ thống khóa nhận ra bạn là một người; không lưu lại.', 'Only so that the key system knows you as one person; not kept.')}
          inputMode="numeric"
          value={identity}
          onChange={(v) => setIdentity(v.trim())}
          maxLength={12}
          error={tried && !good ? say('Hãy nhập đủ 12 chữ số.', '12 digits.') : undefined}
        />
        <ChoiceField label={say('Thời hạn', 'Valid for')} value={years} onChange={setYears} options={['1', '2', '3', '5'].map((y): [string, string] => [y, say(`${y} năm`, `${y} years`)])} />
      </div>
      <fieldset className="sheet-gap">
        <legend>{say('Khóa dùng để', 'What the key is for')}</legend>
        <Checkbox.Group style={{ display: 'grid', gap: '.5rem' }} value={roles} onChange={(v) => setRoles(v as Role[])} options={offered.map((r) => ({ value: r, label: `${ROLES[r][language]}: ${ROLES[r].does[language]}` }))} />
      </fieldset>
      <div className="row end sheet-gap">
        <Button type="primary" size="large" disabled={roles.length === 0} loading={doing.busy} onClick={make}>
          {say('Tạo khóa và gửi đề nghị', 'Make the key and propose it')}
        </Button>
      </div>
    </Sheet>
  );
}

function Keys({ f }: { f: Founding }) {
  const say = useSay();
  const me = useMe();
  const [held, setHeld] = useState<Held[]>();
  const [dropping, setDropping] = useState<Held>();
  const doing = useDoing();
  const { run } = doing;
  const staff = me.session.staff.id;
  const look = useCallback(() => void run(async () => setHeld(await lookUp(staff))), [run, staff]);
  useEffect(look, [look]);
  const drop = async () => {
    if (dropping) await dropApprovalKey(dropping.key.record);
    setDropping(undefined);
    look();
  };
  return (
    <>
      <Sheet title={say('Khóa trên trình duyệt này', 'Keys in this browser')}>
        <Failed failure={doing.failure} again={look} />
        {!held && !doing.failure && <Loading />}
        {held?.length === 0 && (
          <Empty>
            <p>{say('Chưa có khóa phê duyệt trên trình duyệt này.', 'No approval key in this browser yet.')}</p>
          </Empty>
        )}
        {held && held.length > 0 && (
          <div className="table-wrap" tabIndex={0} role="group" aria-label={say('Khóa phê duyệt', 'Approval keys')}>
            <table className="list fold">
              <caption className="hidden">{say('Khóa phê duyệt', 'Approval keys')}</caption>
              <thead>
                <tr>
                  <th scope="col">{say('Tạo lúc', 'Made')}</th>
                  <th scope="col">{say('Bản ghi cán bộ', 'Officer record')}</th>
                  <th scope="col">{say('Trạng thái', 'State')}</th>
                  <th scope="col">{say('Thao tác', 'Action')}</th>
                </tr>
              </thead>
              <tbody>
                {held.map((h) => (
                  <tr key={h.key.record}>
                    <th scope="row" className="num" data-label={say('Tạo lúc', 'Made')}>
                      {timeText(h.key.madeAt)}
                    </th>
                    <td data-label={say('Bản ghi cán bộ', 'Officer record')}>
                      <code className="small break">{h.key.record}</code>
                    </td>
                    <td data-label={say('Trạng thái', 'State')}>
                      <KeyState held={h} needed={f.n} />
                    </td>
                    <td data-label={say('Thao tác', 'Action')}>
                      <Button size="small" danger onClick={() => setDropping(h)} aria-label={say(`Xóa khóa tạo lúc ${timeText(h.key.madeAt)}`, `Remove the key of ${timeText(h.key.madeAt)}`)}>
                        {say('Xóa', 'Remove')}
                      </Button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Sheet>
      <NewKey f={f} onMade={look} />
      {dropping && (
        <Dialog
          title={say('Xóa khóa khỏi trình duyệt này?', 'Remove the key from this browser?')}
          onClose={() => setDropping(undefined)}
          foot={
            <>
              <Button onClick={() => setDropping(undefined)}>{say('Không', 'No')}</Button>
              <Button type="primary" danger onClick={() => void drop()}>
                {say('Xóa khóa', 'Remove')}
              </Button>
            </>
          }
        >
          <p>{say('Không phê duyệt bằng khóa này được nữa; muốn dùng lại phải tạo khóa mới. Đề nghị đang chờ ký thì hủy trong mục “Quyết định chờ ký”.', 'It can approve no more; a new one has to be made. A waiting proposal is withdrawn under “Decisions to sign”.')}</p>
        </Dialog>
      )}
    </>
  );
}

export default function ApprovalKeyPage() {
  const say = useSay();
  const [f, setF] = useState<Founding>();
  const doing = useDoing();
  const { run } = doing;
  useEffect(() => void run(async () => setF((await founding()).record)), [run]);
  const here = f?.origin === location.origin;
  return (
    <Page
      title={say('Khóa phê duyệt của tôi', 'My approval key')}
      crumbs={[[say('Tài khoản của tôi', 'My account'), '/tai-khoan']]}
      lead={say('Thay cho thiết bị ký: khóa truy cập có xác minh (vân tay, PIN) và khóa của riêng trình duyệt này cùng ký từng quyết định.', 'In place of a token: a passkey with verification, and a key of this browser alone, both sign each decision.')}
    >
      <Failed failure={doing.failure} />
      {!f && !doing.failure && <Loading />}
      {f && !here && (
        <Notice kind="warn" title={say('Khóa phê duyệt được tạo ở địa chỉ khác', 'Approval keys are made at another address')}>
          <p>
            {say('Địa chỉ phê duyệt của hệ thống là ', 'The system’s address for approving is ')}
            <a href={`${f.origin}/khoa-phe-duyet`}>{f.origin}</a>.
          </p>
        </Notice>
      )}
      {f && here && !passkeysThere() && <Notice kind="bad">{say('Trình duyệt này không có khóa truy cập (passkey).', 'This browser has no passkeys.')}</Notice>}
      {f && here && passkeysThere() && <Keys f={f} />}
    </Page>
  );
}
