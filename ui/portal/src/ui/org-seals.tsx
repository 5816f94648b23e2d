/* Signatures and seals that an organisation is registered with. */
import type { Seal } from '../api/shapes';
import { useLoad } from '../api/use';
import { useSay } from '../i18n';
import { dateText } from '../lib/dates';
import { Empty, Failed, Sheet } from './parts';

export function OrgSeals({ org }: { org: string }) {
  const say = useSay();
  const { data, failure, reload } = useLoad<{ seals: Seal[] }>(`/api/v1/organisations/${org}/seals`);
  return (
    <Sheet title={say('Chữ ký, con dấu đã đăng ký', 'Registered signatures and seals')} className="sheet-gap">
      <Failed failure={failure} again={reload} />
      {data?.seals.length === 0 && (
        <Empty>
          <p>{say('Cơ quan chưa đăng ký chữ ký, con dấu; chưa ký và gửi hồ sơ được.', 'None yet: the organisation cannot sign and send.')}</p>
        </Empty>
      )}
      {data && data.seals.length > 0 && (
        <ul className="plain-list">
          {data.seals.map((s) => (
            <li key={s.id} className="row apart">
              <span>
                <strong>
                  {s.kind === 'head' ? say('Chữ ký lãnh đạo', 'Signature of the head') : say('Con dấu', 'Seal')}: {s.name}
                </strong>
                <br />
                <code className="small muted break">{s.id}</code>
              </span>
              <span className="muted small num">{say(`đăng ký ${dateText(s.created_at)}`, `registered ${dateText(s.created_at)}`)}</span>
            </li>
          ))}
        </ul>
      )}
    </Sheet>
  );
}
