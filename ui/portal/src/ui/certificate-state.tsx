import type { Certificate } from '../api/shapes';
import { useSay } from '../i18n';
import { Mark } from './parts';

const SOON_DAYS = 60;

export function CertificateState({ c }: { c: Certificate }) {
  const say = useSay();
  if (c.state === 'revoked') return <Mark tone="bad">{say('Đã thu hồi', 'Revoked')}</Mark>;
  if (c.state === 'expired') return <Mark tone="plain">{say('Hết hạn', 'Expired')}</Mark>;
  if (c.days_left <= SOON_DAYS) return <Mark tone="wait">{say(`Sắp hết hạn, còn ${c.days_left} ngày`, `${c.days_left} days left`)}</Mark>;
  return <Mark tone="good">{say('Đang hiệu lực', 'In force')}</Mark>;
}
