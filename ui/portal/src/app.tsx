/* Addresses and the pages behind them; each page is loaded when it is gone to. */
import { lazy, type ComponentType } from 'react';
import { BrowserRouter, Navigate, Route, Routes, useLocation } from 'react-router-dom';
import { useSession } from './session';
import { Failed, Loading } from './ui/parts';
import { Shell } from './ui/shell';
import { StepUp } from './ui/step-up';

type Module = Promise<{ default: ComponentType }>;

const PRIVATE: Record<string, () => Module> = {
  '/viec': () => import('./pages/home'),
  '/ho-so': () => import('./pages/dossiers'),
  '/ho-so/moi': () => import('./pages/new'),
  '/ho-so/:id': () => import('./pages/dossier'),
  '/ho-so/:id/sua': () => import('./pages/edit'),
  '/ho-so/:id/ky': () => import('./pages/sign'),
  '/ho-so/:id/quyet-dinh': () => import('./pages/decide'),
  '/phe-duyet-nhieu': () => import('./pages/approve-several'),
  '/hang-doi': () => import('./pages/queue'),
  '/chung-thu': () => import('./pages/certificates'),
  '/tien-do': () => import('./pages/board'),
  '/thong-ke': () => import('./pages/figures'),
  '/thu-tin': () => import('./pages/deliveries'),
  '/nhat-ky': () => import('./pages/audit'),
  '/co-quan': () => import('./pages/orgs'),
  '/co-quan/:id': () => import('./pages/org'),
  '/lich': () => import('./pages/calendar'),
  '/he-thong': () => import('./pages/systems'),
  '/quyet-dinh': () => import('./pages/proposals'),
  '/mau': () => import('./pages/templates'),
  '/quy-dinh': () => import('./pages/legal'),
  '/tai-khoan': () => import('./pages/account'),
  '/khoa-phe-duyet': () => import('./pages/approval-key'),
};

const PUBLIC: Record<string, () => Module> = {
  '/login': () => import('./pages/login'),
  '/invitation': () => import('./pages/invitation'),
  '/own-request': () => import('./pages/own-request'),
  '/gioi-thieu': () => import('./pages/about'),
  '/thu-tuc': () => import('./pages/procedures'),
  '/tra-cuu': () => import('./pages/status'),
  '/kiem-tra': () => import('./pages/validate'),
  '/tai-ve': () => import('./pages/downloads'),
  '/huong-dan': () => import('./pages/guides'),
  '/huong-dan/:id': () => import('./pages/guide'),
  '/ca': () => import('./pages/authority'),
  '/lien-he': () => import('./pages/contact'),
};

const pages = (table: Record<string, () => Module>) =>
  Object.entries(table).map(([path, load]): [string, ComponentType] => [path, lazy(load)]);
const privatePages = pages(PRIVATE);
const publicPages = pages(PUBLIC);
const Missing = lazy(() => import('./pages/missing'));

function Private({ page: Page }: { page: ComponentType }) {
  const { me, trouble, refresh } = useSession();
  const { pathname, search } = useLocation();
  if (me === undefined) return trouble ? <Failed failure={trouble} again={() => void refresh()} /> : <Loading />;
  if (me === null) return <Navigate to={`/login?tiep=${encodeURIComponent(pathname + search)}`} replace />;
  return <Page />;
}

function Start() {
  const { me } = useSession();
  if (me === undefined) return <Loading />;
  return <Navigate to={me ? '/viec' : '/gioi-thieu'} replace />;
}

export function App() {
  return (
    <BrowserRouter future={{ v7_startTransition: true, v7_relativeSplatPath: true }}>
      <Routes>
        <Route element={<Shell />}>
          <Route path="/" element={<Start />} />
          {publicPages.map(([path, PageOf]) => (
            <Route key={path} path={path} element={<PageOf />} />
          ))}
          {privatePages.map(([path, page]) => (
            <Route key={path} path={path} element={<Private page={page} />} />
          ))}
          <Route path="*" element={<Missing />} />
        </Route>
      </Routes>
      <StepUp />
    </BrowserRouter>
  );
}
