/* One person: checks while typing, what the service refused beside the field, its proposals one click away. */
import { useState, type ReactNode } from 'react';
import type { Person, Refusal } from '../api/shapes';
import { useLanguage, useSay } from '../i18n';
import { checkPerson, type Problems } from '../lib/person';
import { Button, Checkbox } from './antd';
import { ChoiceField, TextField } from './field';

interface Props {
  value: Person;
  onChange: (p: Person) => void;
  refusals?: Refusal[];
  /* show also what is wrong with fields that nobody has left yet */
  strict: boolean;
}

function useTexts(props: Props) {
  const { language } = useLanguage();
  const say = useSay();
  const [left, setLeft] = useState<Set<string>>(new Set());
  const wrong: Problems = checkPerson(props.value);
  const refused = (field: string) => props.refusals?.find((r) => r.field === field);
  const set = (field: keyof Person, v: unknown) => props.onChange({ ...props.value, [field]: v });
  const error = (field: keyof Person): ReactNode => {
    const r = refused(field);
    if (r)
      return (
        <>
          {r[language]}
          {r.proposal && typeof props.value[field] !== 'boolean' && (
            <Button size="small" onClick={() => set(field, r.proposal)}>
              {say('Dùng', 'Use')} “{r.proposal}”
            </Button>
          )}
        </>
      );
    return (props.strict || left.has(field)) && wrong[field] ? wrong[field][language] : undefined;
  };
  const field = (name: keyof Person) => ({
    value: String(props.value[name] ?? ''),
    onChange: (v: string) => set(name, v),
    onBlur: () => props.value[name] && setLeft((l) => new Set(l).add(name)),
    error: error(name),
  });
  return { say, field, error, set };
}

export function PersonForm(props: Props) {
  const { say, field, error, set } = useTexts(props);
  const p = props.value;
  return (
    <>
      <div className="grid-3">
        <TextField required label={say('Họ và tên', 'Full name')} maxLength={64} {...field('name')} />
        <TextField required label={say('Số định danh cá nhân (CCCD)', 'Identity number')} hint={say('12 chữ số', '12 digits')} inputMode="numeric" maxLength={14} {...field('identity')} />
        <TextField label={say('Ngày sinh', 'Date of birth')} hint={say('ngày/tháng/năm', 'dd/mm/yyyy')} inputMode="numeric" maxLength={10} {...field('birth_date')} />
        <ChoiceField
          label={say('Giới tính', 'Gender')}
          {...field('gender')}
          onChange={(v) => set('gender', v || undefined)}
          options={[
            ['', say('Không ghi', 'Not said')],
            ['female', say('Nữ', 'Female')],
            ['male', say('Nam', 'Male')],
          ]}
        />
        <TextField required label={say('Thư điện tử công vụ', 'Official e-mail')} hint={say('Nhận thông tin tài khoản ký số', 'Gets the account letter')} inputMode="email" maxLength={254} {...field('email')} />
        <TextField required label={say('Điện thoại di động', 'Mobile number')} inputMode="tel" maxLength={16} {...field('phone')} />
        <TextField label={say('Chức vụ, chức danh', 'Position')} maxLength={128} {...field('title')} />
        <TextField label={say('Bộ phận công tác', 'Unit')} maxLength={64} {...field('unit')} />
        <ChoiceField
          required
          label={say('Lĩnh vực', 'Sector')}
          {...field('sector')}
          onChange={(v) => set('sector', v)}
          options={[
            ['education', say('Giáo dục, đào tạo', 'Education')],
            ['health', say('Y tế', 'Health')],
          ]}
        />
      </div>
      <fieldset className="sheet-gap">
        <legend>{say('Cam kết về đối tượng', 'Declarations')}</legend>
        <Declaration
          checked={!p.authority}
          onChange={(yes) => set('authority', !yes)}
          text={say('Không phải là người có thẩm quyền của cơ quan, tổ chức.', 'Not a person with authority in the organisation.')}
          error={error('authority')}
        />
        <Declaration
          checked={!p.finance}
          onChange={(yes) => set('finance', !yes)}
          text={say('Không thực hiện giao dịch điện tử liên quan đến tài chính, ngân sách nhà nước.', 'No finance or state budget transactions.')}
          error={error('finance')}
        />
        <Declaration
          checked={p.phone_own === true}
          onChange={(yes) => set('phone_own', yes)}
          text={say('Số điện thoại di động được đăng ký chính chủ.', 'The mobile number is in the person’s own name.')}
          error={error('phone_own')}
        />
      </fieldset>
    </>
  );
}

function Declaration({ checked, onChange, text, error }: { checked: boolean; onChange: (yes: boolean) => void; text: string; error: ReactNode }) {
  return (
    <div style={{ padding: '.25rem 0' }}>
      <Checkbox checked={checked} onChange={(e) => onChange(e.target.checked)}>
        {text}
      </Checkbox>
      {error && <div className="field-error"><span>{error}</span></div>}
    </div>
  );
}
