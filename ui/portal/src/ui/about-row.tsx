/* Under a name: the certificate that the row is about. */
import { useLanguage } from '../i18n';
import { aboutRow } from '../lib/about-row';

export function AboutRow({ person }: { person: object }) {
  const { language } = useLanguage();
  const lines = aboutRow(person, language);
  if (lines.length === 0) return null;
  return (
    <span className="muted small break" style={{ display: 'block', fontWeight: 400 }}>
      {lines.map((line) => (
        <span key={line} style={{ display: 'block' }}>
          {line}
        </span>
      ))}
    </span>
  );
}
