/* The keepers' registry logs as `web` has copied them, with the check of their chain. */
import { useState } from 'react';
import { query } from '../api/client';
import type { components } from '../api/openapi';
import { useLoad } from '../api/use';
import { useLanguage, useSay } from '../i18n';
import { timeText } from '../lib/dates';
import { Button } from '../ui/antd';
import { ChoiceField } from '../ui/field';
import { Failed, Loading, Notice, Page } from '../ui/parts';

type AuditPage = components['schemas']['AuditPage'];

export default function Audit() {
  const say = useSay();
  const { language } = useLanguage();
  const [process, setProcess] = useState('sam');
  const [after, setAfter] = useState<number>();
  const { data, failure, loading, reload } = useLoad<AuditPage>(`/api/v1/audit${query({ process, after, limit: 50 })}`);
  return (
    <Page title={say('Nhật ký kiểm toán', 'Audit log')}>
      <div className="sheet filters">
        <ChoiceField
          label={say('Tiến trình', 'Process')}
          value={process}
          onChange={(v) => {
            setProcess(v);
            setAfter(undefined);
          }}
          options={[
            ['sam', say('sam – khóa thuê bao', 'sam – subscribers’ keys')],
            ['ca', say('ca – chứng thư', 'ca – certificates')],
          ]}
        />
      </div>
      <div className="sheet-gap">
        <Failed failure={failure} again={reload} />
        {!data && loading && <Loading />}
        {data && (
          <>
            <Notice kind={data.check.whole ? 'good' : 'bad'}>
              <p>{language === 'vi' ? data.check.vi : data.check.whole ? 'The entries of this page are whole and in order.' : `The chain is broken at ${data.check.broken_at}.`}</p>
            </Notice>
            <div className="sheet tight">
              <div className="table-wrap" tabIndex={0} role="group" aria-label={say('Các bản ghi', 'Entries')}>
                <table className="list">
                  <caption className="hidden">{say('Các bản ghi', 'Entries')}</caption>
                  <thead>
                    <tr>
                      <th scope="col" className="right">
                        {say('Số', 'No.')}
                      </th>
                      <th scope="col">{say('Thời điểm', 'Time')}</th>
                      <th scope="col">{say('Loại', 'Kind')}</th>
                      <th scope="col">{say('Đối tượng', 'Object')}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {data.entries.map((e) => (
                      <tr key={e.sequence}>
                        <td className="right num">{e.sequence}</td>
                        <td className="num">{timeText(e.at)}</td>
                        <td>{language === 'vi' ? e.kind_vi : e.kind}</td>
                        <td className="break">
                          <code>{e.id}</code>
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            </div>
            <div className="row sheet-gap">
              {after !== undefined && <Button onClick={() => setAfter(undefined)}>{say('Mới nhất', 'Newest')}</Button>}
              {data.next !== undefined && <Button onClick={() => setAfter(data.next)}>{say('Cũ hơn', 'Older')}</Button>}
            </div>
          </>
        )}
      </div>
    </Page>
  );
}
