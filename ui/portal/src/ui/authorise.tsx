/* An officer's authorisation over a statement: with the token through the agent, or with the passkey of the record. */
import { useEffect, useState } from 'react';
import { officerRecord } from '../api/admin';
import { get } from '../api/client';
import type { Staff } from '../api/shapes';
import { useDoing } from '../api/use';
import { useLanguage, useSay } from '../i18n';
import { AgentFailure, agentThere, agentWords, signMessage } from '../lib/agent';
import { encodeAuthorisations, type Authorisation } from '../lib/authorisation';
import { toBase64url } from '../lib/bytes';
import { approvalKey, approvalKeys, deviceListSignature, deviceSignature, type ApprovalKey } from '../lib/device';
import { signedContent, type Statement } from '../lib/statement';
import type { SignedList } from '../lib/statement-list';
import { KeyCancelled, statementAssertion } from '../lib/webauthn';
import { useMe } from '../session';
import { Button } from './antd';
import { TextField } from './field';
import { Failed, Notice } from './parts';

async function listByPasskey(key: ApprovalKey, list: SignedList): Promise<Authorisation> {
  const made = await statementAssertion(list.hash, key.rpId, key.passkey);
  return { kind: 'webauthn', record: key.record, ...made, deviceSignature: await deviceListSignature(key.deviceKey, list.content), statements: list.content };
}

const listByToken = async (record: string, list: SignedList): Promise<Authorisation> => ({
  kind: 'cms',
  record,
  signedData: await signMessage(list.content, list.requests),
});

async function byPasskey(key: ApprovalKey, statement: Statement): Promise<Authorisation> {
  const made = await statementAssertion(statement.hash, key.rpId, key.passkey);
  return { kind: 'webauthn', record: key.record, ...made, deviceSignature: await deviceSignature(key.deviceKey, statement.text) };
}

const byToken = async (record: string, statement: Statement): Promise<Authorisation> => ({
  kind: 'cms',
  record,
  signedData: await signMessage(signedContent(statement.text)),
});

interface Props {
  what: Statement | SignedList;
  label: string;
  danger?: boolean;
  /* authorisations: the encoded list, base64url */
  onAuthorised: (authorisations: string) => Promise<void>;
}

export function AgentTrouble({ failure }: { failure: AgentFailure }) {
  const { language } = useLanguage();
  const say = useSay();
  return (
    <Notice kind="bad" live title={say('Chưa ký được', 'Not signed')}>
      <p>{agentWords(failure)[language]}</p>
    </Notice>
  );
}

/* known: the account names one; undefined: not asked yet. */
export function useOfficerRecord(): [string, (v: string) => void, boolean | undefined] {
  const me = useMe();
  const [record, setRecord] = useState('');
  const [known, setKnown] = useState<boolean>();
  useEffect(() => {
    get<Staff>(`/api/v1/staff/${me.session.staff.id}`).then(
      (s) => {
        setRecord((r) => r || (s.officer_record ?? ''));
        setKnown(Boolean(s.officer_record));
      },
      () => setKnown(false),
    );
  }, [me.session.staff.id]);
  return [record, setRecord, known];
}

/* The key in this browser: that of the record named, else one of this person whose record is there. */
async function findKey(staff: string, record: string): Promise<ApprovalKey | undefined> {
  const named = record ? await approvalKey(record) : undefined;
  if (named) return named;
  for (const key of await approvalKeys(staff)) {
    const enrolled = await officerRecord(key.record);
    if (enrolled) return key;
  }
  return undefined;
}

export function Authorise({ what, label, danger, onAuthorised }: Props) {
  const say = useSay();
  const me = useMe();
  const [record, setRecord, known] = useOfficerRecord();
  const [key, setKey] = useState<ApprovalKey>();
  const [agent, setAgent] = useState<boolean>();
  const [trouble, setTrouble] = useState<AgentFailure>();
  const doing = useDoing();
  const named = /^[0-9a-f]{32}$/.test(record);
  useEffect(() => {
    void agentThere().then((a) => setAgent(a !== undefined));
  }, []);
  useEffect(() => {
    findKey(me.session.staff.id, named ? record : '').then(setKey, () => setKey(undefined));
  }, [me.session.staff.id, named, record]);
  const go = (make: () => Promise<Authorisation>) =>
    doing.run(async () => {
      setTrouble(undefined);
      try {
        await onAuthorised(toBase64url(encodeAuthorisations([await make()])));
      } catch (e) {
        if (e instanceof KeyCancelled) return;
        if (!(e instanceof AgentFailure)) throw e;
        setTrouble(e);
      }
    });
  return (
    <div className="stack">
      <details open={known === false}>
        <summary>{say('Bản ghi cán bộ dùng để ký', 'The officer record to sign with')}</summary>
        <TextField
          label={say('Bản ghi cán bộ', 'Officer record')}
          hint={say('32 ký tự; lấy từ tài khoản của bạn, chỉ sửa khi bạn có bản ghi khác.', '32 characters, from your account.')}
          value={record}
          onChange={(v) => setRecord(v.trim().toLowerCase())}
          maxLength={32}
          error={record && !named ? say('Bản ghi gồm 32 chữ số thập lục phân.', '32 hexadecimal digits.') : undefined}
        />
      </details>
      <Failed failure={doing.failure} />
      {trouble && <AgentTrouble failure={trouble} />}
      {agent === false && !key && (
        <Notice kind="warn" title={say('Chưa thấy phần mềm ký trên máy này', 'No signing program here')}>
          <p>{say('Mở kyso-agent, cắm thiết bị ký rồi bấm nút ký. Phần mềm ký sẽ hiện lại toàn bộ nội dung trước khi hỏi mã PIN.', 'Start kyso-agent, plug in the token, then sign. It shows everything again before it asks for the PIN.')}</p>
        </Notice>
      )}
      <div className="row end">
        {key && (
          <Button type="primary" danger={danger} size="large" loading={doing.busy} onClick={() => void go(() => ('content' in what ? listByPasskey(key, what) : byPasskey(key, what)))}>
            {label} – {say('khóa phê duyệt', 'approval key')}
          </Button>
        )}
        <Button type={key ? 'default' : 'primary'} danger={danger} size="large" disabled={!named} loading={doing.busy} onClick={() => void go(() => ('content' in what ? listByToken(record, what) : byToken(record, what)))}>
          {label} – {say('thiết bị ký', 'token')}
        </Button>
      </div>
      {doing.busy && (
        <p role="status" className="muted">
          {say('Đang chờ bạn xác nhận trên thiết bị…', 'Waiting for you at the key…')}
        </p>
      )}
    </div>
  );
}
