/* How many certificates end in each of the next months. */
import { useState } from 'react';
import { useLoad } from '../api/use';
import { useSay } from '../i18n';
import { outlookBars, type OutlookMonth } from '../lib/renewal';
import { ChoiceField } from './field';
import { Failed, Loading } from './parts';

export function Outlook() {
  const say = useSay();
  const [count, setCount] = useState('12');
  const { data, failure, reload } = useLoad<{ months: OutlookMonth[] }>('/api/v1/outlook');
  const bars = outlookBars(data?.months ?? [], Number(count));
  return (
    <>
      <div style={{ maxWidth: '16rem' }}>
        <ChoiceField label={say('Xem trước', 'Look ahead')} value={count} onChange={setCount} options={['12', '24', '60'].map((n): [string, string] => [n, say(`${n} tháng`, `${n} months`)])} />
      </div>
      <Failed failure={failure} again={reload} />
      {!data && !failure && <Loading />}
      {data && (
        <ul className="plain-bars sheet-gap" aria-label={say('Số chứng thư số hết hạn theo tháng', 'Certificates that end, by month')}>
          {bars.map((b) => (
            <li key={b.month} className="bar-row">
              <span className="num">{b.month.split('-').reverse().join('/')}</span>
              <span className="bar-track" aria-hidden="true">
                <span className="bar-fill" style={{ width: `${b.percent}%` }} />
              </span>
              <strong className="num right">{b.certificates.toLocaleString('vi-VN')}</strong>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
