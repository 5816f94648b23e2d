/* Who is logged in, the organisation behind the person, and the proof that approving actions ask for again. */
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { Failure, get, onLoggedOut, post, send } from './api/client';
import type { Org, OwnSession } from './api/shapes';
import { rolesOf, type Role } from './lib/roles';
import { logInAssertion, type Challenge } from './lib/webauthn';

export interface Started extends Challenge {
  start: string;
  step_up: boolean;
  certificate_port?: number;
}

export interface Me {
  session: OwnSession;
  org: Org;
  roles: ReadonlySet<Role>;
  /* of the department or a delegated authority */
  authority: boolean;
}

interface SessionValue {
  /* undefined: not known yet; null: nobody */
  me: Me | null | undefined;
  trouble: Failure | undefined;
  refresh: () => Promise<void>;
  logOut: () => Promise<void>;
  /* Does the work; where the service wants the key again, asks for it and does it once more. */
  fresh: <T>(work: () => Promise<T>) => Promise<T>;
  /* A proof that is being asked for, for the dialog. */
  asking: Asking | undefined;
}

export class StepUpCancelled extends Error {}

export interface Asking {
  /* with the passkey here; false: it was proved in another window */
  prove: (byPasskey: boolean) => Promise<void>;
  cancel: () => void;
}

const Context = createContext<SessionValue | undefined>(undefined);

/* That somebody logged in here: visitors of the public pages are not asked who they are. It opens nothing. */
const WAS_IN = 'kyso-in';
const remembered = () => localStorage.getItem(WAS_IN) !== null;
const remember = (is: boolean) => (is ? localStorage.setItem(WAS_IN, '1') : localStorage.removeItem(WAS_IN));

async function load(): Promise<Me> {
  const session = await get<OwnSession>('/api/v1/session');
  const org = await get<Org>(`/api/v1/organisations/${session.staff.org}`);
  return { session, org, roles: rolesOf(session.staff.roles), authority: org.kind !== 'organisation' };
}

export const begin = () => post<Started>('/api/v1/session/start');

export async function proveByPasskey(): Promise<void> {
  const started = await begin();
  await post('/api/v1/session', await logInAssertion(started));
}

const certificateAddress = (started: Started) =>
  `https://${location.hostname}:${started.certificate_port}/api/v1/session/certificate?start=${encodeURIComponent(started.start)}`;

const BACK = 'kyso-back';

/* To the port that asks for a certificate; it comes back to /login#code=… */
export async function goToCertificatePort(back: string): Promise<void> {
  const started = await begin();
  sessionStorage.setItem(BACK, back);
  location.assign(certificateAddress(started));
}

/* Where to go after the log-in: only ever a path of this site. */
export function takeBack(): string {
  const back = sessionStorage.getItem(BACK) ?? '/viec';
  sessionStorage.removeItem(BACK);
  return /^\/(?!\/)/.test(back) ? back : '/viec';
}

export const CERTIFICATE_WINDOW = 'kyso-certificate';
export const CERTIFICATE_CHANNEL = 'kyso-certificate-done';

/* The same in a window beside the page, so that what is on the page stays; fails when the window says so or is closed. */
export async function goToCertificatePopup(): Promise<void> {
  const popup = window.open('about:blank', CERTIFICATE_WINDOW, 'popup,width=720,height=640');
  const started = await begin();
  if (!popup) throw new Error('popup');
  popup.location.href = certificateAddress(started);
  const channel = new BroadcastChannel(CERTIFICATE_CHANNEL);
  await new Promise<void>((done, fail) => {
    const watch = window.setInterval(() => popup.closed && end(() => fail(new StepUpCancelled())), 500);
    const end = (then: () => void) => {
      window.clearInterval(watch);
      channel.close();
      then();
    };
    channel.onmessage = () => end(done);
  });
}

export function SessionProvider({ children }: { children: ReactNode }) {
  const [me, setMe] = useState<Me | null | undefined>(undefined);
  const [trouble, setTrouble] = useState<Failure>();
  const [asking, setAsking] = useState<Asking>();
  const waiting = useRef<Promise<void> | undefined>(undefined);

  const nobody = useCallback(() => {
    remember(false);
    setMe(null);
  }, []);

  const refresh = useCallback(async () => {
    try {
      setMe(await load());
      remember(true);
      setTrouble(undefined);
    } catch (e) {
      if (e instanceof Failure && e.status === 401) nobody();
      else setTrouble(e instanceof Failure ? e : undefined);
    }
  }, [nobody]);

  useEffect(() => {
    if (remembered()) void refresh();
    else setMe(null);
    return onLoggedOut(nobody);
  }, [nobody, refresh]);

  const logOut = useCallback(async () => {
    await send('DELETE', '/api/v1/session');
    nobody();
  }, [nobody]);

  const askProof = useCallback((): Promise<void> => {
    waiting.current ??= new Promise<void>((done, fail) => {
      const end = () => {
        waiting.current = undefined;
        setAsking(undefined);
      };
      setAsking({
        prove: async (byPasskey) => {
          if (byPasskey) await proveByPasskey();
          end();
          done();
          void refresh();
        },
        cancel: () => {
          end();
          fail(new StepUpCancelled());
        },
      });
    });
    return waiting.current;
  }, [refresh]);

  const fresh = useCallback(
    async <T,>(work: () => Promise<T>): Promise<T> => {
      try {
        return await work();
      } catch (e) {
        if (!(e instanceof Failure) || e.code !== 'step_up_required') throw e;
      }
      await askProof();
      return work();
    },
    [askProof],
  );

  const value = useMemo(
    () => ({ me, trouble, refresh, logOut, fresh, asking }),
    [me, trouble, refresh, logOut, fresh, asking],
  );
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export function useSession(): SessionValue {
  const value = useContext(Context);
  if (!value) throw new Error('outside of SessionProvider');
  return value;
}

/* The person on a page that only people who are logged in see. */
export function useMe(): Me {
  const { me } = useSession();
  if (!me) throw new Error('nobody is logged in');
  return me;
}
