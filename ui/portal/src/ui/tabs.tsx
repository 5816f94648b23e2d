/* Tabs as the ARIA practices have them; they wrap on a phone. A panel that was opened stays, so nothing typed in it is lost. */
import { useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';

interface Item {
  key: string;
  label: string;
  children: ReactNode;
}

export function Tabs({ items, label }: { items: Item[]; label: string }) {
  const id = useId();
  const [active, setActive] = useState(items[0]?.key);
  const [opened, setOpened] = useState<ReadonlySet<string | undefined>>(() => new Set([items[0]?.key]));
  const list = useRef<HTMLDivElement>(null);
  const open = (key: string) => {
    setActive(key);
    setOpened((o) => new Set(o).add(key));
  };
  const move = (e: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    const at = items.findIndex((i) => i.key === active);
    const next = e.key === 'Home' ? 0 : e.key === 'End' ? items.length - 1 : step ? (at + step + items.length) % items.length : -1;
    const item = items[next];
    if (!item) return;
    e.preventDefault();
    open(item.key);
    list.current?.querySelectorAll<HTMLElement>('[role="tab"]')[next]?.focus();
  };
  return (
    <>
      <div className="tabs" role="tablist" aria-label={label} ref={list} onKeyDown={move}>
        {items.map((i) => (
          <button
            key={i.key}
            type="button"
            role="tab"
            id={`${id}-${i.key}`}
            aria-selected={i.key === active}
            aria-controls={`${id}-${i.key}-p`}
            tabIndex={i.key === active ? 0 : -1}
            onClick={() => open(i.key)}
          >
            {i.label}
          </button>
        ))}
      </div>
      {items.map((i) => (
        <div key={i.key} role="tabpanel" id={`${id}-${i.key}-p`} aria-labelledby={`${id}-${i.key}`} hidden={i.key !== active}>
          {opened.has(i.key) && i.children}
        </div>
      ))}
    </>
  );
}
