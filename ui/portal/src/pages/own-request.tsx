/* For a subscriber, behind a link: the own request, filled in and confirmed. No log-in; the secret stands after the #. */
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { Failure, post } from '../api/client';
import type { Asked, AskedField } from '../api/papers';
import type { Refusal } from '../api/shapes';
import { useDoing } from '../api/use';
import { useLanguage, useSay } from '../i18n';
import { fromBase64url } from '../lib/bytes';
import { timeText } from '../lib/dates';
import { Button, Checkbox } from '../ui/antd';
import { ChoiceField, TextField } from '../ui/field';
import { download, Facts, Failed, Loading, Notice, Page, Sheet } from '../ui/parts';

interface Answered {
  hash: string;
  at: number;
  document: string;
}

const HINTS: Record<string, [string, string]> = {
  date: ['ngày/tháng/năm', 'dd/mm/yyyy'],
  identity: ['12 chữ số', '12 digits'],
};

function FieldOf({ f, value, error, set }: { f: AskedField; value: string; error?: string; set: (v: string) => void }) {
  const say = useSay();
  const { language } = useLanguage();
  const hint = HINTS[f.type];
  if (f.choices)
    return (
      <ChoiceField
        required={f.required}
        label={f[language]}
        value={value}
        onChange={set}
        error={error}
        options={[['', say('Chọn', 'Choose')], ...f.choices.map((c): [string, string] => [c.key, c[language]])]}
      />
    );
  return <TextField required={f.required} label={f[language]} hint={hint ? say(...hint) : undefined} value={value} onChange={set} maxLength={f.max_chars} error={error} />;
}

function Form({ asked, secret, onDone }: { asked: Asked; secret: string; onDone: (a: Answered) => void }) {
  const say = useSay();
  const { language } = useLanguage();
  const fixed = asked.fields.filter((f) => f.fixed);
  const open = asked.fields.filter((f) => !f.fixed);
  const [values, setValues] = useState<Record<string, string>>(() => Object.fromEntries(open.map((f) => [f.key, f.value ?? ''])));
  const [declared, setDeclared] = useState<Record<string, boolean>>({});
  const [tried, setTried] = useState(false);
  const doing = useDoing();
  const refusals = (doing.failure?.body.refusals ?? []) as Refusal[];
  const missing = (f: AskedField) => (f.required && !values[f.key]?.trim() ? say('Hãy điền mục này.', 'Fill this in.') : undefined);
  const error = (f: AskedField) => refusals.find((r) => r.field === f.key)?.[language] ?? (tried ? missing(f) : undefined);
  const undeclared = asked.declarations.some((d) => !declared[d.key]);
  const submit = (e: FormEvent) => {
    e.preventDefault();
    setTried(true);
    if (open.some(missing) || undeclared) return;
    void doing.run(async () =>
      onDone(
        await post<Answered>('/api/v1/own-request/answer', {
          secret,
          values: Object.fromEntries(Object.entries(values).map(([k, v]) => [k, v.trim()])),
          declarations: Object.fromEntries(asked.declarations.map((d) => [d.key, d.must_be])),
        }),
      ),
    );
  };
  return (
    <form onSubmit={submit} noValidate>
      <Sheet title={asked.title}>
        <Facts
          items={[
            [say('Trích yếu', 'Subject'), asked.subject],
            [say('Kính gửi', 'To'), asked.org],
            [say('Cơ quan giải quyết', 'Authority'), asked.authority],
            [say('Mã hồ sơ', 'Dossier'), asked.code],
            [say('Liên kết dùng được đến', 'The link is good until'), timeText(asked.expires_at)],
            ...fixed.map((f): [string, string] => [f[language], f.value ?? '']),
          ]}
        />
      </Sheet>
      <Sheet title={say('Thông tin của bạn', 'About you')} className="sheet-gap">
        <p>{say('Cơ quan đã nhập sẵn. Hãy đọc kỹ và sửa nếu chưa đúng.', 'Entered by your organisation. Read it and correct what is wrong.')}</p>
        <div className="grid-3">
          {open.map((f) => (
            <FieldOf key={f.key} f={f} value={values[f.key] ?? ''} error={error(f)} set={(v) => setValues((all) => ({ ...all, [f.key]: v }))} />
          ))}
        </div>
        <fieldset className="sheet-gap">
          <legend>{say('Cam kết', 'Declarations')}</legend>
          {asked.declarations.map((d) => (
            <div key={d.key} style={{ padding: '.25rem 0' }}>
              <Checkbox checked={declared[d.key] ?? false} onChange={(e) => setDeclared((all) => ({ ...all, [d.key]: e.target.checked }))}>
                {d[language]}
              </Checkbox>
            </div>
          ))}
          {tried && undeclared && <div className="field-error"><span>{say('Cần xác nhận tất cả các cam kết.', 'Every declaration is needed.')}</span></div>}
        </fieldset>
        <div className="sheet-gap">
          <Failed failure={doing.failure} />
        </div>
        <div className="row end">
          <Button type="primary" size="large" htmlType="submit" loading={doing.busy}>
            {say('Gửi đề nghị', 'Send the request')}
          </Button>
        </div>
      </Sheet>
    </form>
  );
}

function Thanks({ answered }: { answered: Answered }) {
  const say = useSay();
  const pdf = new Blob([fromBase64url(answered.document)], { type: 'application/pdf' });
  return (
    <>
      <Notice kind="good" live title={say('Đã gửi văn bản đề nghị', 'Your request was sent')}>
        <p>{say('Cơ quan của bạn sẽ tiếp tục hồ sơ. Bạn sẽ nhận thư tại địa chỉ thư điện tử công vụ khi có kết quả.', 'Your organisation goes on from here. You get a letter at your official e-mail.')}</p>
      </Notice>
      <Button onClick={() => download('van-ban-de-nghi.pdf', pdf)}>{say('Tải bản đã gửi (PDF)', 'Download what was sent (PDF)')}</Button>
    </>
  );
}

export default function OwnRequest() {
  const say = useSay();
  const [secret] = useState(() => location.hash.slice(1));
  const [asked, setAsked] = useState<Asked>();
  const [answered, setAnswered] = useState<Answered>();
  const opening = useDoing();
  const once = useRef(false);
  const { run } = opening;
  useEffect(() => {
    if (once.current) return;
    once.current = true;
    void run(async () => {
      if (!secret) throw new Failure(0, { error: 'link_invalid', vi: 'Liên kết không đầy đủ. Hãy mở lại từ thư.', error_description: 'The link is not complete. Open it from the letter.' });
      setAsked(await post<Asked>('/api/v1/own-request/open', { secret }));
    });
  }, [run, secret]);
  return (
    <Page title={say('Văn bản đề nghị của thuê bao', 'Subscriber’s own request')}>
      <Failed failure={opening.failure} />
      {!asked && opening.busy && <Loading />}
      {answered ? <Thanks answered={answered} /> : asked && <Form asked={asked} secret={secret} onDone={setAnswered} />}
    </Page>
  );
}
