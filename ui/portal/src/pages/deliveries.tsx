/* Messages to people: which went out, came back, were given up; sending again. */
import { Link, useSearchParams } from 'react-router-dom';
import { post, query } from '../api/client';
import type { components } from '../api/openapi';
import { useDoing, usePages } from '../api/use';
import { useLanguage, useSay } from '../i18n';
import { timeText } from '../lib/dates';
import type { Tone, Words } from '../lib/states';
import { Button } from '../ui/antd';
import { ChoiceField } from '../ui/field';
import { Empty, Failed, Loading, Mark, More, Page } from '../ui/parts';
import { useTell } from '../ui/toast';

type Message = components['schemas']['Message'];

const STATES: Record<Message['state'], Words & { tone: Tone }> = {
  waiting: { vi: 'Đang chờ gửi', en: 'Waiting', tone: 'work' },
  sent: { vi: 'Đã gửi', en: 'Sent', tone: 'good' },
  bounced: { vi: 'Bị trả lại', en: 'Bounced', tone: 'bad' },
  dead: { vi: 'Không gửi được', en: 'Given up', tone: 'bad' },
};

export default function Deliveries() {
  const say = useSay();
  const { language } = useLanguage();
  const tell = useTell();
  const [search, setSearch] = useSearchParams();
  const state = search.get('state') ?? '';
  const list = usePages<Message>(`/api/v1/messages${query({ state, limit: 50 })}`, 'messages');
  const doing = useDoing();
  const again = (m: Message) =>
    doing.run(async () => {
      await post(`/api/v1/messages/${m.id}/retry`);
      tell(say('Thư sẽ được gửi lại.', 'It will be sent again.'));
      list.reload();
    });
  return (
    <Page title={say('Thư, tin nhắn đã gửi', 'Messages sent')}>
      <div className="sheet filters">
        <ChoiceField
          label={say('Trạng thái', 'State')}
          value={state}
          onChange={(v) => setSearch(v ? { state: v } : {}, { replace: true })}
          options={[['', say('Tất cả', 'All')], ...Object.entries(STATES).map(([id, s]): [string, string] => [id, s[language]])]}
        />
      </div>
      <div className="sheet tight sheet-gap">
        <Failed failure={list.failure ?? doing.failure} again={list.reload} />
        {list.loading && list.items.length === 0 && !list.failure && <Loading />}
        {!list.loading && !list.failure && list.items.length === 0 && (
          <Empty>
            <p>{say('Không có thư nào.', 'There is none.')}</p>
          </Empty>
        )}
        {list.items.length > 0 && (
          <div className="table-wrap" tabIndex={0} role="group" aria-label={say('Danh sách thư', 'Messages')}>
            <table className="list fold">
              <caption className="hidden">{say('Danh sách thư', 'Messages')}</caption>
              <thead>
                <tr>
                  <th scope="col">{say('Lập lúc', 'Made')}</th>
                  <th scope="col">{say('Loại', 'Kind')}</th>
                  <th scope="col">{say('Hồ sơ', 'Dossier')}</th>
                  <th scope="col">{say('Trạng thái', 'State')}</th>
                  <th scope="col">{say('Thao tác', 'Action')}</th>
                </tr>
              </thead>
              <tbody>
                {list.items.map((m) => (
                  <tr key={m.id}>
                    <td className="num" data-label={say('Lập lúc', 'Made')}>
                      {timeText(m.created_at)}
                    </td>
                    <td data-label={say('Loại', 'Kind')}>
                      {m.template} <span className="muted small">({m.channel === 'sms' ? 'SMS' : say('thư điện tử', 'e-mail')})</span>
                    </td>
                    <td data-label={say('Hồ sơ', 'Dossier')}>{m.dossier ? <Link to={`/ho-so/${m.dossier}`}>{say('Mở hồ sơ', 'Open')}</Link> : '–'}</td>
                    <td data-label={say('Trạng thái', 'State')}>
                      <span>
                        <Mark tone={STATES[m.state].tone}>{STATES[m.state][language]}</Mark>
                        {m.last_error && <div className="small break">{m.last_error}</div>}
                      </span>
                    </td>
                    <td data-label={say('Thao tác', 'Action')}>
                      {(m.state === 'bounced' || m.state === 'dead') && (
                        <Button size="small" loading={doing.busy} onClick={() => void again(m)}>
                          {say('Gửi lại', 'Send again')}
                        </Button>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        <More more={list.more} loading={list.loading} onMore={list.loadMore} />
      </div>
    </Page>
  );
}
