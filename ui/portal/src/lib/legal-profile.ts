/* A legal profile as the service gives it (GET /api/v1/legal): what is in force from when, and which texts are official. */
export interface Proof {
  official: boolean;
  source?: string;
  note?: string;
}
export interface Labelled extends Proof {
  key: string;
  vi: string;
  en: string;
}
export interface ProfileField extends Labelled {
  type: string;
  required: boolean;
  max_chars: number;
}
export interface ProfileLimit extends Proof {
  key: string;
  amount: number;
  unit: string;
}
export interface ProfileProcedure {
  key: string;
  code: string;
  vi: string;
  en: string;
  form: Proof & { number?: string; title: string };
  own_form: Proof & { number?: string; title: string };
  subject: string;
  addressee: string;
  fields: ProfileField[];
  limits: ProfileLimit[];
  conditions: Labelled[];
}
export interface ProfileHead {
  id: string;
  vi: string;
  en: string;
  in_force_from: number;
}
export interface Profile extends ProfileHead, Proof {
  authority: string;
  document: ProfileField[];
  recipient: ProfileField[];
  declarations: Labelled[];
  grounds: (Labelled & { reason: number; who: string[] })[];
  procedures: ProfileProcedure[];
  profiles: ProfileHead[];
}

export type Standing = 'now' | 'coming' | 'past';

/* The newest that has begun is in force; those before it are past, those after it are to come. */
export function standingOf(profile: ProfileHead, all: ProfileHead[], at: number): Standing {
  if (profile.in_force_from > at) return 'coming';
  const newest = Math.max(...all.filter((p) => p.in_force_from <= at).map((p) => p.in_force_from));
  return profile.in_force_from === newest ? 'now' : 'past';
}

/* Everything in it whose official text was not to be had. */
export function unofficial(p: Profile): number {
  const proofs: Proof[] = [
    p,
    ...p.document,
    ...p.recipient,
    ...p.declarations,
    ...p.grounds,
    ...p.procedures.flatMap((x) => [x.form, x.own_form, ...x.fields, ...x.limits, ...x.conditions]),
  ];
  return proofs.filter((x) => !x.official).length;
}
