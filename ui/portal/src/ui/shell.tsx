/* The frame of every page: who this is, who you are, where you can go. */
import { Suspense, useEffect, useRef, type ReactNode } from 'react';
import { Link, NavLink, Outlet, useLocation, useNavigate } from 'react-router-dom';
import { useLanguage, useSay } from '../i18n';
import { ROLES, type Role } from '../lib/roles';
import { useSession, type Me } from '../session';
import { Loading } from './parts';

interface Entry {
  to: string;
  vi: string;
  en: string;
  when?: (me: Me) => boolean;
}

const has = (me: Me, ...roles: Role[]) => roles.some((r) => me.roles.has(r));

const WORK: Entry[] = [
  { to: '/viec', vi: 'Việc cần làm', en: 'To do' },
  { to: '/ho-so/moi', vi: 'Lập hồ sơ', en: 'New dossier', when: (m) => !m.authority && has(m, 'enter') },
  { to: '/hang-doi', vi: 'Hàng đợi xử lý', en: 'Queue', when: (m) => m.authority && has(m, 'receive', 'examine', 'approve') },
  { to: '/ho-so', vi: 'Hồ sơ', en: 'Dossiers' },
  { to: '/chung-thu', vi: 'Chứng thư số', en: 'Certificates' },
  { to: '/tien-do', vi: 'Bảng tiến độ', en: 'Progress board', when: (m) => m.org.kind === 'department' },
  { to: '/thong-ke', vi: 'Thống kê', en: 'Figures', when: (m) => m.authority },
  { to: '/thu-tin', vi: 'Thư, tin nhắn', en: 'Messages', when: (m) => has(m, 'support', 'operate') },
];
const ADMIN: Entry[] = [
  { to: '/co-quan', vi: 'Cơ quan, người dùng', en: 'Organisations, people', when: (m) => has(m, 'admin', 'audit') },
  { to: '/lich', vi: 'Lịch làm việc', en: 'Working days', when: (m) => m.authority },
  { to: '/quyet-dinh', vi: 'Quyết định chờ ký', en: 'Decisions to sign', when: (m) => m.authority && has(m, 'admin') },
  { to: '/he-thong', vi: 'Hệ thống tích hợp', en: 'Integrating systems', when: (m) => m.org.kind === 'department' && has(m, 'admin', 'audit') },
  { to: '/mau', vi: 'Mẫu thông báo, lý do', en: 'Templates', when: (m) => m.authority && has(m, 'admin', 'operate', 'audit') },
  { to: '/quy-dinh', vi: 'Quy định áp dụng', en: 'Legal profiles', when: (m) => m.authority },
  { to: '/nhat-ky', vi: 'Nhật ký kiểm toán', en: 'Audit log', when: (m) => m.org.kind === 'department' && has(m, 'audit') },
];
const OWN: Entry[] = [
  { to: '/tai-khoan', vi: 'Tài khoản của tôi', en: 'My account' },
  { to: '/khoa-phe-duyet', vi: 'Khóa phê duyệt', en: 'Approval key', when: (m) => m.authority && has(m, 'receive', 'approve', 'admin', 'audit') },
];
const PUBLIC: Entry[] = [
  { to: '/gioi-thieu', vi: 'Giới thiệu', en: 'About' },
  { to: '/thu-tuc', vi: 'Thủ tục', en: 'Procedures' },
  { to: '/tra-cuu', vi: 'Tra cứu hồ sơ', en: 'Dossier status' },
  { to: '/kiem-tra', vi: 'Kiểm tra chữ ký', en: 'Validate a signature' },
  { to: '/tai-ve', vi: 'Biểu mẫu, tài liệu', en: 'Downloads' },
  { to: '/huong-dan', vi: 'Hướng dẫn', en: 'Guides' },
  { to: '/ca', vi: 'Chứng thư của CA, CRL', en: 'CA certificates, CRLs' },
  { to: '/lien-he', vi: 'Liên hệ', en: 'Contact' },
];

function Group({ title, entries }: { title: string; entries: Entry[] }) {
  const { language } = useLanguage();
  if (entries.length === 0) return null;
  return (
    <>
      <h2>{title}</h2>
      <ul>
        {entries.map((e) => (
          <li key={e.to}>
            <NavLink to={e.to} end={e.to === '/ho-so'}>
              {e[language]}
            </NavLink>
          </li>
        ))}
      </ul>
    </>
  );
}

