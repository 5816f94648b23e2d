/* Every component of Ant Design that the portal uses. What is added here is also drawn in tools/style.ts. */
export { default as Alert } from 'antd/es/alert';
export { default as Button } from 'antd/es/button';
export { default as Checkbox } from 'antd/es/checkbox';
export { default as ConfigProvider } from 'antd/es/config-provider';
export { default as Input } from 'antd/es/input';
export { default as Progress } from 'antd/es/progress';
export { default as Radio } from 'antd/es/radio';
export { default as Skeleton } from 'antd/es/skeleton';
export { default as Steps } from 'antd/es/steps';
export { default as Tag } from 'antd/es/tag';
export { default as Timeline } from 'antd/es/timeline';
export type { InputRef } from 'antd';
