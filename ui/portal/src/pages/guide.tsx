/* One guide, step by step, with pictures; printed as it stands here. */
import { useEffect } from 'react';
import { useLocation, useParams } from 'react-router-dom';
import { useLanguage, useSay, type Language } from '../i18n';
import { GUIDES, type Step } from '../lib/guides';
import { GuideFile } from '../ui/downloads';
import { Page } from '../ui/parts';
import Missing from './missing';

/* On paper both languages stand together. */
function InOther({ words }: { words: Record<Language, string> }) {
  const { language } = useLanguage();
  const other = language === 'vi' ? 'en' : 'vi';
  return (
    <p className="print-only muted" lang={other}>
      {words[other]}
    </p>
  );
}

function OneStep({ step }: { step: Step }) {
  const { language } = useLanguage();
  const { picture } = step;
  return (
    <li className="guide-step">
      <p>{step[language]}</p>
      <InOther words={step} />
      {picture && (
        <a href={`/guides/${picture.file}`} target="_blank" rel="noreferrer">
          <img src={`/guides/${picture.file}`} alt={picture[language]} />
        </a>
      )}
    </li>
  );
}

export default function GuidePage() {
  const say = useSay();
  const { language } = useLanguage();
  const { id } = useParams();
  const { hash } = useLocation();
  const guide = GUIDES.find((g) => g.id === id);
  useEffect(() => {
    if (hash) document.getElementById(hash.slice(1))?.scrollIntoView();
  }, [hash, guide]);
  if (!guide) return <Missing />;
  return (
    <Page title={guide[language]} lead={guide.lead[language]} crumbs={[[say('Hướng dẫn', 'Guides'), '/huong-dan']]}>
      <div className="row no-print">
        <GuideFile guide={guide.id} />
      </div>
      <InOther words={guide} />
      {guide.parts.map((p) => (
        <section key={p.id} id={p.id} className="sheet guide-part" aria-labelledby={`${p.id}-h`}>
          <h2 id={`${p.id}-h`}>{p[language]}</h2>
          <InOther words={p} />
          <ol>
            {p.steps.map((s) => (
              <OneStep key={s.vi} step={s} />
            ))}
          </ol>
        </section>
      ))}
    </Page>
  );
}
