/* The three downloads that the letter names: forms, guide to this system, guide to central signing. */
import { Link } from 'react-router-dom';
import { useSay } from '../i18n';
import { LEGAL } from '../lib/legal';
import { Page, Sheet } from '../ui/parts';

export default function Downloads() {
  const say = useSay();
  return (
    <Page title={say('Biểu mẫu, tài liệu', 'Downloads')}>
      <Sheet title={say('Mẫu biểu', 'Forms')}>
        <p>{say('Hệ thống tự điền mẫu biểu từ thông tin bạn nhập và tạo tệp PDF để ký số; không cần điền tay.', 'The system fills the forms from what you enter and draws the PDF that is signed.')}</p>
        <ul>
          {LEGAL.procedures.map((p) => (
            <li key={p.key}>
              {say('Mẫu số', 'Form')} {p.form.number} – {p.form.title} <span className="muted small">({p.form.source})</span>
            </li>
          ))}
        </ul>
        <p>
          {say('Mẫu danh sách thuê bao (.xlsx, .csv) tải tại bước “Nhập danh sách” khi lập hồ sơ.', 'The list template (.xlsx, .csv) is offered where people are entered.')}{' '}
          <Link to="/ho-so/moi">{say('Lập hồ sơ', 'New dossier')}</Link>
        </p>
      </Sheet>
      <Sheet title={say('Hướng dẫn sử dụng hệ thống', 'Guide to this system')} className="sheet-gap">
        <p>
          <Link to="/huong-dan#he-thong">{say('Đọc hướng dẫn dành cho cơ quan, tổ chức', 'Guide for organisations')}</Link>. {say('Dùng lệnh In của trình duyệt để lưu thành PDF.', 'Print it to keep it as PDF.')}
        </p>
      </Sheet>
      <Sheet title={say('Hướng dẫn ký số tập trung', 'Guide to central signing')} className="sheet-gap">
        <p>
          <Link to="/huong-dan#ky-so">{say('Đọc hướng dẫn dành cho thuê bao', 'Guide for subscribers')}</Link>
        </p>
      </Sheet>
    </Page>
  );
}
