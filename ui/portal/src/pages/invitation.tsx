/* An invitation from the mail: its secret stands behind the #; the first passkey is registered here. */
import { useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { post } from '../api/client';
import { useDoing } from '../api/use';
import { useSay } from '../i18n';
import { KeyCancelled, registerPasskey, type NewPasskey } from '../lib/webauthn';
import { useSession } from '../session';
import { Button } from '../ui/antd';
import { TextField } from '../ui/field';
import { Failed, Loading, Notice, Page, Sheet } from '../ui/parts';

export default function Invitation() {
  const say = useSay();
  const { refresh } = useSession();
  const navigate = useNavigate();
  const [secret] = useState(() => location.hash.slice(1));
  const [options, setOptions] = useState<NewPasskey>();
  const [name, setName] = useState(() => say('Máy tính cơ quan', 'Office computer'));
  const [cancelled, setCancelled] = useState(false);
  const opening = useDoing();
  const making = useDoing();
  const asked = useRef(false);
  const { run } = opening;

  useEffect(() => {
    if (asked.current) return;
    asked.current = true;
    void run(async () => setOptions(await post<NewPasskey>('/api/v1/session/invitation', { invitation: secret })));
  }, [run, secret]);

  const register = () =>
    making.run(async () => {
      setCancelled(false);
      try {
        /* Each attempt has a challenge of its own: one that failed leaves nothing behind. */
        const fresh = await post<NewPasskey>('/api/v1/session/invitation', { invitation: secret });
        await post('/api/v1/session/registration', { ...(await registerPasskey(fresh)), name: name.trim() });
      } catch (e) {
        if (!(e instanceof KeyCancelled)) throw e;
        setCancelled(true);
        return;
      }
      history.replaceState(history.state, '', location.pathname);
      await refresh();
      navigate('/viec', { replace: true });
    });

  return (
    <Page title={say('Nhận lời mời', 'Accept the invitation')}>
      <Failed failure={opening.failure} />
      {!options && !opening.failure && <Loading />}
      {options && (
        <Sheet title={say(`Xin chào ${options.user.displayName}`, `Welcome, ${options.user.displayName}`)}>
          <p>
            {say('Tài khoản', 'Account')}: <strong>{options.user.name}</strong>
          </p>
          <p>
            {say(
              'Hãy tạo khóa truy cập để đăng nhập những lần sau. Khóa nằm trên máy này, điện thoại hoặc khóa bảo mật của bạn và được mở bằng vân tay, khuôn mặt hoặc mã PIN. Hệ thống không lưu mật khẩu.',
              'Make a passkey for logging in from now on. It stays on this computer, your phone or your security key and is opened by fingerprint, face or PIN. No password is kept anywhere.',
            )}
          </p>
          <TextField
            label={say('Tên của khóa', 'Name of the key')}
            hint={say('Để bạn nhận ra khóa này về sau, ví dụ “Máy tính phòng văn thư”.', 'So that you recognise it later.')}
            value={name}
            onChange={setName}
            maxLength={60}
            required
            error={name.trim() ? undefined : say('Hãy đặt tên cho khóa.', 'Give the key a name.')}
          />
          {cancelled && (
            <Notice kind="warn" live>
              <p>{say('Chưa tạo được khóa: đã hủy hoặc quá thời gian. Bạn có thể làm lại.', 'No key was made: cancelled or too slow. You can try again.')}</p>
            </Notice>
          )}
          <Failed failure={making.failure} />
          <div className="row sheet-gap">
            <Button type="primary" size="large" loading={making.busy} disabled={!name.trim()} onClick={() => void register()}>
              {say('Tạo khóa truy cập', 'Make a passkey')}
            </Button>
          </div>
        </Sheet>
      )}
    </Page>
  );
}
