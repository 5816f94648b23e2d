/* The procedures in the layout of the national portal, out of the legal profile. */
import { useLanguage, useSay } from '../i18n';
import { LEGAL, type LegalProcedure } from '../lib/legal';
import { PROCEDURES } from '../lib/states';
import { LinkButton } from '../ui/link-button';
import { Facts, Page, Sheet } from '../ui/parts';
import { Tabs } from '../ui/tabs';

function Procedure({ p }: { p: LegalProcedure }) {
  const say = useSay();
  const { language } = useLanguage();
  const answer = p.limits.find((l) => l.key === 'answer');
  const sources = [...new Set([answer?.source, p.form.source, ...p.conditions.map((c) => c.source)].filter(Boolean))];
  return (
    <Sheet>
      <h2>{p[language]}</h2>
      <Facts
        items={[
          [say('Lĩnh vực', 'Field'), say('Chứng thực chữ ký số chuyên dùng công vụ', 'Official-duty digital certification')],
          [say('Cơ quan thực hiện', 'Authority'), LEGAL.authority],
          [say('Căn cứ pháp lý', 'Legal grounds'), <ul key="l">{sources.map((s) => <li key={s}>{s}</li>)}</ul>],
          [say('Cách thực hiện', 'How'), say('Trực tuyến hoàn toàn trên hệ thống này.', 'Entirely online, on this system.')],
          [say('Thời hạn giải quyết', 'Time limit'), PROCEDURES[p.key]?.limit[language]],
          [say('Đối tượng thực hiện', 'Who files'), say('Cơ quan, tổ chức quản lý trực tiếp thuê bao.', 'The body that manages the subscriber.')],
          [say('Phí', 'Fee'), say('Không', 'None')],
          [say('Yêu cầu, điều kiện', 'Conditions'), <ul key="c">{p.conditions.map((c) => <li key={c.key}>{c[language]}</li>)}</ul>],
          [
            say('Thành phần hồ sơ', 'Dossier'),
            <ul key="f">
              <li>{p.own_form.title}</li>
              <li>
                {say('Mẫu số', 'Form')} {p.form.number}: {p.form.title}
              </li>
            </ul>,
          ],
          [say('Trích yếu văn bản', 'Subject line'), p.subject.text],
        ]}
      />
      <div className="row sheet-gap">
        <LinkButton primary to={`/ho-so/moi?thu-tuc=${p.key}`}>
          {say('Thực hiện thủ tục', 'Begin')}
        </LinkButton>
      </div>
    </Sheet>
  );
}

export default function Procedures() {
  const say = useSay();
  const { language } = useLanguage();
  return (
    <Page title={say('Thủ tục', 'Procedures')} lead={LEGAL.vi}>
      <Tabs label={say('Thủ tục', 'Procedures')} items={LEGAL.procedures.map((p) => ({ key: p.key, label: PROCEDURES[p.key]?.short[language] ?? p[language], children: <Procedure p={p} /> }))} />
    </Page>
  );
}
