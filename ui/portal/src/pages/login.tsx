/* Log-in: a passkey, or the certificate on a token. Comes back here from the certificate port with #code or #error. */
import { useEffect, useRef, useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router-dom';
import { post } from '../api/client';
import { useDoing } from '../api/use';
import { useSay } from '../i18n';
import { KeyCancelled, passkeysThere } from '../lib/webauthn';
import { CERTIFICATE_CHANNEL, CERTIFICATE_WINDOW, goToCertificatePort, proveByPasskey, takeBack, useSession } from '../session';
import { Button } from '../ui/antd';
import { Failed, Notice, Page } from '../ui/parts';

const REFUSALS: Record<string, [string, string]> = {
  start_invalid: ['Lượt đăng nhập không còn hiệu lực; đề nghị bắt đầu lại.', 'The log-in was begun too long ago; begin again.'],
  key_unknown: ['Chứng thư số này chưa được đăng ký để đăng nhập.', 'This certificate is not registered for logging in.'],
  account_closed: ['Tài khoản đã đóng.', 'The account is closed.'],
  identity_differs: ['Phiên làm việc này được mở bằng khóa khác.', 'The session came from another key.'],
  certificate_missing: ['Trình duyệt không gửi chứng thư số. Hãy cắm thiết bị và thử lại.', 'The browser sent no certificate. Plug the token in and try again.'],
  certificate_untrusted: ['Chứng thư số không do tổ chức được chấp nhận cấp.', 'The issuer of the certificate is not accepted here.'],
  certificate_unfit: ['Chứng thư số này không dùng để đăng nhập được.', 'The certificate is not meant for logging in.'],
  certificate_expired: ['Chứng thư số đã hết hạn hoặc chưa có hiệu lực.', 'The certificate has expired or is not valid yet.'],
  certificate_revoked: ['Chứng thư số đã bị thu hồi.', 'The certificate is revoked.'],
  revocation_unknown: ['Chưa có dữ liệu thu hồi trong 24 giờ qua cho chứng thư số này. Hãy thử lại sau.', 'Whether the certificate is revoked is not known now. Try again later.'],
};

/* The fragment of the address, read once and taken out of it: a code is nothing to keep in the history. */
function takeFragment(): URLSearchParams {
  const fragment = new URLSearchParams(location.hash.slice(1));
  if (location.hash) history.replaceState(history.state, '', location.pathname + location.search);
  return fragment;
}

export default function LogIn() {
  const say = useSay();
  const { me, refresh } = useSession();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const [fragment] = useState(takeFragment);
  const [cancelled, setCancelled] = useState(false);
  const doing = useDoing();
  const used = useRef(false);
  const next = search.get('tiep') ?? '';
  const back = /^\/(?!\/)/.test(next) ? next : '/viec';
  const code = fragment.get('code');
  const refused = REFUSALS[fragment.get('error') ?? ''];
  const { run } = doing;

  useEffect(() => {
    if (!code || used.current) return;
    used.current = true;
    void run(async () => {
      await post('/api/v1/session', { code });
      if (window.name === CERTIFICATE_WINDOW) {
        new BroadcastChannel(CERTIFICATE_CHANNEL).postMessage('done');
        window.close();
        return;
      }
      await refresh();
      navigate(takeBack(), { replace: true });
    });
  }, [code, run, refresh, navigate]);

  const byPasskey = () =>
    doing.run(async () => {
      setCancelled(false);
      try {
        await proveByPasskey();
      } catch (e) {
        if (!(e instanceof KeyCancelled)) throw e;
        setCancelled(true);
        return;
      }
      await refresh();
      navigate(back, { replace: true });
    });

  return (
    <div className="log-in">
      <div>
        <Page title={say('Đăng nhập', 'Log in')}>
          <p>
            {say(
              'Dành cho cơ quan, tổ chức quản lý trực tiếp thuê bao và cán bộ của Cục Chứng thực số và Bảo mật thông tin.',
              'For the organisations that manage subscribers and for officers of the Department.',
            )}
          </p>
          <ul>
            <li>{say('Không dùng mật khẩu. Bạn đăng nhập bằng khóa truy cập (vân tay, khuôn mặt, mã PIN của máy, khóa bảo mật) hoặc bằng chứng thư số trên thiết bị.', 'There are no passwords: use a passkey (fingerprint, face, PIN, security key) or the certificate on your token.')}</li>
            <li>{say('Chưa có tài khoản? Người quản trị của cơ quan gửi lời mời đến thư điện tử công vụ của bạn.', 'No account yet? Your administrator sends an invitation to your official e-mail.')}</li>
          </ul>
          <p>
            <Link to="/huong-dan/he-thong#dang-nhap">{say('Hướng dẫn đăng nhập', 'How to log in')}</Link>
          </p>
        </Page>
      </div>
      <section className="sheet" aria-label={say('Chọn cách đăng nhập', 'Ways to log in')}>
        {refused && (
          <Notice kind="bad" live title={say('Chưa đăng nhập được', 'Not logged in')}>
            <p>{say(...refused)}</p>
          </Notice>
        )}
        {cancelled && (
          <Notice kind="warn" live>
            <p>
              {say(
                'Chưa xác nhận được khóa truy cập: đã hủy, quá thời gian, hoặc máy này chưa có khóa của hệ thống.',
                'The passkey was not confirmed: cancelled, too slow, or there is none for this site on this device.',
              )}
            </p>
          </Notice>
        )}
        <Failed failure={doing.failure} />
        {me && (
          <Notice kind="info">
            <p>
              {say('Bạn đang đăng nhập với tên', 'You are logged in as')} <strong>{me.session.staff.name}</strong>.{' '}
              <Link to="/viec">{say('Vào trang làm việc', 'Go to your work')}</Link>
            </p>
          </Notice>
        )}
        <div className="ways">
          <Button type="primary" size="large" block loading={doing.busy} disabled={!passkeysThere()} onClick={() => void byPasskey()}>
            {say('Đăng nhập bằng khóa truy cập', 'Log in with a passkey')}
          </Button>
          {!passkeysThere() && <p className="field-hint">{say('Trình duyệt này chưa hỗ trợ khóa truy cập.', 'This browser has no passkeys.')}</p>}
          <Button size="large" block disabled={doing.busy} onClick={() => void doing.run(() => goToCertificatePort(back))}>
            {say('Đăng nhập bằng chứng thư số', 'Log in with a certificate')}
          </Button>
          <p className="field-hint">
            {say('Cắm thiết bị (USB Token) trước khi chọn; trình duyệt sẽ hỏi chứng thư số và mã PIN.', 'Plug in the token first; the browser asks for the certificate and the PIN.')}
          </p>
        </div>
      </section>
    </div>
  );
}
