/* Loading and doing, with what a page needs to say about it. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { Failure, get } from './client';

export interface Loaded<T> {
  data: T | undefined;
  failure: Failure | undefined;
  loading: boolean;
  reload: () => void;
}

const asFailure = (e: unknown): Failure =>
  e instanceof Failure ? e : new Failure(0, { error: 'page', error_description: String(e), vi: `Lỗi trên trang: ${String(e)}` });

/* path undefined: nothing to load yet. What was loaded stays on the page while it is loaded again. */
export function useLoad<T>(path: string | undefined): Loaded<T> {
  const [state, set] = useState<{ path?: string; data?: T; failure?: Failure; loading: boolean }>({ loading: path !== undefined });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (path === undefined) return undefined;
    const abort = new AbortController();
    set((s) => ({ ...s, data: s.path === path ? s.data : undefined, path, loading: true }));
    get<T>(path, abort.signal).then(
      (data) => set({ path, data, loading: false }),
      (e: unknown) => {
        if (!abort.signal.aborted) set((s) => ({ ...s, failure: asFailure(e), loading: false }));
      },
    );
    return () => abort.abort();
  }, [path, turn]);
  const reload = useCallback(() => setTurn((t) => t + 1), []);
  return { data: state.data, failure: state.failure, loading: state.loading, reload };
}

export interface Pages<T> extends Omit<Loaded<T[]>, 'data'> {
  items: T[];
  more: boolean;
  loadMore: () => void;
}

/* A list that is paged by key: the next page begins where the last one ended. */
export function usePages<T>(path: string, name: string): Pages<T> {
  const [state, set] = useState<{ items: T[]; next?: string; failure?: Failure; loading: boolean }>({ items: [], loading: true });
  const [turn, setTurn] = useState(0);
  const current = useRef(0);
  const load = useCallback(
    (after: string | undefined, before: T[]) => {
      const mine = ++current.current;
      set((s) => ({ ...s, loading: true, failure: undefined }));
      const whole = after === undefined ? path : `${path}${path.includes('?') ? '&' : '?'}after=${encodeURIComponent(after)}`;
      get<Record<string, unknown>>(whole).then(
        (page) => {
          if (mine !== current.current) return;
          const items = [...before, ...((page[name] as T[] | undefined) ?? [])];
          set({ items, next: page.next as string | undefined, loading: false });
        },
        (e: unknown) => {
          if (mine === current.current) set((s) => ({ ...s, failure: asFailure(e), loading: false }));
        },
      );
    },
    [path, name],
  );
  useEffect(() => load(undefined, []), [load, turn]);
  return {
    items: state.items,
    failure: state.failure,
    loading: state.loading,
    more: state.next !== undefined,
    loadMore: () => state.next !== undefined && !state.loading && load(state.next, state.items),
    reload: useCallback(() => setTurn((t) => t + 1), []),
  };
}

export interface Doing {
  busy: boolean;
  failure: Failure | undefined;
  /* Runs one at a time: a second press while the first is under way does nothing. True when it went well. */
  run: (work: () => Promise<void>) => Promise<boolean>;
  clear: () => void;
}

export function useDoing(): Doing {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const under = useRef(false);
  const run = useCallback(async (work: () => Promise<void>) => {
    if (under.current) return false;
    under.current = true;
    setBusy(true);
    setFailure(undefined);
    try {
      await work();
      return true;
    } catch (e) {
      setFailure(asFailure(e));
      return false;
    } finally {
      under.current = false;
      setBusy(false);
    }
  }, []);
  return { busy, failure, run, clear: useCallback(() => setFailure(undefined), []) };
}
