/*
 * Ant Design's styles as one static sheet, so that the page needs no inline style (Content-Security-Policy).
 * Only the components that src/ui/antd.ts gives out are drawn here; a component that is not drawn has no style.
 */
import { StyleProvider, createCache, extractStyle } from '@ant-design/cssinjs';
import * as antd from 'antd';
import { createElement as h } from 'react';
import { renderToString } from 'react-dom/server';
import { theme } from '../src/style/theme';

const { Alert, Button, Checkbox, ConfigProvider, Input, Progress, Radio, Skeleton, Steps, Tag, Timeline } = antd;

export function antdStyle(): string {
  const cache = createCache();
  const all = [
    h(Alert, { key: 1, showIcon: true, title: 'x', closable: true, type: 'info' }),
    h(Button, { key: 2, type: 'primary', loading: true }, 'x'),
    h(Checkbox, { key: 3 }, 'x'),
    h(Checkbox.Group, { key: 4, options: ['x'] }),
    h(Input, { key: 5, allowClear: true, prefix: 'x' }),
    h(Input.TextArea, { key: 6 }),
    h(Input.Search, { key: 7 }),
    h(Input.Password, { key: 8 }),
    h(Progress, { key: 9, percent: 3 }),
    h(Radio.Group, { key: 10, options: ['x'] }),
    h(Skeleton, { key: 11, active: true }),
    h(Steps, { key: 12, items: [{ title: 'x' }] }),
    h(Tag, { key: 14, closable: true }, 'x'),
    h(Timeline, { key: 15, items: [{ content: 'x' }] }),
  ];
  renderToString(h(StyleProvider, { cache, children: h(ConfigProvider, { theme, children: all }) }));
  return extractStyle(cache, { plain: true });
}
