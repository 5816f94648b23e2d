/* Asks for the log-in key once more before something is approved. */
import { useEffect } from 'react';
import { useDoing } from '../api/use';
import { useSay } from '../i18n';
import { KeyCancelled } from '../lib/webauthn';
import { goToCertificatePopup, useSession, type Asking } from '../session';
import { Button } from './antd';
import { Dialog, Failed, Notice } from './parts';

function Ask({ asking }: { asking: Asking }) {
  const say = useSay();
  const { me } = useSession();
  const doing = useDoing();
  const byCertificate = me?.session.key_kind === 'certificate';
  const prove = () =>
    doing.run(async () => {
      try {
        await (byCertificate ? goToCertificatePopup() : Promise.resolve());
        await asking.prove(!byCertificate);
      } catch (e) {
        if (!(e instanceof KeyCancelled)) throw e;
      }
    });
  useEffect(() => {
    document.getElementById('step-up-go')?.focus();
  }, []);
  return (
    <Dialog
      title={say('Xác nhận lại danh tính', 'Confirm that it is you')}
      onClose={asking.cancel}
      foot={
        <>
          <Button onClick={asking.cancel}>{say('Hủy', 'Cancel')}</Button>
          <Button id="step-up-go" type="primary" loading={doing.busy} onClick={() => void prove()}>
            {byCertificate ? say('Dùng chứng thư số', 'Use the certificate') : say('Dùng khóa truy cập', 'Use the passkey')}
          </Button>
        </>
      }
    >
      <Failed failure={doing.failure} />
      <Notice kind="info">
        <p>
          {say(
            'Thao tác này cần bạn dùng lại chính khóa đã đăng nhập, trong vòng 5 phút trước khi thực hiện. Nội dung đang làm vẫn được giữ.',
            'This needs the key you logged in with, used within the last 5 minutes. What you are doing is kept.',
          )}
        </p>
        {me?.session.key_name && (
          <p>
            {say('Khóa đã đăng nhập', 'Logged in with')}: <strong>{me.session.key_name}</strong>
          </p>
        )}
      </Notice>
    </Dialog>
  );
}

export function StepUp() {
  const { asking } = useSession();
  return asking ? <Ask asking={asking} /> : null;
}
