/* Steps 1 and 2a: which procedure, who receives the result, what the document says. The draft is then on the service. */
import { useEffect, useState, type FormEvent } from 'react';
import { useNavigate, useSearchParams } from 'react-router-dom';
import { post } from '../api/client';
import type { Certificate, EnteredRow, NewDossier, Seal } from '../api/shapes';
import { useDoing, useLoad } from '../api/use';
import { useLanguage, useSay } from '../i18n';
import { dateText } from '../lib/dates';
import { chooseForRenewal, chosenForRenewal, refusedOf, renewalRows } from '../lib/renewal';
import { PROCEDURES } from '../lib/states';
import { useMe } from '../session';
import { Button, Checkbox, Radio } from '../ui/antd';
import { TextField } from '../ui/field';
import { Failed, Notice, Page, Sheet } from '../ui/parts';
import { WizardHead } from '../ui/wizard';

function Choose({ onChoose }: { onChoose: (id: string) => void }) {
  const say = useSay();
  const { language } = useLanguage();
  return (
    <Sheet title={say('Bạn cần làm thủ tục nào?', 'Which procedure do you need?')}>
      <div className="cards">
        {Object.entries(PROCEDURES).map(([id, p]) => (
          <button key={id} type="button" className={`card-link ${id === 'revoke' ? 'urgent' : ''}`} onClick={() => onChoose(id)}>
            <strong>{p[language]}</strong>
            <span className="muted small">
              {p.hint[language]} {say('Thời hạn giải quyết', 'Time limit')}: {p.limit[language]}.
            </span>
          </button>
        ))}
      </div>
    </Sheet>
  );
}

interface Form {
  document_number: string;
  signer_title: string;
  signer_name: string;
  recipient_name: string;
  recipient_title: string;
  recipient_channel: 'email' | 'sms';
  recipient_email: string;
  recipient_phone: string;
}

type Wrong = Partial<Record<keyof Form, string>>;

function useForm() {
  const me = useMe();
  const say = useSay();
  const [form, setForm] = useState<Form>({
    document_number: '',
    signer_title: '',
    signer_name: '',
    recipient_name: me.session.staff.name,
    recipient_title: '',
    recipient_channel: 'email',
    recipient_email: me.session.staff.email,
    recipient_phone: '',
  });
  const heads = useLoad<{ seals: Seal[] }>(`/api/v1/organisations/${me.org.id}/seals`).data?.seals.filter((s) => s.kind === 'head');
  const head = heads?.length === 1 ? heads[0]?.name : undefined;
  useEffect(() => {
    if (head) setForm((f) => (f.signer_name === '' ? { ...f, signer_name: head } : f));
  }, [head]);
  const [tried, setTried] = useState(false);
  const wrong: Wrong = {};
  const need = (name: keyof Form, vi: string, en: string) => {
    if (!form[name].trim()) wrong[name] = say(vi, en);
  };
  need('signer_name', 'Hãy nhập họ tên người ký văn bản.', 'Enter who signs the document.');
  need('signer_title', 'Hãy nhập chức vụ người ký, ví dụ HIỆU TRƯỞNG.', 'Enter the title, such as HEADMASTER.');
  need('recipient_name', 'Hãy nhập họ tên người tiếp nhận.', 'Enter the recipient’s name.');
  need('recipient_email', 'Hãy nhập thư điện tử công vụ.', 'Enter the official e-mail.');
  need('recipient_phone', 'Hãy nhập số điện thoại di động.', 'Enter the mobile number.');
  if (form.recipient_phone && !/^0[35789]\d{8}$/.test(form.recipient_phone.replace(/[ .]/g, '')))
    wrong.recipient_phone = say('Số di động có 10 số, bắt đầu bằng 03, 05, 07, 08 hoặc 09.', '10 digits that begin with 03, 05, 07, 08 or 09.');
  if (form.recipient_email && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(form.recipient_email))
    wrong.recipient_email = say('Địa chỉ thư điện tử chưa đúng dạng.', 'Not an e-mail address.');
  const field = (name: keyof Form) => ({
    value: form[name],
    onChange: (v: string) => setForm((f) => ({ ...f, [name]: v })),
    error: tried ? wrong[name] : undefined,
  });
  return { form, setForm, field, ok: Object.keys(wrong).length === 0, tryIt: () => setTried(true) };
}

function bodyOf(procedure: string, f: Form, people: unknown[]): NewDossier {
  const given = Object.fromEntries(Object.entries(f).map(([k, v]) => [k, v.trim()]).filter(([, v]) => v !== ''));
  return { procedure, ...given, recipient_phone: f.recipient_phone.replace(/[ .]/g, ''), people } as unknown as NewDossier;
}

/* Chosen in the list of certificates: they go into the dossier as soon as it is there. */
function Chosen({ list, sameKey, setSameKey, declared, setDeclared, onDrop }: { list: Certificate[]; sameKey: boolean; setSameKey: (v: boolean) => void; declared: boolean; setDeclared: (v: boolean) => void; onDrop: (serial: string) => void }) {
  const say = useSay();
  return (
    <Sheet title={say(`Chứng thư số sẽ gia hạn: ${list.length}`, `To be renewed: ${list.length}`)} className="sheet-gap">
      <ul className="plain-list" style={{ maxHeight: '18rem', overflowY: 'auto' }}>
        {list.map((c) => (
          <li key={c.serial} className="row apart">
            <span>
              <strong>{c.name}</strong> <span className="muted small num">{say(`hết hạn ${dateText(c.not_after)}`, `ends ${dateText(c.not_after)}`)}</span>
            </span>
            <Button size="small" onClick={() => onDrop(c.serial)} aria-label={say(`Bỏ ${c.name}`, `Leave out ${c.name}`)}>
              {say('Bỏ', 'Leave out')}
            </Button>
          </li>
        ))}
      </ul>
      <div className="stack sheet-gap">
        <Checkbox checked={sameKey} onChange={(e) => setSameKey(e.target.checked)}>
          {say('Giữ cặp khóa hiện tại (để trống: tạo cặp khóa mới)', 'Keep the key pairs (else new ones are made)')}
        </Checkbox>
        <Checkbox checked={declared} onChange={(e) => setDeclared(e.target.checked)}>
          {say('Các thuê bao không phải người có thẩm quyền, không thực hiện giao dịch tài chính, ngân sách nhà nước.', 'The subscribers are not persons with authority and do no finance transactions.')}
        </Checkbox>
      </div>
    </Sheet>
  );
}

