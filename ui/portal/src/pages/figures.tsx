/* Figures: dossiers by month, province, sector, procedure; how fast they were answered. Bars are of the page itself. */
import { useSearchParams } from 'react-router-dom';
import { query } from '../api/client';
import type { components } from '../api/openapi';
import { useLoad } from '../api/use';
import { useLanguage, useSay } from '../i18n';
import { spanText } from '../lib/dates';
import { ChoiceField } from '../ui/field';
import { Empty, Failed, Loading, Page, Sheet } from '../ui/parts';

type Figures = components['schemas']['Figures'];
type Group = components['schemas']['FigureGroup'];

function Bars({ groups, label }: { groups: Group[]; label: string }) {
  const say = useSay();
  const most = Math.max(1, ...groups.map((g) => g.sent));
  return (
    <div role="img" aria-label={label}>
      {groups.map((g) => (
        <div key={g.key} className="bar-row" aria-hidden="true">
          <span className="bar-label">{g.label}</span>
          <span className="bar-track">
            <span className="bar-fill" style={{ width: `${(100 * g.sent) / most}%` }} />
            {g.late > 0 && <span className="bar-late" style={{ width: `${(100 * g.late) / most}%` }} />}
          </span>
          <span className="num">{g.sent.toLocaleString('vi-VN')}</span>
        </div>
      ))}
      <p className="small muted">{say('Xanh: đã gửi; đỏ: trong đó trả lời quá hạn.', 'Blue: sent; red: of these answered late.')}</p>
    </div>
  );
}

export default function FiguresPage() {
  const say = useSay();
  const { language } = useLanguage();
  const [search, setSearch] = useSearchParams();
  const by = search.get('theo') ?? 'month';
  const { data, failure, loading, reload } = useLoad<Figures>(`/api/v1/figures${query({ by })}`);
  const cells: [string, (g: Group) => string][] = [
    [say('Đã gửi', 'Sent'), (g) => String(g.sent)],
    [say('Hoàn thành', 'Done'), (g) => String(g.done)],
    [say('Từ chối', 'Refused'), (g) => String(g.refused)],
    [say('Rút', 'Withdrawn'), (g) => String(g.withdrawn)],
    [say('Quá hạn', 'Late'), (g) => String(g.late)],
    [say('Thời gian giữa', 'Median'), (g) => (g.median_s ? spanText(g.median_s, language) : '–')],
    [say('90% trong', '90 % within'), (g) => (g.p90_s ? spanText(g.p90_s, language) : '–')],
  ];
  return (
    <Page title={say('Thống kê', 'Figures')} lead={data && `${data.from} – ${data.to}`}>
      <div className="sheet filters">
        <ChoiceField
          label={say('Theo', 'By')}
          value={by}
          onChange={(v) => setSearch({ theo: v }, { replace: true })}
          options={[
            ['month', say('tháng', 'month')],
            ['province', say('tỉnh, thành phố', 'province')],
            ['sector', say('lĩnh vực', 'sector')],
            ['procedure', say('thủ tục', 'procedure')],
          ]}
        />
      </div>
      <div className="sheet-gap">
        <Failed failure={failure} again={reload} />
        {!data && loading && <Loading />}
        {data && data.groups.length === 0 && (
          <Sheet>
            <Empty>
              <p>{say('Chưa có số liệu.', 'No figures yet.')}</p>
            </Empty>
          </Sheet>
        )}
        {data && data.groups.length > 0 && (
          <>
            <Sheet title={say('Hồ sơ đã gửi', 'Dossiers sent')}>
              <Bars groups={data.groups} label={say('Biểu đồ số hồ sơ; số liệu đầy đủ trong bảng bên dưới.', 'Chart; the table below has the numbers.')} />
            </Sheet>
            <div className="sheet tight sheet-gap table-wrap" tabIndex={0} role="group" aria-label={say('Số liệu', 'Numbers')}>
              <table className="list">
                <caption className="hidden">{say('Số liệu', 'Numbers')}</caption>
                <thead>
                  <tr>
                    <th scope="col">{say('Nhóm', 'Group')}</th>
                    {cells.map(([title]) => (
                      <th scope="col" className="right" key={title}>
                        {title}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {[...data.groups, { ...data.all, key: '=', label: say('Tổng', 'All') }].map((g) => (
                    <tr key={g.key}>
                      <th scope="row">{g.label}</th>
                      {cells.map(([title, cell]) => (
                        <td className="right num" key={title}>
                          {cell(g)}
                        </td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </>
        )}
      </div>
    </Page>
  );
}
