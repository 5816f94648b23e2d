/* The guides there are, what is in them, and where to begin. */
import { Link } from 'react-router-dom';
import { useLanguage, useSay } from '../i18n';
import { GUIDES } from '../lib/guides';
import { GuideFile } from '../ui/downloads';
import { LinkButton } from '../ui/link-button';
import { Page, Sheet } from '../ui/parts';

export default function Guides() {
  const say = useSay();
  const { language } = useLanguage();
  return (
    <Page title={say('Hướng dẫn', 'Guides')}>
      {GUIDES.map((g) => (
        <Sheet key={g.id} title={g[language]}>
          <p>{g.lead[language]}</p>
          <ul>
            {g.parts.map((p) => (
              <li key={p.id}>
                <Link to={`/huong-dan/${g.id}#${p.id}`}>{p[language]}</Link>
              </li>
            ))}
          </ul>
          <div className="row">
            <LinkButton primary to={`/huong-dan/${g.id}`}>
              {say('Đọc hướng dẫn', 'Read it')}
            </LinkButton>
            <GuideFile guide={g.id} />
          </div>
        </Sheet>
      ))}
    </Page>
  );
}
