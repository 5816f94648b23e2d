/* The look, once: Ant Design's tokens. The static style sheet is made from them at build (tools/style.ts). */
import type { ThemeConfig } from 'antd';

export const theme: ThemeConfig = {
  hashed: false,
  cssVar: { key: 'kyso' },
  token: {
    colorPrimary: '#15508a',
    colorLink: '#15508a',
    colorLinkHover: '#0f3a66',
    colorInfo: '#15508a',
    colorSuccess: '#1a6b3c',
    colorWarning: '#8a5300',
    colorError: '#b3241e',
    colorText: '#16222f',
    colorTextSecondary: '#3f4d5c',
    colorTextTertiary: '#51606f',
    colorTextDescription: '#51606f',
    colorTextPlaceholder: '#5d6b79',
    colorTextDisabled: '#5d6b79',
    colorBorder: '#8793a0',
    colorBorderSecondary: '#d5dce4',
    colorBgLayout: '#f3f5f8',
    fontFamily: "'Segoe UI', 'Noto Sans', Roboto, 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif",
    fontSize: 16,
    lineHeight: 1.55,
    controlHeight: 42,
    borderRadius: 6,
    wireframe: false,
  },
};