function Menu({ me }: { me: Me | null | undefined }) {
  const say = useSay();
  const allowed = (entries: Entry[]) => (me ? entries.filter((e) => e.when?.(me) ?? true) : []);
  return (
    <>
      <Group title={say('Công việc', 'Work')} entries={allowed(WORK)} />
      <Group title={say('Quản trị', 'Administration')} entries={allowed(ADMIN)} />
      <Group title={say('Cá nhân', 'Personal')} entries={allowed(OWN)} />
      <Group title={say('Thông tin chung', 'Information')} entries={PUBLIC} />
    </>
  );
}

function Side({ me }: { me: Me | null | undefined }) {
  const say = useSay();
  const { pathname } = useLocation();
  return (
    <div className="side">
      <nav aria-label={say('Trình đơn chính', 'Main menu')}>
        <details className="menu-phone" key={pathname}>
          <summary>{say('☰ Trình đơn', '☰ Menu')}</summary>
          <div className="menu-in">
            <Menu me={me} />
          </div>
        </details>
        <div className="menu-wide">
          <Menu me={me} />
        </div>
      </nav>
    </div>
  );
}

function LanguageButton() {
  const { language, choose } = useLanguage();
  return language === 'vi' ? (
    <button type="button" className="plain-button" lang="en" onClick={() => choose('en')}>
      English
    </button>
  ) : (
    <button type="button" className="plain-button" lang="vi" onClick={() => choose('vi')}>
      Tiếng Việt
    </button>
  );
}

function Who({ me }: { me: Me | null | undefined }) {
  const say = useSay();
  const { language } = useLanguage();
  const { logOut } = useSession();
  const navigate = useNavigate();
  if (!me)
    return (
      <div className="who">
        <LanguageButton />
        {me === null && (
          <Link className="plain-button" to="/login">
            {say('Đăng nhập', 'Log in')}
          </Link>
        )}
      </div>
    );
  const roles = [...me.roles].map((r) => ROLES[r][language]).join(', ');
  return (
    <div className="who">
      <div className="who-text">
        <strong>{me.session.staff.name}</strong>
        <span title={roles}>{me.org.name}</span>
      </div>
      <LanguageButton />
      <button type="button" className="plain-button" onClick={() => void logOut().then(() => navigate('/login'))}>
        {say('Đăng xuất', 'Log out')}
      </button>
    </div>
  );
}

/* After a change of page the focus is at its beginning, as after loading one. */
function useFocusOnPage() {
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return main;
}

export function Shell({ children }: { children?: ReactNode }) {
  const say = useSay();
  const { me } = useSession();
  const main = useFocusOnPage();
  return (
    <>
      <a className="skip" href="#noi-dung">
        {say('Đến nội dung chính', 'Skip to content')}
      </a>
      <header className="masthead on-dark">
        <div className="masthead-in">
          <Link className="brand" to={me ? '/viec' : '/gioi-thieu'}>
            <img src="/favicon.svg" alt="" />
            <span>
              <span className="brand-over">{say('Cục Chứng thực số và Bảo mật thông tin', 'Department of Digital Certification')}</span>
              <span className="brand-name">
                {say('Hệ thống thông tin đăng ký, quản lý yêu cầu chứng thực', 'Registration and certification request system')}
              </span>
            </span>
          </Link>
          <Who me={me} />
        </div>
      </header>
      <div className="frame">
        <Side me={me} />
        <main id="noi-dung" ref={main} tabIndex={-1}>
          <Suspense fallback={<Loading />}>{children ?? <Outlet />}</Suspense>
        </main>
      </div>
      <footer className="foot on-dark">
        <div className="foot-in">
          <span>© {say('Ban Cơ yếu Chính phủ', 'Government Cipher Committee')}</span>
          <Link to="/lien-he">{say('Liên hệ, hỗ trợ', 'Contact, support')}</Link>
          <Link to="/huong-dan">{say('Hướng dẫn sử dụng', 'Guides')}</Link>
        </div>
      </footer>
    </>
  );
}
