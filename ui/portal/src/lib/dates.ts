/* Times are Unix seconds; what people read is Vietnam's time (+07:00, no summer time), dd/mm/yyyy. */
import type { Language } from '../i18n';

const ZONE = 'Asia/Ho_Chi_Minh';
const parts = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
});

function split(seconds: number): Record<string, string> {
  return Object.fromEntries(parts.formatToParts(new Date(seconds * 1000)).map((p) => [p.type, p.value]));
}

export function dateText(seconds: number | undefined): string {
  if (!seconds) return '–';
  const p = split(seconds);
  return `${p.day}/${p.month}/${p.year}`;
}

export function timeText(seconds: number | undefined): string {
  if (!seconds) return '–';
  const p = split(seconds);
  return `${p.hour}:${p.minute}, ${p.day}/${p.month}/${p.year}`;
}

/* "còn 2 ngày 3 giờ": how long from now; the two largest units. */
export function spanText(seconds: number, language: Language): string {
  const s = Math.abs(Math.round(seconds));
  const units: [number, string, string][] = [
    [Math.floor(s / 86400), 'ngày', 'd'],
    [Math.floor((s % 86400) / 3600), 'giờ', 'h'],
    [Math.floor((s % 3600) / 60), 'phút', 'min'],
  ];
  const shown = units.filter(([n]) => n > 0).slice(0, 2);
  if (shown.length === 0) return language === 'vi' ? 'dưới 1 phút' : 'under 1 min';
  return shown.map(([n, vi, en]) => `${n} ${language === 'vi' ? vi : en}`).join(' ');
}

/* "31/12/2026" → seconds at midnight in Vietnam; undefined for what is no date. */
export function parseDate(text: string): number | undefined {
  const m = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text.trim());
  if (!m) return undefined;
  const [day, month, year] = [Number(m[1]), Number(m[2]), Number(m[3])];
  const made = new Date(Date.UTC(year, month - 1, day));
  if (made.getUTCDate() !== day || made.getUTCMonth() !== month - 1 || year < 1900 || year > 2200) return undefined;
  return made.getTime() / 1000 - 7 * 3600;
}

export const now = (): number => Math.floor(Date.now() / 1000);
