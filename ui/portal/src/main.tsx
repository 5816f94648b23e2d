import { StyleProvider } from '@ant-design/cssinjs';
import en from 'antd/es/locale/en_US';
import vi from 'antd/es/locale/vi_VN';
import { StrictMode, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import 'virtual:antd.css';
import { App } from './app';
import { LanguageProvider, useLanguage } from './i18n';
import { SessionProvider } from './session';
import './style/base.css';
import { theme } from './style/theme';
import { ConfigProvider } from './ui/antd';
import { ToastProvider } from './ui/toast';

/* The sheet is static (tools/style.ts). What Ant Design would add at run time goes to an element that is on no page. */
const nowhere = document.createElement('div');

function Look({ children }: { children: ReactNode }) {
  const { language } = useLanguage();
  return (
    <StyleProvider container={nowhere}>
      <ConfigProvider
        locale={language === 'vi' ? vi : en}
        theme={{ ...theme, zeroRuntime: true }}
        wave={{ disabled: true }}
        button={{ autoInsertSpace: false }}
      >
        {children}
      </ConfigProvider>
    </StyleProvider>
  );
}

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <LanguageProvider>
        <Look>
          <ToastProvider>
            <SessionProvider>
              <App />
            </SessionProvider>
          </ToastProvider>
        </Look>
      </LanguageProvider>
    </StrictMode>,
  );
