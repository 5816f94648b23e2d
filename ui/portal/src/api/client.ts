/* One way to the service: JSON in and out, the page's own header, failures with the sentence for people. */

export interface FailureBody {
  error: string;
  error_description?: string;
  vi?: string;
  request?: string;
  [more: string]: unknown;
}

export class Failure extends Error {
  constructor(
    readonly status: number,
    readonly body: FailureBody,
    readonly retryAfter = 0,
  ) {
    super(body.error_description ?? body.error);
  }

  get code(): string {
    return this.body.error;
  }
}

/* No answer at all: the network, or the service is away. What was typed is still on the page. */
export const unreachable = () =>
  new Failure(0, {
    error: 'unreachable',
    error_description: 'The service cannot be reached. Nothing was lost: try again in a moment.',
    vi: 'Chưa kết nối được với hệ thống. Dữ liệu trên trang vẫn còn, vui lòng thử lại sau ít phút.',
  });

const listeners = new Set<() => void>();
/* Told when the session has ended. */
export function onLoggedOut(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

async function failureOf(response: Response): Promise<Failure> {
  const retry = Number(response.headers.get('Retry-After') ?? 0) || 0;
  try {
    return new Failure(response.status, (await response.json()) as FailureBody, retry);
  } catch {
    return new Failure(response.status, {
      error: 'unexpected',
      error_description: `The service answered with status ${response.status}.`,
      vi: `Hệ thống trả lời không đúng dự kiến (mã ${response.status}).`,
    });
  }
}

async function request(method: string, path: string, body: BodyInit | undefined, type: string | undefined, signal?: AbortSignal) {
  const headers: Record<string, string> = { 'X-Kyso-Page': '1', Accept: 'application/json' };
  if (type) headers['Content-Type'] = type;
  let response: Response;
  try {
    response = await fetch(path, { method, headers, body, signal, credentials: 'same-origin', cache: 'no-store' });
  } catch (e) {
    if (signal?.aborted) throw e;
    throw unreachable();
  }
  if (response.ok) return response;
  const failure = await failureOf(response);
  if (failure.code === 'not_logged_in') listeners.forEach((l) => l());
  throw failure;
}

async function answer<T>(response: Response): Promise<T> {
  return (response.status === 204 ? undefined : await response.json()) as T;
}

export const get = async <T>(path: string, signal?: AbortSignal): Promise<T> =>
  answer<T>(await request('GET', path, undefined, undefined, signal));

export const getText = async (path: string): Promise<string> => (await request('GET', path, undefined, undefined)).text();

export const getBlob = async (path: string): Promise<Blob> => (await request('GET', path, undefined, undefined)).blob();

export async function send<T = void>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return answer<T>(await request(method, path, text, text === undefined ? undefined : 'application/json'));
}

export const post = <T = void>(path: string, body: unknown = {}): Promise<T> => send<T>('POST', path, body);

export async function sendBytes<T>(path: string, body: Blob | ArrayBuffer): Promise<T> {
  return answer<T>(await request('POST', path, body, 'application/octet-stream'));
}

/* "?a=1&b=2" of what is given. */
export function query(args: Record<string, string | number | undefined>): string {
  const given = Object.entries(args).filter(([, v]) => v !== undefined && v !== '');
  return given.length === 0 ? '' : '?' + new URLSearchParams(given.map(([k, v]) => [k, String(v)])).toString();
}
