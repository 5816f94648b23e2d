/* The legal profile in force (etc/legal/2024.json): conditions, forms, limits and grounds in its own words. */
import profile from '../../../../etc/legal/2024.json';

export interface LegalProcedure {
  key: string;
  vi: string;
  en: string;
  form: { number: string; title: string; source: string };
  own_form: { title: string; source: string };
  subject: { text: string };
  fields: { key: string; vi: string; en: string; required: boolean }[];
  limits: { key: string; amount: number; unit: string; source: string }[];
  conditions: { key: string; vi: string; en: string; source: string }[];
}

export const LEGAL = profile as unknown as {
  vi: string;
  source: string;
  authority: string;
  procedures: LegalProcedure[];
  grounds: { key: string; vi: string; en: string; who: string[] }[];
};

/* What an organisation may ask on. */
export const GROUNDS = LEGAL.grounds.filter((g) => g.who.includes('body'));
