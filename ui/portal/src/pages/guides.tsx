/* Guides: what a clerk, a signing head, an officer and a subscriber do, step by step. */
import { useEffect } from 'react';
import { useLocation } from 'react-router-dom';
import { useSay } from '../i18n';
import { Page } from '../ui/parts';

export default function Guides() {
  const say = useSay();
  const { hash } = useLocation();
  useEffect(() => {
    if (hash) document.getElementById(hash.slice(1))?.scrollIntoView();
  }, [hash]);
  const section = (id: string, title: string, steps: string[]) => (
    <section className="sheet sheet-gap" id={id} aria-labelledby={`${id}-h`}>
      <h2 id={`${id}-h`}>{title}</h2>
      <ol>
        {steps.map((s) => (
          <li key={s} style={{ padding: '.2rem 0' }}>
            {s}
          </li>
        ))}
      </ol>
    </section>
  );
  return (
    <Page title={say('Hướng dẫn', 'Guides')} actions={<button type="button" className="link-button no-print" onClick={() => window.print()}>{say('In trang này', 'Print')}</button>}>
      {section('dang-nhap', say('Đăng nhập lần đầu', 'The first log-in'), [
        say('Mở thư “lời mời” trong thư điện tử công vụ và chọn liên kết; liên kết có hiệu lực 7 ngày, dùng một lần.', 'Open the invitation in your official mailbox; its link is good for 7 days and one use.'),
        say('Đặt tên cho khóa và chọn “Tạo khóa truy cập”. Trình duyệt hỏi vân tay, khuôn mặt, mã PIN hoặc khóa bảo mật.', 'Name the key and choose “Make a passkey”. The browser asks for fingerprint, face, PIN or security key.'),
        say('Những lần sau chọn “Đăng nhập bằng khóa truy cập”. Nên thêm khóa thứ hai trong “Tài khoản của tôi”.', 'From then on choose “Log in with a passkey”. Add a second key under “My account”.'),
      ])}
      {section('he-thong', say('Dành cho cơ quan, tổ chức quản lý trực tiếp', 'For organisations'), [
        say('Chọn “Lập hồ sơ” và thủ tục. Nhập thông tin văn bản và người tiếp nhận chứng thư số.', 'Choose “New dossier” and the procedure. Say who signs and who receives the result.'),
        say('Nhập từng người, dán từ bảng tính, hoặc tải tệp .xlsx, .csv theo mẫu. Dòng lỗi hiện ngay kèm cách sửa; các dòng đúng vẫn được nhận.', 'Enter people one by one, paste them, or upload .xlsx or .csv. Wrong rows are shown with what to do; the others are entered.'),
        say('Bảo đảm mỗi thuê bao có văn bản đề nghị: gửi liên kết để thuê bao tự điền, hoặc tải bản PDF.', 'See that each subscriber’s own request is there: send a link, or upload a PDF.'),
        say('Kiểm tra văn bản do hệ thống tạo. Người ký mở hồ sơ ở “Việc cần làm”, cắm thiết bị và chọn “Ký số và gửi hồ sơ”.', 'Check the document. The signing head finds it under “To do”, plugs in the token and signs.'),
        say('Theo dõi hạn giải quyết. Khi có “Yêu cầu bổ sung”, trả lời hoặc mở lại để sửa; thời hạn tạm dừng trong lúc chờ.', 'Follow the time limit. When additions are asked for, answer or correct; the clock stands meanwhile.'),
      ])}
      {section('can-bo', say('Dành cho cán bộ giải quyết', 'For officers'), [
        say('Mở “Hàng đợi xử lý”. Phím j, k di chuyển; r tiếp nhận; e thẩm định; a phê duyệt; b yêu cầu bổ sung; t từ chối; ? xem bảng phím.', 'Open the queue. j and k move; r receives; e examines; a approves; b asks; t refuses; ? helps.'),
        say('Người thẩm định và người phê duyệt một hồ sơ là hai người khác nhau.', 'Who examines a dossier does not approve it.'),
        say('Khi phê duyệt, đọc toàn bộ nội dung sẽ ký rồi ký bằng thiết bị. Trình duyệt đã đối chiếu với nội dung cơ quan ký.', 'Before approving, read everything that you sign. The browser has compared it with what the organisation signed.'),
      ])}
      {section('ky-so', say('Dành cho thuê bao: ký số tập trung', 'For subscribers'), [
        say('Mở thư “Thông tin tài khoản” trên điện thoại và chọn liên kết kích hoạt.', 'Open the account letter on your phone and follow its link.'),
        say('Nhập mã nhận qua SMS, đăng ký khóa trên điện thoại.', 'Type the code from the SMS and register the phone.'),
        say('Khi một ứng dụng yêu cầu ký, đọc nội dung trên điện thoại rồi phê duyệt hoặc từ chối.', 'When a program asks for a signature, read it on the phone, then approve or refuse.'),
        say('Mất điện thoại: báo ngay cơ quan để khóa tài khoản ký và đề nghị thu hồi.', 'Lost the phone? Tell your organisation at once.'),
      ])}
    </Page>
  );
}