function Details({ procedure }: { procedure: string }) {
  const say = useSay();
  const { language } = useLanguage();
  const navigate = useNavigate();
  const { form, setForm, field, ok, tryIt } = useForm();
  const [list, setList] = useState<Certificate[]>(() => (procedure === 'renew' ? chosenForRenewal() : []));
  const [sameKey, setSameKey] = useState(false);
  const [declared, setDeclared] = useState(false);
  const doing = useDoing();
  const submit = (e: FormEvent) => {
    e.preventDefault();
    tryIt();
    if (!ok || (list.length > 0 && !declared)) {
      window.setTimeout(() => document.querySelector<HTMLElement>('form [aria-invalid="true"]')?.focus(), 0);
      return;
    }
    void doing.run(async () => {
      const made = await post<{ id: string; people: EnteredRow[] }>('/api/v1/dossiers', bodyOf(procedure, form, renewalRows(list, sameKey)));
      chooseForRenewal([]);
      navigate(`/ho-so/${made.id}/sua`, { replace: true, state: { refused: refusedOf(list, made.people ?? []) } });
    });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Notice kind="info">
        <p>
          {say('Thủ tục', 'Procedure')}: <strong>{PROCEDURES[procedure]?.[language]}</strong>.{' '}
          {say('Trích yếu và phần căn cứ của văn bản đề nghị được hệ thống ghi sẵn theo quy định.', 'Subject and legal grounds of the document are written by the system.')}
        </p>
      </Notice>
      {list.length > 0 && <Chosen list={list} sameKey={sameKey} setSameKey={setSameKey} declared={declared} setDeclared={setDeclared} onDrop={(serial) => setList((l) => l.filter((c) => c.serial !== serial))} />}
      <Sheet title={say('Văn bản đề nghị', 'The request document')} className="sheet-gap">
        <div className="grid-3">
          <TextField
            label={say('Số, ký hiệu văn bản', 'Document number')}
            hint={say('Theo sổ văn bản đi, ví dụ 27/THCS-VP. Có thể để trống.', 'As in your register. May be left empty.')}
            maxLength={64}
            {...field('document_number')}
          />
          <TextField required label={say('Chức vụ người ký', 'Signer’s title')} hint={say('In trên văn bản, ví dụ HIỆU TRƯỞNG.', 'Printed on the document.')} maxLength={64} {...field('signer_title')} />
          <TextField required label={say('Họ và tên người ký', 'Signer’s name')} maxLength={64} {...field('signer_name')} />
        </div>
      </Sheet>
      <Sheet title={say('Người tiếp nhận chứng thư số', 'Recipient of the result')} className="sheet-gap">
        <div className="grid-3">
          <TextField required label={say('Họ và tên', 'Name')} maxLength={64} {...field('recipient_name')} />
          <TextField label={say('Chức vụ', 'Position')} maxLength={64} {...field('recipient_title')} />
          <TextField required label={say('Thư điện tử công vụ', 'Official e-mail')} inputMode="email" maxLength={254} {...field('recipient_email')} />
          <TextField required label={say('Điện thoại di động', 'Mobile number')} inputMode="tel" maxLength={16} {...field('recipient_phone')} />
          <fieldset>
            <legend>{say('Nhận kết quả qua', 'Result by')}</legend>
            <Radio.Group
              value={form.recipient_channel}
              onChange={(e) => setForm((f) => ({ ...f, recipient_channel: e.target.value as 'email' | 'sms' }))}
              options={[
                { value: 'email', label: say('Thư điện tử công vụ', 'E-mail') },
                { value: 'sms', label: say('Tin nhắn SMS', 'SMS') },
              ]}
            />
          </fieldset>
        </div>
      </Sheet>
      <div className="sheet-gap">
        <Failed failure={doing.failure} />
      </div>
      <div className="sticky-actions row end">
        <span className="muted small spacer">{say('Bản nháp được lưu trên hệ thống sau bước này.', 'The draft is kept on the service after this step.')}</span>
        <Button type="primary" htmlType="submit" size="large" disabled={list.length > 0 && !declared} loading={doing.busy}>
          {procedure === 'new' ? say('Tiếp tục: nhập danh sách', 'Next: people') : list.length > 0 ? say('Tiếp tục: kiểm tra danh sách', 'Next: check the list') : say('Tiếp tục: chọn chứng thư số', 'Next: choose certificates')}
        </Button>
      </div>
    </form>
  );
}

export default function NewDossierPage() {
  const say = useSay();
  const [search, setSearch] = useSearchParams();
  const procedure = search.get('thu-tuc') ?? '';
  const known = Object.hasOwn(PROCEDURES, procedure);
  return (
    <Page title={say('Lập hồ sơ', 'New dossier')} crumbs={[[say('Hồ sơ', 'Dossiers'), '/ho-so']]}>
      <WizardHead at={known ? 1 : 0} />
      {known ? <Details procedure={procedure} /> : <Choose onChoose={(id) => setSearch({ 'thu-tuc': id })} />}
    </Page>
  );
}
