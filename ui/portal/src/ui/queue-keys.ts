/* Keys of one letter for those who work with lists all day; off where somebody types, and off altogether on request. */
import { useEffect, useRef, useState } from 'react';

const KEPT = 'kyso-keys';

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
/* A button or link in focus does its own thing on Enter. */
const pressing = (target: EventTarget | null): boolean => target instanceof HTMLElement && /^(BUTTON|A|SUMMARY)$/.test(target.tagName);

export function useQueueKeys(keys: Record<string, () => void>) {
  const [on, set] = useState(() => localStorage.getItem(KEPT) !== 'off');
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    if (!on) return undefined;
    const listen = (e: KeyboardEvent) => {
      if (e.ctrlKey || e.altKey || e.metaKey || document.querySelector('dialog[open]')) return;
      const box = e.target instanceof HTMLInputElement && e.target.type === 'checkbox';
      if ((typing(e.target) && !box) || (e.key === 'Enter' && (pressing(e.target) || box))) return;
      const work = latest.current[e.key];
      if (!work) return;
      e.preventDefault();
      work();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [on]);
  const setOn = (v: boolean) => {
    set(v);
    localStorage.setItem(KEPT, v ? 'on' : 'off');
  };
  return { on, setOn };
}
