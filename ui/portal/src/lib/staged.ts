/*
 * People who were typed or read but are not in the dossier yet, because something about them is refused. They live in
 * memory only (personal data is not written to the disk of an office computer); leaving the page asks first.
 */
import { useSyncExternalStore } from 'react';
import type { Person, Refusal } from '../api/shapes';

export interface Staged {
  key: number;
  from: string;
  person: Person;
  refusals: Refusal[];
}

const EMPTY: Staged[] = [];
const kept = new Map<string, Staged[]>();
const listeners = new Set<() => void>();
let last = 0;

const warn = (e: BeforeUnloadEvent) => e.preventDefault();

function put(dossier: string, list: Staged[]) {
  kept.set(dossier, list);
  window.removeEventListener('beforeunload', warn);
  if ([...kept.values()].some((l) => l.length > 0)) window.addEventListener('beforeunload', warn);
  listeners.forEach((l) => l());
}

export const stage = (dossier: string, items: Omit<Staged, 'key'>[]) =>
  put(dossier, [...(kept.get(dossier) ?? EMPTY), ...items.map((i) => ({ ...i, key: ++last }))]);

export const changeStaged = (dossier: string, key: number, change: Partial<Staged>) =>
  put(dossier, (kept.get(dossier) ?? EMPTY).map((s) => (s.key === key ? { ...s, ...change } : s)));

export const dropStaged = (dossier: string, keys: number[]) =>
  put(dossier, (kept.get(dossier) ?? EMPTY).filter((s) => !keys.includes(s.key)));

export function useStaged(dossier: string): Staged[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => kept.get(dossier) ?? EMPTY,
  );
}
