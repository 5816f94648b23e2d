/* For support people: was the account letter delivered, opened, the account activated? */
import { useState, type FormEvent } from 'react';
import { query } from '../api/client';
import type { Subscriber } from '../api/shapes';
import { usePages } from '../api/use';
import { useLanguage, useSay } from '../i18n';
import { timeText } from '../lib/dates';
import type { Tone } from '../lib/states';
import { Button } from './antd';
import { ChoiceField, TextField } from './field';
import { Empty, Failed, Loading, Mark, More } from './parts';

const LETTER: Record<Subscriber['letter'], Tone> = { none: 'plain', queued: 'work', sent: 'good', bounced: 'bad', dead: 'bad' };
const ACTIVATION: Record<Subscriber['activation'], Tone> = { none: 'plain', waiting: 'wait', opened: 'work', done: 'good', expired: 'bad', dead: 'bad' };

export function Subscribers() {
  const say = useSay();
  const { language } = useLanguage();
  const [words, setWords] = useState('');
  const [q, setQ] = useState('');
  const [activation, setActivation] = useState('');
  const list = usePages<Subscriber>(`/api/v1/subscribers${query({ q, activation, limit: 50 })}`, 'subscribers');
  const find = (e: FormEvent) => {
    e.preventDefault();
    setQ(words.trim());
  };
  return (
    <>
      <form className="filters" role="search" onSubmit={find} aria-label={say('Lọc thuê bao', 'Filter subscribers')}>
        <TextField label={say('Tìm theo tên', 'Name')} value={words} onChange={setWords} maxLength={64} />
        <ChoiceField
          label={say('Kích hoạt', 'Activation')}
          value={activation}
          onChange={setActivation}
          options={[
            ['', say('Tất cả', 'All')],
            ['waiting', say('Chưa kích hoạt', 'Waiting')],
            ['expired', say('Đã quá hạn kích hoạt', 'Expired')],
          ]}
        />
        <Button htmlType="submit">{say('Tìm', 'Find')}</Button>
      </form>
      <div className="sheet-gap">
        <Failed failure={list.failure} again={list.reload} />
      </div>
      {list.loading && list.items.length === 0 && !list.failure && <Loading />}
      {!list.loading && !list.failure && list.items.length === 0 && (
        <Empty>
          <p>{say('Không có thuê bao nào khớp với điều kiện.', 'No subscriber matches.')}</p>
        </Empty>
      )}
      {list.items.length > 0 && (
        <div className="table-wrap" tabIndex={0} role="group" aria-label={say('Tình trạng thuê bao', 'Subscribers')}>
          <table className="list fold">
            <caption className="hidden">{say('Tình trạng thuê bao', 'Subscribers')}</caption>
            <thead>
              <tr>
                <th scope="col">{say('Thuê bao', 'Subscriber')}</th>
                <th scope="col">{say('Cấp lúc', 'Issued')}</th>
                <th scope="col">{say('Thư tài khoản', 'Account letter')}</th>
                <th scope="col">{say('Kích hoạt', 'Activation')}</th>
              </tr>
            </thead>
            <tbody>
              {list.items.map((s) => (
                <tr key={s.serial}>
                  <th scope="row" data-label={say('Thuê bao', 'Subscriber')}>
                    <span>
                      {s.name}
                      <span className="muted small break" style={{ display: 'block', fontWeight: 400 }}>
                        {s.email}
                      </span>
                    </span>
                  </th>
                  <td className="num" data-label={say('Cấp lúc', 'Issued')}>
                    {timeText(s.issued_at)}
                  </td>
                  <td data-label={say('Thư tài khoản', 'Account letter')}>
                    <span>
                      <Mark tone={LETTER[s.letter]}>{language === 'vi' ? s.letter_vi : s.letter}</Mark>
                      {s.letter_error && <div className="small break">{s.letter_error}</div>}
                    </span>
                  </td>
                  <td data-label={say('Kích hoạt', 'Activation')}>
                    <span>
                      <Mark tone={ACTIVATION[s.activation]}>{language === 'vi' ? s.activation_vi : s.activation}</Mark>
                      {s.expires_at && (
                        <div className="small muted">
                          {say('hạn', 'until')} {timeText(s.expires_at)}
                        </div>
                      )}
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <More more={list.more} loading={list.loading} onMore={list.loadMore} />
    </>
  );
}
