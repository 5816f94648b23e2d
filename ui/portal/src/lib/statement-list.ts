/* Several statements under one signature (docs/protocol/statements.md §4). */
import { type Bytes, concat, sha256, utf8 } from './bytes';

const LABEL = utf8('kyso statements v1\0');
export const LIST_MAX = 200;
const LIST_BYTES_MAX = 256 * 1024;

/* What is signed, its hash, and the requests that the statements are about, for the agent to show. */
export interface SignedList {
  content: Bytes;
  hash: Bytes;
  requests: string[];
}

function number(value: number, bytes: number): Bytes {
  const out = new Uint8Array(bytes);
  for (let i = 0; i < bytes; i++) out[i] = (value >>> (8 * (bytes - 1 - i))) & 0xff;
  return out;
}

export function listContent(texts: string[]): Bytes {
  if (texts.length === 0 || texts.length > LIST_MAX) throw new Error(`statements: 1 to ${LIST_MAX}`);
  const items = texts.map(utf8).flatMap((t) => [number(t.length, 4), t]);
  const content = concat(LABEL, number(texts.length, 2), ...items);
  if (content.length > LIST_BYTES_MAX) throw new Error(`statements: at most ${LIST_BYTES_MAX} bytes`);
  return content;
}

export async function makeList(texts: string[], requests: string[]): Promise<SignedList> {
  const content = listContent(texts);
  return { content, hash: await sha256(content), requests };
}
