/* The guides as data (ui/portal/guides) and the files that `make guides` has printed of them. */
import files from '../../guides/files.json';
import signing from '../../guides/ky-so.json';
import system from '../../guides/he-thong.json';
import type { Language } from '../i18n';

type Words = Record<Language, string>;

export interface Picture extends Words {
  file: string; /* below /guides/ */
}

export interface Step extends Words {
  picture?: Picture;
}

export interface Guide extends Words {
  id: string;
  lead: Words;
  parts: (Words & { id: string; steps: Step[] })[];
}

export const GUIDES: Guide[] = [system, signing];

/* A guide to be kept, in both languages: PDF in public/guides. */
export interface GuideFile {
  guide: string;
  file: string;
  bytes: number;
  date: string; /* 2026-11-24 */
}

export const GUIDE_FILES = files as GuideFile[];
