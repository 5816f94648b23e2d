/* What to do next: the first page after log-in, for organisations and for officers. */
import { Link } from 'react-router-dom';
import type { DossierHead, Page as PageOf } from '../api/shapes';
import { useLoad } from '../api/use';
import { useLanguage, useSay } from '../i18n';
import type { Role } from '../lib/roles';
import { PROCEDURES, type Words } from '../lib/states';
import { useMe, type Me } from '../session';
import { Empty, Failed, Loading, Page, Sheet } from '../ui/parts';
import { DossierTable } from './dossiers';

interface Task extends Words {
  state: string;
  roles: Role[];
  urgent?: boolean;
}

const ORG_TASKS: Task[] = [
  { state: 'incomplete', vi: 'Cần bổ sung', en: 'Additions requested', roles: ['enter'], urgent: true },
  { state: 'to-sign', vi: 'Chờ ký số', en: 'To sign', roles: ['sign', 'seal'] },
  { state: 'to-sign-again', vi: 'Chờ ký số bổ sung', en: 'Supplements to sign', roles: ['sign', 'seal'] },
  { state: 'draft', vi: 'Bản nháp', en: 'Drafts', roles: ['enter'] },
  { state: 'activating', vi: 'Chờ thuê bao kích hoạt', en: 'Waiting for activation', roles: ['enter', 'support'] },
];
const OFFICER_TASKS: Task[] = [
  { state: 'sent', vi: 'Chờ tiếp nhận', en: 'To receive', roles: ['receive'] },
  { state: 'received', vi: 'Chờ thẩm định', en: 'To examine', roles: ['examine'] },
  { state: 'supplemented', vi: 'Đã bổ sung, chờ thẩm định', en: 'Supplemented, to examine', roles: ['examine'] },
  { state: 'examining', vi: 'Chờ phê duyệt', en: 'To approve', roles: ['approve'] },
];
const SHOWN = 100;

function TaskCard({ task, to }: { task: Task; to: string }) {
  const { language } = useLanguage();
  const say = useSay();
  const { data } = useLoad<PageOf<'dossiers', DossierHead>>(`/api/v1/dossiers?state=${task.state}&limit=${SHOWN}`);
  const n = data?.dossiers.length;
  return (
    <Link className={`card-link ${task.urgent && n ? 'urgent' : ''}`} to={to}>
      <span className={`count ${task.urgent && n ? 'bad' : ''}`}>{n === undefined ? '…' : data?.next ? `${SHOWN}+` : n}</span>
      <strong>{task[language]}</strong>
      <span className="muted small">{say('Mở danh sách', 'Open the list')}</span>
    </Link>
  );
}

function DueSoon({ title }: { title: string }) {
  const say = useSay();
  const due = useLoad<PageOf<'dossiers', DossierHead>>('/api/v1/dossiers?sort=due&limit=8');
  const running = due.data?.dossiers.filter((d) => d.clock === 'runs' || d.clock === 'stands') ?? [];
  return (
    <Sheet title={title} className="sheet-gap">
      <Failed failure={due.failure} again={due.reload} />
      {due.loading && !due.data && <Loading />}
      {due.data && running.length === 0 && (
        <Empty>
          <p>{say('Không có hồ sơ nào đang tính thời hạn.', 'No dossier has a running time limit.')}</p>
        </Empty>
      )}
      {running.length > 0 && <DossierTable items={running} caption={title} />}
    </Sheet>
  );
}

function OrgHome({ me }: { me: Me }) {
  const say = useSay();
  const { language } = useLanguage();
  const mine = ORG_TASKS.filter((t) => t.roles.some((r) => me.roles.has(r)));
  return (
    <>
      {me.roles.has('enter') && (
        <Sheet title={say('Bắt đầu một thủ tục', 'Begin a procedure')}>
          <div className="cards">
            {Object.entries(PROCEDURES).map(([id, p]) => (
              <Link key={id} className={`card-link ${id === 'revoke' ? 'urgent' : ''}`} to={`/ho-so/moi?thu-tuc=${id}`}>
                <strong>{p[language]}</strong>
                <span className="muted small">
                  {p.hint[language]} {say('Thời hạn', 'Time limit')}: {p.limit[language]}.
                </span>
              </Link>
            ))}
          </div>
        </Sheet>
      )}
      <Sheet title={say('Việc đang chờ bạn', 'Waiting for you')} className="sheet-gap">
        <div className="cards">
          {mine.map((t) => (
            <TaskCard key={t.state} task={t} to={`/ho-so?state=${t.state}`} />
          ))}
        </div>
      </Sheet>
      <DueSoon title={say('Hồ sơ đang được giải quyết', 'Being dealt with')} />
    </>
  );
}

function OfficerHome({ me }: { me: Me }) {
  const say = useSay();
  const mine = OFFICER_TASKS.filter((t) => t.roles.some((r) => me.roles.has(r)));
  return (
    <>
      {mine.length > 0 && (
        <Sheet title={say('Hàng đợi của bạn', 'Your queues')}>
          <div className="cards">
            {mine.map((t) => (
              <TaskCard key={t.state} task={t} to={`/hang-doi?state=${t.state}`} />
            ))}
          </div>
        </Sheet>
      )}
      <DueSoon title={say('Gần hết hạn nhất', 'Due first')} />
    </>
  );
}

export default function Home() {
  const say = useSay();
  const me = useMe();
  return (
    <Page title={say('Việc cần làm', 'To do')} lead={`${me.session.staff.name} – ${me.org.name}`}>
      {me.authority ? <OfficerHome me={me} /> : <OrgHome me={me} />}
    </Page>
  );
}
