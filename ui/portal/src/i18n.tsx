/*
 * Two languages side by side: say('Đăng nhập', 'Log in'). Vietnamese comes first, and nothing can be missing in one of
 * them. The choice is kept on this computer: it says nothing about the person.
 */
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';

export type Language = 'vi' | 'en';
export type Say = (vi: string, en: string) => string;

const KEY = 'kyso-language';
const Context = createContext<{ language: Language; choose: (l: Language) => void }>({
  language: 'vi',
  choose: () => undefined,
});

function remembered(): Language {
  try {
    return localStorage.getItem(KEY) === 'en' ? 'en' : 'vi';
  } catch {
    return 'vi';
  }
}

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(remembered);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const choose = useCallback((l: Language) => {
    setLanguage(l);
    try {
      localStorage.setItem(KEY, l);
    } catch {
      /* a browser that keeps nothing still shows both languages */
    }
  }, []);
  const value = useMemo(() => ({ language, choose }), [language, choose]);
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export const useLanguage = () => useContext(Context);

export function useSay(): Say {
  const { language } = useContext(Context);
  return useCallback((vi, en) => (language === 'vi' ? vi : en), [language]);
}
