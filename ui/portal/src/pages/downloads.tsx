/* The three downloads that the letter names: forms, guide to this system, guide to central signing. */
import { Link } from 'react-router-dom';
import { useLoad } from '../api/use';
import { useLanguage, useSay } from '../i18n';
import { dateText } from '../lib/dates';
import { GUIDES } from '../lib/guides';
import { PROCEDURES } from '../lib/states';
import { FileLink, GuideFile } from '../ui/downloads';
import { Failed, Loading, Page, Sheet } from '../ui/parts';

interface BlankForm {
  file: string;
  procedure: string;
  by: 'organisation' | 'subscriber';
  number?: string;
  title: string;
  bytes: number;
  date: number;
}

function Forms() {
  const say = useSay();
  const { language } = useLanguage();
  const { data, failure, loading, reload } = useLoad<{ profile: string; forms: BlankForm[] }>('/api/v1/forms');
  const procedures = [...new Set(data?.forms.map((f) => f.procedure))];
  return (
    <Sheet title={say('1. Mẫu biểu', '1. Forms')}>
      <p>
        {say(
          'Cơ quan lập hồ sơ trên hệ thống thì không phải điền tay: văn bản được tạo từ thông tin đã nhập. Thuê bao in và ký tay mẫu của mình khi không điền qua liên kết.',
          'Who files here fills in nothing by hand: the system draws the document. Subscribers print and sign their own form where they do not use the link.',
        )}
      </p>
      <Failed failure={failure} again={reload} />
      {loading && !data && <Loading />}
      {procedures.map((p) => (
        <section key={p} aria-labelledby={`mau-${p}`}>
          <h3 id={`mau-${p}`}>{PROCEDURES[p]?.[language] ?? p}</h3>
          <ul>
            {data?.forms
              .filter((f) => f.procedure === p)
              .map((f) => (
                <li key={f.file}>
                  <FileLink
                    href={`/api/v1/forms/${f.file}`}
                    text={`${f.by === 'subscriber' ? say('Thuê bao', 'Subscriber') : say('Cơ quan, tổ chức', 'Organisation')}: ${f.number ? `${say('Mẫu số', 'Form')} ${f.number} – ` : ''}${f.title}`}
                    bytes={f.bytes}
                    date={dateText(f.date)}
                  />
                </li>
              ))}
          </ul>
        </section>
      ))}
      <p>
        {say('Mẫu danh sách thuê bao (.xlsx, .csv) tải tại bước “Nhập danh sách” khi lập hồ sơ.', 'The list template (.xlsx, .csv) is offered where people are entered.')}{' '}
        <Link to="/ho-so/moi">{say('Lập hồ sơ', 'New dossier')}</Link>
      </p>
    </Sheet>
  );
}

export default function Downloads() {
  const say = useSay();
  const { language } = useLanguage();
  return (
    <Page title={say('Biểu mẫu, tài liệu', 'Downloads')}>
      <Forms />
      {GUIDES.map((g, i) => (
        <Sheet key={g.id} title={`${i + 2}. ${g[language]}`}>
          <p>{g.lead[language]}</p>
          <div className="row">
            <GuideFile guide={g.id} />
            <Link to={`/huong-dan/${g.id}`}>{say('Đọc trên trang', 'Read it here')}</Link>
          </div>
        </Sheet>
      ))}
    </Page>
  );
}
