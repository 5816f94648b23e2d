/* What can be said about an organisation. */
import type { Org } from '../api/shapes';
import { useSay, type Say } from '../i18n';
import { ChoiceField, TextField } from './field';

export interface OrgValues {
  name: string;
  parent_name: string;
  province: string;
  place: string;
  sector: string;
  separation: string;
  address: string;
  email: string;
}

export const emptyOrg: OrgValues = { name: '', parent_name: '', province: '', place: '', sector: 'education', separation: 'auto', address: '', email: '' };

export const orgValues = (o: Org): OrgValues => ({
  name: o.name,
  parent_name: o.parent_name ?? '',
  province: o.province,
  place: o.place,
  sector: o.sector,
  separation: o.separation,
  address: o.address ?? '',
  email: o.email ?? '',
});

export const orgBody = (v: OrgValues): Partial<OrgValues> => Object.fromEntries(Object.entries(v).map(([k, x]) => [k, x.trim()]).filter(([, x]) => x !== ''));

export function orgWrong(v: OrgValues, say: Say): Partial<Record<keyof OrgValues, string>> {
  const out: Partial<Record<keyof OrgValues, string>> = {};
  if (!v.name.trim()) out.name = say('Hãy nhập tên cơ quan.', 'Enter the name.');
  if (!v.province.trim()) out.province = say('Hãy nhập tỉnh, thành phố.', 'Enter the province.');
  if (!v.place.trim()) out.place = say('Hãy nhập địa danh ghi trên văn bản.', 'Enter the place printed on documents.');
  return out;
}

export function OrgForm({ values, onChange, strict }: { values: OrgValues; onChange: (v: OrgValues) => void; strict: boolean }) {
  const say = useSay();
  const wrong = strict ? orgWrong(values, say) : {};
  const field = (name: keyof OrgValues) => ({ value: values[name], onChange: (v: string) => onChange({ ...values, [name]: v }), error: wrong[name] });
  return (
    <div className="grid-3">
      <TextField required label={say('Tên cơ quan', 'Name')} maxLength={200} {...field('name')} />
      <TextField label={say('Cơ quan chủ quản', 'Parent as printed')} hint={say('In ở đầu văn bản đề nghị.', 'Printed at the head of documents.')} maxLength={200} {...field('parent_name')} />
      <TextField required label={say('Tỉnh, thành phố', 'Province')} maxLength={64} {...field('province')} />
      <TextField required label={say('Địa danh', 'Place')} maxLength={64} {...field('place')} />
      <ChoiceField
        label={say('Lĩnh vực', 'Sector')}
        {...field('sector')}
        options={[
          ['education', say('Giáo dục, đào tạo', 'Education')],
          ['health', say('Y tế', 'Health')],
          ['authority', say('Cơ quan giải quyết', 'Authority')],
        ]}
      />
      <ChoiceField
        label={say('Tách người lập và người ký', 'Two persons')}
        {...field('separation')}
        options={[
          ['auto', say('Tự động theo số người', 'By number of people')],
          ['always', say('Luôn tách', 'Always')],
          ['never', say('Không bắt buộc', 'Never')],
        ]}
      />
      <TextField label={say('Địa chỉ', 'Address')} maxLength={200} {...field('address')} />
      <TextField label={say('Thư điện tử', 'E-mail')} inputMode="email" maxLength={254} {...field('email')} />
    </div>
  );
}
