/* A list as a table to keep: CSV or a spreadsheet, with the filters that are set. */
import { getBlob, query } from '../api/client';
import { useDoing } from '../api/use';
import { useSay } from '../i18n';
import { Button } from './antd';
import { download, Failed } from './parts';

export function Export({ list, args }: { list: 'dossiers' | 'certificates'; args: Record<string, string | number | undefined> }) {
  const say = useSay();
  const doing = useDoing();
  const fetchOne = (form: 'xlsx' | 'csv') => doing.run(async () => download(`${list === 'dossiers' ? 'ho-so' : 'chung-thu-so'}.${form}`, await getBlob(`/api/v1/exports/${list}.${form}${query(args)}`)));
  return (
    <>
      <div className="row end" style={{ padding: '.5rem 1rem' }}>
        <span className="small muted">{say('Xuất danh sách:', 'Export:')}</span>
        <Button size="small" loading={doing.busy} onClick={() => void fetchOne('xlsx')}>
          Excel
        </Button>
        <Button size="small" loading={doing.busy} onClick={() => void fetchOne('csv')}>
          CSV
        </Button>
      </div>
      <Failed failure={doing.failure} />
    </>
  );
}
