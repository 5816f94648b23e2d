import { useSay } from '../i18n';
import { Facts, Page, Sheet } from '../ui/parts';

export default function Contact() {
  const say = useSay();
  return (
    <Page title={say('Liên hệ', 'Contact')}>
      <Sheet title={say('Cục Chứng thực số và Bảo mật thông tin', 'Department of Digital Certification')}>
        <Facts
          items={[
            [say('Trực thuộc', 'Under'), say('Ban Cơ yếu Chính phủ', 'Government Cipher Committee')],
            [say('Địa chỉ', 'Address'), say('Lô CN27A, Khu công nghệ cao Hòa Lạc, Hà Nội', 'Lot CN27A, Hòa Lạc Hi-Tech Park, Hanoi')],
            [say('Cổng dịch vụ công', 'Portal'), 'https://dichvucong.ca.gov.vn'],
          ]}
        />
      </Sheet>
      <Sheet title={say('Cần hỗ trợ', 'Support')} className="sheet-gap">
        <ul>
          <li>{say('Thuê bao: liên hệ người hỗ trợ của cơ quan; tên và số điện thoại có trong thư thông tin tài khoản.', 'Subscribers: the support person of your organisation, named in the account letter.')}</li>
          <li>{say('Cơ quan, tổ chức: ghi mã hồ sơ và “mã yêu cầu” trên thông báo lỗi khi liên hệ Cục.', 'Organisations: give the code of the dossier and the request id of the message.')}</li>
          <li>{say('Khóa bí mật bị lộ: lập hồ sơ thu hồi ngay, hệ thống giải quyết trong 12 giờ kể cả ngày nghỉ.', 'A key is exposed: file a revocation at once; it is answered within 12 hours, also on holidays.')}</li>
        </ul>
      </Sheet>
    </Page>
  );
}
