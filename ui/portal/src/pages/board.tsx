/* The department's board: how many dossiers stand where, and how close to their limits. */
import { Link } from 'react-router-dom';
import type { BoardState } from '../api/shapes';
import { useLoad } from '../api/use';
import { useLanguage, useSay } from '../i18n';
import { STATES } from '../lib/states';
import { Failed, Loading, Page, Sheet } from '../ui/parts';

const COLOURS = ['calm', 'half', 'most', 'overdue'] as const;

export default function Board() {
  const say = useSay();
  const { language } = useLanguage();
  const board = useLoad<{ states: BoardState[] }>('/api/v1/board');
  const sum = (c: (typeof COLOURS)[number]) => board.data?.states.reduce((n, s) => n + s[c], 0) ?? 0;
  const words: Record<(typeof COLOURS)[number], string> = {
    calm: say('Trong hạn', 'In time'),
    half: say('Đã quá nửa thời hạn', 'Past half'),
    most: say('Sắp hết hạn', 'Nearly due'),
    overdue: say('Quá hạn', 'Overdue'),
  };
  return (
    <Page title={say('Bảng tiến độ', 'Progress board')} actions={<button type="button" className="link-button" onClick={board.reload}>{say('Làm mới', 'Refresh')}</button>}>
      <Failed failure={board.failure} again={board.reload} />
      {!board.data && board.loading && <Loading />}
      {board.data && (
        <>
          <div className="cards">
            {COLOURS.map((c) => (
              <div key={c} className="sheet">
                <span className={`count ${c === 'overdue' && sum(c) > 0 ? 'bad' : ''}`}>{sum(c).toLocaleString('vi-VN')}</span>
                <strong>{words[c]}</strong>
              </div>
            ))}
          </div>
          <Sheet title={say('Theo trạng thái', 'By state')} className="sheet-gap">
            <div className="table-wrap" tabIndex={0} role="group" aria-label={say('Số hồ sơ theo trạng thái và thời hạn', 'Dossiers by state and limit')}>
              <table className="list">
                <caption className="hidden">{say('Số hồ sơ theo trạng thái và thời hạn', 'Dossiers by state and limit')}</caption>
                <thead>
                  <tr>
                    <th scope="col">{say('Trạng thái', 'State')}</th>
                    {COLOURS.map((c) => (
                      <th scope="col" className="right" key={c}>
                        {words[c]}
                      </th>
                    ))}
                    <th scope="col" className="right">
                      {say('Tổng', 'All')}
                    </th>
                    <th scope="col">{say('Tỷ lệ', 'Share')}</th>
                  </tr>
                </thead>
                <tbody>
                  {board.data.states.map((s) => (
                    <tr key={s.state}>
                      <th scope="row">
                        <Link to={`/ho-so?state=${s.state}`}>{STATES[s.state]?.[language] ?? s.state_vi}</Link>
                      </th>
                      {COLOURS.map((c) => (
                        <td className="right num" key={c}>
                          {s[c] > 0 ? s[c].toLocaleString('vi-VN') : '·'}
                        </td>
                      ))}
                      <td className="right num">
                        <strong>{s.all.toLocaleString('vi-VN')}</strong>
                      </td>
                      <td>
                        <div className="bar" aria-hidden="true">
                          {s.all > 0 && COLOURS.map((c) => <span key={c} className={c} style={{ width: `${(100 * s[c]) / s.all}%` }} />)}
                        </div>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </Sheet>
        </>
      )}
    </Page>
  );
}
