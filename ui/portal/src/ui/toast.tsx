/* Short news about what was done, said aloud to those who do not see it. */
import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from 'react';

const Context = createContext<(text: string) => void>(() => undefined);
const SHOWN_MS = 7_000;

export function ToastProvider({ children }: { children: ReactNode }) {
  const [items, setItems] = useState<{ id: number; text: string }[]>([]);
  const tell = useCallback((text: string) => {
    const id = Date.now() + Math.random();
    setItems((all) => [...all.slice(-2), { id, text }]);
    window.setTimeout(() => setItems((all) => all.filter((t) => t.id !== id)), SHOWN_MS);
  }, []);
  const value = useMemo(() => tell, [tell]);
  return (
    <Context.Provider value={value}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {items.map((t) => (
          <div className="toast" key={t.id}>
            {t.text}
          </div>
        ))}
      </div>
    </Context.Provider>
  );
}

export const useTell = () => useContext(Context);
