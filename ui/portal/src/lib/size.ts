/* Sizes of files as people read them. */
const KB = 1024;

export const sizeText = (bytes: number): string =>
  bytes < KB * KB ? `${Math.max(1, Math.round(bytes / KB))} KB` : `${(bytes / KB / KB).toLocaleString('vi-VN', { maximumFractionDigits: 1 })} MB`;
