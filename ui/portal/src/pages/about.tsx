/* What the service is. */
import { Link } from 'react-router-dom';
import { useSay } from '../i18n';
import { LinkButton } from '../ui/link-button';
import { Page, Sheet } from '../ui/parts';

export default function About() {
  const say = useSay();
  return (
    <Page title={say('Giới thiệu', 'About')}>
      <section className="hero on-dark">
        <h2 style={{ color: '#fff', fontSize: '1.7rem' }}>{say('Ký số tập trung cho cán bộ, giáo viên, nhân viên y tế', 'Central signing for teachers, lecturers and health staff')}</h2>
        <p>
          {say(
            'Không cần USB Token hay SIM: khóa bí mật nằm trong thiết bị HSM của cơ quan chứng thực và chỉ ký khi chính bạn phê duyệt trên điện thoại.',
            'No USB token, no SIM: the private key stays in the authority’s HSM and signs only what you approve on your phone.',
          )}
        </p>
        <div className="row">
          <Link className="plain-button" to="/login">
            {say('Đăng nhập', 'Log in')}
          </Link>
          <Link className="plain-button" to="/thu-tuc">
            {say('Xem thủ tục', 'Procedures')}
          </Link>
        </div>
      </section>
      <div className="grid-2">
        <Sheet title={say('Ai được sử dụng', 'For whom')}>
          <ul>
            <li>{say('Cá nhân thuộc lĩnh vực giáo dục, đào tạo, y tế.', 'Persons in education, training and health.')}</li>
            <li>{say('Không áp dụng cho người có thẩm quyền của cơ quan, tổ chức và người thực hiện giao dịch điện tử liên quan đến tài chính, ngân sách nhà nước.', 'Not for persons with authority, nor for finance and state budget transactions.')}</li>
          </ul>
        </Sheet>
        <Sheet title={say('Cần chuẩn bị', 'What is needed')}>
          <ul>
            <li>{say('Tài khoản thư điện tử công vụ đang hoạt động.', 'A working official e-mail account.')}</li>
            <li>{say('Điện thoại iOS 14 hoặc Android 9.0 trở lên, số di động chính chủ.', 'iOS 14 or Android 9.0, and a mobile number in one’s own name.')}</li>
            <li>{say('Máy tính Windows 10 trở lên có kết nối mạng Internet.', 'A computer with Windows 10 or later, on the Internet.')}</li>
          </ul>
        </Sheet>
        <Sheet title={say('Các bước', 'How it works')}>
          <ol>
            <li>{say('Thuê bao có văn bản đề nghị gửi cơ quan, tổ chức quản lý trực tiếp.', 'The subscriber writes to the managing body.')}</li>
            <li>{say('Cơ quan nhập thông tin, ký số và gửi hồ sơ trên hệ thống này.', 'The body enters, signs and sends the dossier here.')}</li>
            <li>{say('Cục Chứng thực số và Bảo mật thông tin giải quyết trong 03 ngày làm việc; thu hồi trong 12 giờ.', 'The Department answers within 3 working days; revocation within 12 hours.')}</li>
            <li>{say('Thuê bao nhận thông tin tài khoản qua thư điện tử công vụ và kích hoạt trên điện thoại.', 'The subscriber gets the account letter and activates on the phone.')}</li>
          </ol>
        </Sheet>
        <Sheet title={say('Bắt đầu', 'Begin')}>
          <div className="row">
            <LinkButton to="/huong-dan">{say('Hướng dẫn', 'Guides')}</LinkButton>
            <LinkButton to="/tai-ve">{say('Biểu mẫu', 'Forms')}</LinkButton>
            <LinkButton to="/lien-he">{say('Liên hệ', 'Contact')}</LinkButton>
          </div>
        </Sheet>
      </div>
    </Page>
  );
}
