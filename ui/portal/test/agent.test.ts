import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AgentFailure, signDocument } from '../src/lib/agent';
import { asBytes } from '../src/lib/bytes';

const GIVEN = { download: '/api/v1/agent/documents/d/van-ban.pdf', upload: '/api/v1/agent/documents/u', hash: 'ab', size: 7, expires_at: 1 };
let asked: { url: string; text: string }[];
let reply: object | undefined;

/* An agent that answers each call with `reply`; undefined: there is none. */
class FakeSocket {
  onopen?: () => void;
  onmessage?: (e: { data: string }) => void;
  onerror?: () => void;
  constructor(readonly url: string) {
    queueMicrotask(() => (reply ? this.onopen?.() : this.onerror?.()));
  }
  send(text: string) {
    asked.push({ url: this.url, text });
    queueMicrotask(() => this.onmessage?.({ data: JSON.stringify(reply) }));
  }
  close() {}
}

beforeEach(() => {
  asked = [];
  vi.stubGlobal('WebSocket', FakeSocket);
  vi.stubGlobal('window', globalThis);
  vi.stubGlobal('location', { origin: 'https://cong.example.vn:8443' });
});
afterEach(() => vi.unstubAllGlobals());

test('document and statement go with one call, addresses on the page’s own origin', async () => {
  reply = { Status: 0, Message: '', FileServer: 'cd', Signature: 'Y21z' };
  const signed = await signDocument('SignApproved', GIVEN, asBytes(new TextEncoder().encode('hello').buffer as ArrayBuffer));
  expect(asked).toHaveLength(1);
  expect(asked[0]!.url).toBe('wss://127.0.0.1:8987/SignApproved');
  expect(JSON.parse(asked[0]!.text)).toMatchObject({
    FileName: 'https://cong.example.vn:8443/api/v1/agent/documents/d/van-ban.pdf',
    FileUploadHandler: 'https://cong.example.vn:8443/api/v1/agent/documents/u',
    FileHash: 'ab',
    Base64Content: 'aGVsbG8=',
  });
  expect(signed.document).toBe('cd');
  expect(new TextDecoder().decode(signed.cms)).toBe('cms');
});

test('an agent that signs no content along is told apart', async () => {
  reply = { Status: 0, FileServer: 'cd' };
  expect((await signDocument('SignIssued', GIVEN, new Uint8Array(1))).cms).toBeUndefined();
});

test('without a statement no content is sent', async () => {
  reply = { Status: 0, FileServer: 'cd' };
  await signDocument('SignApproved', GIVEN);
  expect(JSON.parse(asked[0]!.text)).not.toHaveProperty('Base64Content');
});

test('what the agent refuses is told with its status and words', async () => {
  reply = { Status: 403, Message: 'Địa chỉ này đã được dùng' };
  const failure = await signDocument('SignApproved', GIVEN).catch((e: unknown) => e);
  expect(failure).toBeInstanceOf(AgentFailure);
  expect(failure).toMatchObject({ status: 403, message: 'Địa chỉ này đã được dùng' });
  reply = undefined;
  expect(await signDocument('SignApproved', GIVEN).catch((e: unknown) => e)).toMatchObject({ status: 500 });
});
