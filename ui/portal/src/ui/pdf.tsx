/* A PDF in the browser's own viewer, from bytes that are on the page already; a link to keep it always stands beside. */
import { useCallback, useEffect, useState } from 'react';
import { useSay } from '../i18n';
import { Button } from './antd';
import { Dialog, download } from './parts';

export function PdfView({ content, name, title }: { content: Blob; name: string; title: string }) {
  const say = useSay();
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([content], { type: 'application/pdf' }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [content]);
  const viewer = navigator.pdfViewerEnabled !== false;
  return (
    <div className="stack">
      <div className="row apart">
        <strong>{title}</strong>
        <Button onClick={() => download(name, content)}>{say('Tải tệp PDF', 'Download the PDF')}</Button>
      </div>
      {viewer && address && <iframe className="pdf" src={address} title={title} />}
      {!viewer && <p className="muted">{say('Trình duyệt này không hiển thị được PDF; hãy tải tệp về để xem.', 'This browser shows no PDF; download it to read it.')}</p>}
    </div>
  );
}

/* A dialog with a PDF in it. */
export function usePdf() {
  const [shown, setShown] = useState<{ content: Blob; title: string }>();
  const show = useCallback((content: Blob, title: string) => setShown({ content, title }), []);
  const dialog = shown && (
    <Dialog large title={shown.title} onClose={() => setShown(undefined)}>
      <PdfView content={shown.content} name="van-ban.pdf" title={shown.title} />
    </Dialog>
  );
  return { show, dialog };
}
