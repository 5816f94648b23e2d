/* Canonical JSON as statements are written in (RFC 8785): NFC texts, integers below 2^53, no null, depth at most 6. */
export type Json = string | number | boolean | Json[] | { [name: string]: Json };

const DEPTH_MAX = 6;

/* UTF-16 code units, as RFC 8785 §3.2.3 wants and as JavaScript compares. */
const byUnits = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function writeText(value: string): string {
  if (value !== value.normalize('NFC')) throw new Error('text is not NFC');
  if (/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(value)) throw new Error('lone surrogate');
  return JSON.stringify(value);
}

function writeNumber(value: number): string {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw new Error('not an integer below 2^53');
  return String(value);
}

function write(value: unknown, depth: number): string {
  if (typeof value === 'string') return writeText(value);
  if (typeof value === 'number') return writeNumber(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'object' || value === null) throw new Error('null and the like are not allowed');
  if (depth >= DEPTH_MAX) throw new Error('nested too deeply');
  if (Array.isArray(value)) return `[${value.map((v) => write(v, depth + 1)).join(',')}]`;
  const members = Object.keys(value).sort(byUnits);
  const of = value as Record<string, unknown>;
  return `{${members.map((name) => `${writeText(name)}:${write(of[name], depth + 1)}`).join(',')}}`;
}

export const writeCanonical = (value: unknown): string => write(value, 0);

/* Reads a text that must be canonical: what is shown is then what is signed, byte for byte. */
export function readCanonical(text: string): { [name: string]: Json } {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('not an object');
  if (writeCanonical(value) !== text) throw new Error('not canonical');
  return value as { [name: string]: Json };
}
