/* The program that signs with a person's token, at wss://127.0.0.1:8987 (docs/protocol/agent.md): one call, one connection. */
import type { AgentAddresses } from '../api/shapes';
import { fromBase64, toBase64, type Bytes, utf8 } from './bytes';

export const AGENT = 'wss://127.0.0.1:8987';
const CONNECT_MS = 5_000;
const CONFIG_MS = 5_000;

export class AgentFailure extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export interface AgentReply {
  Status: number;
  Message?: string;
  [name: string]: unknown;
}

/* Agents of other makers answer with Status and text in other ways: nothing is taken for granted but a JSON object. */
function readReply(data: unknown): AgentReply {
  if (typeof data === 'string') {
    try {
      const reply = JSON.parse(data) as unknown;
      if (typeof reply === 'object' && reply !== null && typeof (reply as AgentReply).Status === 'number') return reply as AgentReply;
    } catch {
      /* said below */
    }
  }
  throw new AgentFailure(520, 'not JSON');
}

/* reply_ms 0: as long as the person needs to agree and to type the PIN. */
export function callAgent(path: string, message: string, replyMs = 0): Promise<AgentReply> {
  return new Promise((done, fail) => {
    const socket = new WebSocket(`${AGENT}/${path}`);
    let answered = false;
    let timer = window.setTimeout(() => end(new AgentFailure(500, 'no agent')), CONNECT_MS);
    function end(failure: Error | undefined, reply?: AgentReply) {
      if (answered) return;
      answered = true;
      window.clearTimeout(timer);
      socket.close();
      if (reply) done(reply);
      else fail(failure ?? new AgentFailure(520, 'closed'));
    }
    socket.onopen = () => {
      window.clearTimeout(timer);
      if (replyMs > 0) timer = window.setTimeout(() => end(new AgentFailure(409, 'no answer')), replyMs);
      socket.send(message);
    };
    socket.onmessage = (event) => {
      try {
        const reply = readReply(event.data);
        if (reply.Status === 0) end(undefined, reply);
        else end(new AgentFailure(reply.Status, reply.Message ?? ''));
      } catch (e) {
        end(e as Error);
      }
    };
    socket.onerror = () => end(new AgentFailure(500, 'no agent'));
    socket.onclose = () => end(new AgentFailure(500, 'closed'));
  });
}

/* Is it there, and does it allow this page? */
export async function agentThere(): Promise<{ name: string; version: string } | undefined> {
  try {
    const reply = await callAgent('Config', 'config', CONFIG_MS);
    return { name: String(reply.Name ?? 'agent'), version: String(reply.Version ?? '') };
  } catch {
    return undefined;
  }
}

export interface TokenCertificate {
  commonName: string;
  organization: string;
  serial: string;
  validTo: string;
  der: Bytes;
}

export async function tokenCertificate(): Promise<TokenCertificate> {
  const info = (await callAgent('GetCertInfo', 'get_cert_info')).CertInfo as Record<string, string>;
  return {
    commonName: info.CommonName ?? '',
    organization: info.Organization ?? '',
    serial: info.SerialNumber ?? '',
    validTo: info.ValidTo ?? '',
    der: fromBase64(info.Base64Value ?? ''),
  };
}

/*
 * CMS SignedData over the content, enveloped. The agent shows a statement member by member before it signs, and of the
 * requests that statements are about whom they are for.
 */
export async function signMessage(content: Uint8Array, requests: string[] = []): Promise<Bytes> {
  const about = requests.length > 0 ? { Base64Requests: requests.map((r) => toBase64(utf8(r))) } : {};
  const reply = await callAgent('SignMsg', JSON.stringify({ Base64Content: toBase64(content), ...about }));
  return fromBase64(String(reply.Signature));
}

export interface DocumentSigned {
  document: string; /* hash of the signed document, as the service names it */
  cms: Bytes | undefined; /* over the content, where it was sent and the agent knows how */
}

/* 'SignApproved': the head's signature; 'SignIssued': the organisation's seal. */
export type DocumentCall = 'SignApproved' | 'SignIssued';

/*
 * Has the document at one one-time address of this page's origin signed and sent to the other; and, where there is one, the
 * statement about it by the same consent and PIN.
 */
export async function signDocument(path: DocumentCall, given: AgentAddresses, content?: Uint8Array): Promise<DocumentSigned> {
  const reply = await callAgent(
    path,
    JSON.stringify({
      FileName: new URL(given.download, location.origin).href,
      FileUploadHandler: new URL(given.upload, location.origin).href,
      JWTToken: '',
      SessionId: '',
      MetaData: [],
      FileHash: given.hash,
      ...(content && { Base64Content: toBase64(content) }),
    }),
  );
  return { document: String(reply.FileServer ?? ''), cms: reply.Signature ? fromBase64(String(reply.Signature)) : undefined };
}

/* What to tell the person, in both languages. */
export function agentWords(e: AgentFailure): { vi: string; en: string } {
  const known: Record<number, { vi: string; en: string }> = {
    401: { vi: 'Mã PIN không đúng hoặc thiết bị đã bị khóa.', en: 'Wrong PIN, or the token is locked.' },
    403: { vi: 'Yêu cầu ký đã bị từ chối.', en: 'The request to sign was refused.' },
    404: { vi: 'Chưa thấy thiết bị ký hoặc chứng thư số. Hãy cắm thiết bị rồi thử lại.', en: 'No token or certificate found. Plug it in and try again.' },
    409: { vi: 'Đang có yêu cầu ký khác, hoặc đã quá thời gian chờ.', en: 'Another request is under way, or nobody answered in time.' },
    410: { vi: 'Chứng thư số trên thiết bị đã hết hạn hoặc chưa có hiệu lực.', en: 'The certificate on the token is not valid now.' },
    500: {
      vi: 'Không kết nối được với phần mềm ký trên máy này. Hãy mở kyso-agent rồi thử lại.',
      en: 'The signing program on this computer cannot be reached. Start kyso-agent and try again.',
    },
  };
  const words = known[e.status] ?? { vi: `Phần mềm ký báo lỗi ${e.status}.`, en: `The signing program failed with ${e.status}.` };
  const more = e.status !== 500 && e.message ? ` (${e.message})` : '';
  return { vi: words.vi + more, en: words.en + more };
}
