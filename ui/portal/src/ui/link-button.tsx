/* A link that looks like a button: it goes somewhere, so it is a link. */
import type { ReactNode } from 'react';
import { Link } from 'react-router-dom';

export function LinkButton({ to, primary = false, children }: { to: string; primary?: boolean; children: ReactNode }) {
  return (
    <Link className={`link-button ${primary ? 'primary' : ''}`} to={to}>
      {children}
    </Link>
  );
}
