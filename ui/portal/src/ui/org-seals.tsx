/* Signatures and seals that an organisation is registered with. */
import type { Page } from '../api/shapes';
import { useLoad } from '../api/use';
import { useSay } from '../i18n';
import { dateText, now } from '../lib/dates';
import { Empty, Failed, Mark, Sheet } from './parts';

export interface Seal {
  id: string;
  name: string;
  kind: 'head' | 'seal';
  not_before: number;
  not_after: number;
}

export const useSeals = (org: string) => useLoad<Page<'seals', Seal>>(`/api/v1/organisations/${org}/seals?limit=50`);

export function useSealName(): (s: Seal) => string {
  const say = useSay();
  return (s) => `${s.kind === 'head' ? say('Chữ ký lãnh đạo', 'Signature of the head') : say('Con dấu', 'Seal')}: ${s.name}`;
}

export function OrgSeals({ org }: { org: string }) {
  const say = useSay();
  const name = useSealName();
  const { data, failure, reload } = useSeals(org);
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
                <strong>{name(s)}</strong>
                <br />
                <code className="small muted break">{s.id}</code>
              </span>
              {s.not_after > now() ? (
                <Mark tone="good">{say(`Đến ${dateText(s.not_after)}`, `Until ${dateText(s.not_after)}`)}</Mark>
              ) : (
                <Mark tone="bad">{say(`Hết hạn ${dateText(s.not_after)}`, `Ended ${dateText(s.not_after)}`)}</Mark>
              )}
            </li>
          ))}
        </ul>
      )}
    </Sheet>
  );
}
