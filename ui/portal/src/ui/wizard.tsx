/* Where one is on the way of a dossier; the same head over every step. */
import { useSay } from '../i18n';
import { Steps } from './antd';

export function WizardHead({ at }: { at: 0 | 1 | 2 | 3 | 4 | 5 }) {
  const say = useSay();
  const titles = [
    say('Chọn thủ tục', 'Procedure'),
    say('Thông tin văn bản', 'Document'),
    say('Nhập danh sách', 'People'),
    say('Kiểm tra văn bản', 'Check'),
    say('Ký số', 'Sign'),
    say('Đã gửi', 'Sent'),
  ];
  return (
    <div className="steps-head" role="group" aria-label={say(`Bước ${at + 1} trong ${titles.length}: ${titles[at]}`, `Step ${at + 1} of ${titles.length}: ${titles[at]}`)}>
      <Steps current={at} responsive items={titles.map((title) => ({ title }))} size="small" />
    </div>
  );
}
