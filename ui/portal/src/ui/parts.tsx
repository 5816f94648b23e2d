/* Small parts that every page is made of. */
import { useEffect, useId, useRef, type ReactNode } from 'react';
import { Link } from 'react-router-dom';
import type { Failure as ApiFailure } from '../api/client';
import { useLanguage, useSay } from '../i18n';
import { now, spanText, timeText } from '../lib/dates';
import { ROW_STATES, STATES, type Tone } from '../lib/states';
import { Button, Skeleton } from './antd';

export function Page(p: { title: string; lead?: ReactNode; crumbs?: [string, string][]; actions?: ReactNode; children: ReactNode }) {
  const say = useSay();
  const system = say('Đăng ký chứng thực', 'Certification requests');
  useEffect(() => {
    document.title = `${p.title} – ${system}`;
  }, [p.title, system]);
  return (
    <>
      {p.crumbs && (
        <nav className="crumbs" aria-label={say('Đường dẫn', 'Breadcrumb')}>
          <ol>
            {p.crumbs.map(([text, to]) => (
              <li key={to}>
                <Link to={to}>{text}</Link>
              </li>
            ))}
            <li aria-current="page">{p.title}</li>
          </ol>
        </nav>
      )}
      <div className="page-head">
        <h1>{p.title}</h1>
        <span className="spacer" />
        {p.actions}
        {p.lead && <p className="lead">{p.lead}</p>}
      </div>
      {p.children}
    </>
  );
}

/* id: what links on the page go to. */
export function Sheet({ title, children, className = '', id }: { title?: ReactNode; children: ReactNode; className?: string; id?: string }) {
  const heading = useId();
  return (
    <section id={id} className={`sheet ${className}`} aria-labelledby={title ? heading : undefined}>
      {title && <h2 id={heading}>{title}</h2>}
      {children}
    </section>
  );
}

export type NoticeKind = 'bad' | 'warn' | 'good' | 'info';

export function Notice({ kind, title, children, live = false }: { kind: NoticeKind; title?: ReactNode; children?: ReactNode; live?: boolean }) {
  return (
    <div className={`notice ${kind}`} role={live ? (kind === 'bad' ? 'alert' : 'status') : undefined}>
      {title && <span className="notice-title">{title}</span>}
      {children}
    </div>
  );
}

/* What the service refused, in its own words. */
export function Failed({ failure, again }: { failure: ApiFailure | undefined; again?: () => void }) {
  const { language } = useLanguage();
  const say = useSay();
  if (!failure) return null;
  const { vi, error_description: en, error } = failure.body;
  const text = language === 'vi' ? (vi ?? en ?? error) : (en ?? vi ?? error);
  return (
    <Notice kind="bad" live title={say('Chưa thực hiện được', 'This was not done')}>
      <p>{text}</p>
      {failure.retryAfter > 0 && (
        <p>
          {say('Thử lại sau', 'Try again in')} {spanText(failure.retryAfter, language)}.
        </p>
      )}
      {again && (
        <p>
          <Button onClick={again}>{say('Thử lại', 'Try again')}</Button>
        </p>
      )}
      {failure.body.request && (
        <p className="small muted">
          {say('Mã yêu cầu để tra cứu', 'Request id')}: <code>{failure.body.request}</code>
        </p>
      )}
    </Notice>
  );
}

export function Loading({ rows = 4 }: { rows?: number }) {
  const say = useSay();
  return (
    <div className="sheet" role="status">
      <span className="hidden">{say('Đang tải…', 'Loading…')}</span>
      <Skeleton active paragraph={{ rows }} />
    </div>
  );
}

export function Mark({ tone, children }: { tone: Tone; children: ReactNode }) {
  const sign: Record<Tone, string> = { plain: '○', work: '▸', wait: '◷', good: '✓', bad: '✕' };
  return (
    <span className={`mark ${tone}`}>
      <span aria-hidden="true">{sign[tone]}</span>
      {children}
    </span>
  );
}

export function StateMark({ state, vi }: { state: string; vi?: string }) {
  const { language } = useLanguage();
  const known = STATES[state];
  return <Mark tone={known?.tone ?? 'plain'}>{known ? known[language] : (vi ?? state)}</Mark>;
}

export function RowStateMark({ state, vi }: { state: string; vi?: string }) {
  const { language } = useLanguage();
  const known = ROW_STATES[state];
  return <Mark tone={known?.tone ?? 'plain'}>{known ? known[language] : (vi ?? state)}</Mark>;
}

const STAGES = ['calm', 'half', 'most', 'over'] as const;

/* The due time with its colour, a shape of its own and words. */
export function Due({ clock, stage, due, short = false }: { clock: string; stage: number; due: number; short?: boolean }) {
  const say = useSay();
  const { language } = useLanguage();
  if (clock === 'none' || !due) return <span className="muted">–</span>;
  if (clock === 'stands') return <span className="muted">{say('Tạm dừng, chờ bổ sung', 'Stands, waits for additions')}</span>;
  if (clock === 'ended') return <span className="muted num">{timeText(due)}</span>;
  const left = due - now();
  const over = left < 0 || stage >= 3;
  const kind = over ? 'over' : (STAGES[Math.max(0, Math.min(stage, 2))] ?? 'calm');
  const words = over
    ? `${say('Quá hạn', 'Overdue by')} ${spanText(left, language)}`
    : `${say('Còn', 'Left:')} ${spanText(left, language)}`;
  return (
    <span className={`due ${kind}`}>
      <i aria-hidden="true" />
      <span>
        {words}
        {!short && <span className="muted small num"> ({timeText(due)})</span>}
      </span>
    </span>
  );
}

export function Facts({ items }: { items: [ReactNode, ReactNode][] }) {
  return (
    <dl className="facts">
      {items.map(([term, value], i) => (
        <FactRow key={i} term={term} value={value} />
      ))}
    </dl>
  );
}

function FactRow({ term, value }: { term: ReactNode; value: ReactNode }) {
  return (
    <>
      <dt>{term}</dt>
      <dd>{value === undefined || value === '' ? '–' : value}</dd>
    </>
  );
}

export function Empty({ children }: { children: ReactNode }) {
  return <div className="empty">{children}</div>;
}

/* A modal of the browser's own: focus stays inside, Escape closes, what is behind is inert. */
export function Dialog(p: { title: string; large?: boolean; onClose: () => void; foot?: ReactNode; children: ReactNode }) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  const say = useSay();
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement as HTMLElement | null;
    if (dialog && !dialog.open) dialog.showModal();
    return () => {
      dialog?.close();
      before?.focus?.();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      className={`dialog ${p.large ? 'large' : ''}`}
      aria-labelledby={id}
      onCancel={(e) => {
        e.preventDefault();
        p.onClose();
      }}
    >
      <div className="dialog-head on-dark">
        <h2 id={id}>{p.title}</h2>
        <button type="button" className="plain-button" onClick={p.onClose} aria-label={say('Đóng hộp thoại', 'Close the dialog')}>
          <span aria-hidden="true">✕</span>
        </button>
      </div>
      <div className="dialog-body">{p.children}</div>
      {p.foot && <div className="dialog-foot">{p.foot}</div>}
    </dialog>
  );
}

export function More({ more, loading, onMore }: { more: boolean; loading: boolean; onMore: () => void }) {
  const say = useSay();
  if (!more) return null;
  return (
    <div className="row" style={{ justifyContent: 'center', padding: '1rem' }}>
      <Button onClick={onMore} loading={loading}>
        {say('Xem thêm', 'Show more')}
      </Button>
    </div>
  );
}

/* Offers bytes as a file. */
export function download(name: string, content: Blob) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
