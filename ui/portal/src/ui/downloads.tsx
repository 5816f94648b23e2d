/* Files to keep, each with its size and date. */
import { useSay } from '../i18n';
import { dateText } from '../lib/dates';
import { GUIDE_FILES } from '../lib/guides';
import { sizeText } from '../lib/size';

export function FileLink({ href, text, bytes, date }: { href: string; text: string; bytes: number; date: string }) {
  return (
    <span>
      <a href={href} download>
        {text}
      </a>{' '}
      <span className="muted small">
        (PDF, {sizeText(bytes)}, {date})
      </span>
    </span>
  );
}

/* The printed guide. */
export function GuideFile({ guide }: { guide: string }) {
  const say = useSay();
  const file = GUIDE_FILES.find((f) => f.guide === guide);
  if (!file) return null;
  return <FileLink href={`/guides/${file.file}`} text={say('Tải hướng dẫn về máy', 'Download the guide')} bytes={file.bytes} date={dateText(Date.parse(file.date) / 1000)} />;
}
