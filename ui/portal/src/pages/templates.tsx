/* Texts that go to people: the reasons officers refuse with, and the templates of mails and SMS. */
import { useState } from 'react';
import { send } from '../api/client';
import { useDoing, useLoad } from '../api/use';
import { useSay } from '../i18n';
import { oneLine, REASON_MAX, REASONS, REASONS_MAX, reasonsOf } from '../lib/refusals';
import { useMe } from '../session';
import { Button } from '../ui/antd';
import { ChoiceField, TextBlock } from '../ui/field';
import { Failed, Loading, Mark, Notice, Page } from '../ui/parts';
import { Tabs } from '../ui/tabs';
import { useTell } from '../ui/toast';

function Reasons({ kept, may, onSaved }: { kept: string[] | undefined; may: boolean; onSaved: () => void }) {
  const say = useSay();
  const tell = useTell();
  const [list, setList] = useState<string[]>(kept ?? REASONS);
  const [fresh, setFresh] = useState('');
  const doing = useDoing();
  const save = (next: string[]) =>
    doing.run(async () => {
      await send('PUT', '/api/v1/refusal-reasons', { reasons: reasonsOf(next) });
      tell(say('Đã lưu mẫu lý do.', 'The reasons are kept.'));
      setList(reasonsOf(next));
      setFresh('');
      onSaved();
    });
  const move = (i: number, step: number) => {
    const next = [...list];
    const [item] = next.splice(i, 1);
    next.splice(i + step, 0, item as string);
    void save(next);
  };
  return (
    <>
      <p>{say('Cán bộ chọn từ danh sách này khi soạn quyết định từ chối, rồi sửa cho từng hồ sơ. Cơ quan đề nghị đọc nguyên văn.', 'Officers choose from these when they draw up a refusal, and adapt them. The organisation reads them as they are.')}</p>
      {kept === undefined && <Notice kind="info">{say('Danh sách có sẵn của hệ thống; chưa ai sửa.', 'The list that comes with the system; nobody has changed it.')}</Notice>}
      <Failed failure={doing.failure} />
      <ol className="plain-list">
        {list.map((r, i) => (
          <li key={r} className="row apart">
            <span className="break spacer">{r}</span>
            {may && (
              <span className="row">
                <Button size="small" disabled={i === 0} onClick={() => move(i, -1)} aria-label={say(`Đưa lên: ${r}`, `Up: ${r}`)}>
                  ↑
                </Button>
                <Button size="small" danger loading={doing.busy} onClick={() => void save(list.filter((x) => x !== r))} aria-label={say(`Xóa: ${r}`, `Remove: ${r}`)}>
                  {say('Xóa', 'Remove')}
                </Button>
              </span>
            )}
          </li>
        ))}
      </ol>
      {may && (
        <div className="sheet-gap">
          <TextBlock label={say('Thêm mẫu lý do', 'Another reason')} rows={2} maxLength={REASON_MAX} value={fresh} onChange={setFresh} />
          <div className="row end sheet-gap">
            <Button type="primary" disabled={!oneLine(fresh) || list.length >= REASONS_MAX} loading={doing.busy} onClick={() => void save([...list, fresh])}>
              {say('Thêm', 'Add')}
            </Button>
          </div>
        </div>
      )}
    </>
  );
}

function ReasonsTab() {
  const me = useMe();
  const { data, failure, reload } = useLoad<{ reasons?: string[] }>('/api/v1/refusal-reasons');
  return (
    <>
      <Failed failure={failure} again={reload} />
      {!data && !failure && <Loading />}
      {data && <Reasons kept={data.reasons} may={me.roles.has('admin') && me.org.kind === 'department'} onSaved={reload} />}
    </>
  );
}

interface Template {
  name: string;
  channel: 'email' | 'sms';
  subject?: string;
  text: string;
}

const NAMES: Record<string, [string, string]> = {
  'activation-mail': ['Thư tài khoản của thuê bao', 'Account letter of a subscriber'],
  'activation-code': ['Mã kích hoạt', 'Activation code'],
  'device-notice': ['Thiết bị mới đã kích hoạt', 'A new device'],
  'request-sent': ['Hồ sơ đã gửi', 'Dossier sent'],
  'request-received': ['Hồ sơ đã tiếp nhận', 'Dossier received'],
  'request-incomplete': ['Yêu cầu bổ sung', 'Additions asked for'],
  'request-refused': ['Từ chối hồ sơ', 'Refusal'],
  'request-result': ['Kết quả cấp mới', 'Result: new'],
  'request-renewed': ['Kết quả gia hạn', 'Result: renewal'],
  'request-changed': ['Kết quả thay đổi thông tin', 'Result: change'],
  'request-revoked': ['Kết quả thu hồi', 'Result: revocation'],
  'request-revoked-overdue': ['Thu hồi tự động khi quá hạn', 'Revoked by itself'],
  'request-lapsed': ['Quá hạn bổ sung', 'Not supplemented in time'],
  'addition-soon': ['Sắp hết hạn bổ sung', 'Additions soon due'],
  'clock-warning': ['Hồ sơ sắp hết hạn giải quyết', 'Nearly due'],
  'clock-overdue': ['Hồ sơ quá hạn', 'Overdue'],
  'clock-arrived': ['Hồ sơ mới', 'New dossier'],
  'clock-oncall': ['Gọi trực ban đêm', 'Paging at night'],
  'clock-oncall-overdue': ['Gọi trực khi quá hạn', 'Paging when overdue'],
  'own-request-link': ['Liên kết văn bản đề nghị của thuê bao', 'Link to the subscriber’s own request'],
  'login-invitation': ['Lời mời đăng nhập', 'Invitation'],
  'login-key-added': ['Đã thêm khóa đăng nhập', 'Key added'],
  'login-key-removed': ['Đã xóa khóa đăng nhập', 'Key removed'],
  'login-new-place': ['Đăng nhập từ nơi mới', 'Log-in from a new place'],
  'login-locked': ['Đăng nhập tạm khóa', 'Log-in locked'],
  renewed: ['Gia hạn, gửi thuê bao', 'Renewal, to the subscriber'],
  changed: ['Thay đổi thông tin, gửi thuê bao', 'Change, to the subscriber'],
  revoked: ['Thu hồi, gửi thuê bao', 'Revocation, to the subscriber'],
  'revoked-overdue': ['Thu hồi tự động, gửi thuê bao', 'Revoked by itself, to the subscriber'],
  'expiry-subscriber': ['Sắp hết hạn, gửi thuê bao', 'About to expire, to the subscriber'],
  'expiry-digest': ['Sắp hết hạn, gửi cơ quan', 'About to expire, to the organisation'],
  'letter-bounced': ['Thư tài khoản bị trả lại', 'Account letter bounced'],
  'dossier-message': ['Trao đổi về hồ sơ', 'Message on a dossier'],
};

function Notices() {
  const say = useSay();
  const { data, failure, reload } = useLoad<{ templates: Template[] }>('/api/v1/templates');
  const [at, setAt] = useState('0');
  const title = (t: Template) => say(NAMES[t.name]?.[0] ?? t.name, NAMES[t.name]?.[1] ?? t.name);
  const shown = data?.templates[Number(at)];
  return (
    <>
      <Failed failure={failure} again={reload} />
      {!data && !failure && <Loading />}
      {data && (
        <ChoiceField
          label={say('Mẫu', 'Template')}
          value={at}
          onChange={setAt}
          options={data.templates.map((t, i): [string, string] => [String(i), `${title(t)} – ${t.channel === 'sms' ? 'SMS' : say('thư điện tử', 'e-mail')}`])}
        />
      )}
      {shown && (
        <div className="sheet-gap">
          <p className="row">
            <Mark tone="plain">{shown.channel === 'sms' ? 'SMS' : say('Thư điện tử', 'E-mail')}</Mark>
            <code>
              {shown.name}.{shown.channel}.txt
            </code>
          </p>
          {shown.subject && (
            <p>
              <span className="muted">{say('Tiêu đề', 'Subject')}:</span> <strong>{shown.subject}</strong>
            </p>
          )}
          <div className="letter" tabIndex={0} role="group" aria-label={title(shown)}>
            {shown.text}
          </div>
          <p className="field-hint">
            {say(
              'Chỗ trong ngoặc nhọn được điền khi gửi. SMS gửi không dấu. Bộ phận vận hành sửa mẫu trong thư mục mẫu của máy chủ; có hiệu lực khi dịch vụ khởi động lại.',
              'What stands in braces is filled in. SMS go without marks. Operators change the files in the server’s folder of templates; they count from its next start.',
            )}
          </p>
        </div>
      )}
    </>
  );
}

export default function Templates() {
  const say = useSay();
  return (
    <Page title={say('Mẫu thông báo, lý do từ chối', 'Templates')}>
      <div className="sheet">
        <Tabs
          label={say('Loại mẫu', 'Kinds of templates')}
          items={[
            { key: 'reasons', label: say('Lý do từ chối', 'Reasons of refusals'), children: <ReasonsTab /> },
            { key: 'notices', label: say('Thư và tin nhắn', 'Mails and SMS'), children: <Notices /> },
          ]}
        />
      </div>
    </Page>
  );
}
