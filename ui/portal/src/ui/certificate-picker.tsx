/* Renewal, change, revocation: the certificates of the organisation, and what is asked for each. */
import { useState, type FormEvent } from 'react';
import { post, query } from '../api/client';
import type { Certificate, Dossier, EnteredRow, Refusal } from '../api/shapes';
import { useDoing, usePages } from '../api/use';
import { useLanguage, useSay } from '../i18n';
import { dateText } from '../lib/dates';
import { GROUNDS } from '../lib/legal';
import { Button, Checkbox } from './antd';
import { CertificateState } from './certificate-state';
import { ChoiceField, TextField } from './field';
import { Dialog, Empty, Failed, Loading, More, Notice, Sheet } from './parts';
import { useTell } from './toast';

type Item = Record<string, string | boolean>;

/* What is asked beside the serial; empty members are not sent. */
function Asked({ procedure, many, item, set, refusals }: { procedure: string; many: boolean; item: Item; set: (name: string, v: string | boolean) => void; refusals: Refusal[] }) {
  const say = useSay();
  const { language } = useLanguage();
  const error = (field: string) => refusals.find((r) => r.field === field)?.[language];
  const text = (name: string) => ({ value: String(item[name] ?? ''), onChange: (v: string) => set(name, v), error: error(name) });
  if (procedure === 'revoke')
    return (
      <div className="stack">
        <ChoiceField
          required
          label={say('Lý do thu hồi', 'Ground')}
          {...text('ground')}
          options={[['', say('Chọn lý do', 'Choose')], ...GROUNDS.map((g): [string, string] => [g.key, g[language]])]}
        />
        <TextField label={say('Thời điểm xảy ra sự việc', 'When it happened')} hint={say('ngày/tháng/năm', 'dd/mm/yyyy')} maxLength={10} {...text('happened_on')} />
        <TextField label={say('Người xác nhận', 'Confirmed by')} maxLength={64} {...text('confirmed_by')} />
        <TextField label={say('Ghi chú', 'Remark')} maxLength={254} {...text('remark')} />
      </div>
    );
  return (
    <div className="stack">
      <Checkbox checked={item.same_key === true} onChange={(e) => set('same_key', e.target.checked)}>
        {say('Giữ cặp khóa hiện tại (để trống: tạo cặp khóa mới)', 'Keep the key pair (else a new one is made)')}
      </Checkbox>
      {procedure === 'change' && !many && (
        <>
          <p className="field-hint">{say('Chỉ điền thông tin thay đổi. Đổi tên hoặc số định danh phải thu hồi và cấp mới.', 'Fill in what changes only. Another name or identity needs revocation and a new certificate.')}</p>
          <TextField label={say('Thư điện tử công vụ mới', 'New official e-mail')} inputMode="email" maxLength={254} {...text('email')} />
          <TextField label={say('Bộ phận công tác mới', 'New unit')} maxLength={64} {...text('unit')} />
          <TextField label={say('Chức vụ, chức danh mới', 'New position')} maxLength={128} {...text('title')} />
        </>
      )}
      {!many && <TextField label={say('Điện thoại di động mới, nếu đổi', 'New mobile number, if any')} inputMode="tel" maxLength={16} {...text('phone')} />}
    </div>
  );
}

const bodyOf = (serial: string, item: Item): Item =>
  Object.fromEntries(Object.entries({ serial, ...item, ...(item.phone ? { phone_own: true } : {}) }).filter(([, v]) => v !== ''));

function Entering({ dossier, chosen, onClose, onDone }: { dossier: Dossier; chosen: Certificate[]; onClose: () => void; onDone: () => void }) {
  const say = useSay();
  const { language } = useLanguage();
  const tell = useTell();
  const [item, setItem] = useState<Item>({});
  const [refused, setRefused] = useState<{ c: Certificate; refusals: Refusal[] }[]>([]);
  const [declared, setDeclared] = useState(false);
  const doing = useDoing();
  const needsGround = dossier.procedure === 'revoke' && !item.ground;
  const go = () =>
    doing.run(async () => {
      const answer = await post<{ people: EnteredRow[] }>(`/api/v1/dossiers/${dossier.id}/people`, { people: chosen.map((c) => bodyOf(c.serial, item)) });
      const wrong = chosen.flatMap((c, i) => {
        const refusals = answer.people[i]?.refusals ?? [];
        return refusals.length > 0 ? [{ c, refusals }] : [];
      });
      setRefused(wrong);
      tell(say(`Đã đưa ${chosen.length - wrong.length} chứng thư số vào hồ sơ.`, `${chosen.length - wrong.length} certificates were entered.`));
      if (wrong.length === 0) onDone();
    });
  const title = chosen.length === 1 ? (chosen[0]?.name ?? '') : say(`${chosen.length} chứng thư số`, `${chosen.length} certificates`);
  return (
    <Dialog
      title={title}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{say('Đóng', 'Close')}</Button>
          <Button type="primary" disabled={needsGround || !declared} loading={doing.busy} onClick={() => void go()}>
            {say('Đưa vào hồ sơ', 'Enter')}
          </Button>
        </>
      }
    >
      <Failed failure={doing.failure} />
      {refused.length > 0 && (
        <Notice kind="bad" live title={say('Chưa nhận được', 'Not entered')}>
          <ul>
            {refused.map(({ c, refusals }) => (
              <li key={c.serial}>
                <strong>{c.name}</strong>: {refusals.map((r) => `${r[language]}${r.proposal ? ` (${r.proposal})` : ''}`).join(' ')}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <Asked procedure={dossier.procedure} many={chosen.length > 1} item={item} set={(name, v) => setItem((i) => ({ ...i, [name]: v }))} refusals={refused.length === 1 ? (refused[0]?.refusals ?? []) : []} />
      <div className="sheet-gap">
        <Checkbox checked={declared} onChange={(e) => setDeclared(e.target.checked)}>
          {dossier.procedure === 'revoke'
            ? say('Cơ quan, tổ chức quản lý trực tiếp xác nhận lý do thu hồi.', 'The managing body confirms the ground.')
            : say('Thuê bao không phải người có thẩm quyền, không thực hiện giao dịch tài chính, ngân sách nhà nước.', 'The subscriber is not a person with authority and does no finance transactions.')}
        </Checkbox>
      </div>
    </Dialog>
  );
}

export function CertificatePicker({ dossier, onEntered }: { dossier: Dossier; onEntered: () => void }) {
  const say = useSay();
  const [words, setWords] = useState('');
  const [q, setQ] = useState('');
  const [chosen, setChosen] = useState<ReadonlyMap<string, Certificate>>(new Map());
  const [entering, setEntering] = useState(false);
  const list = usePages<Certificate>(`/api/v1/certificates${query({ q, org: dossier.org, state: 'good', sort: q === '' && dossier.procedure === 'renew' ? 'expiry' : '', limit: 50 })}`, 'certificates');
  const inDossier = new Set(dossier.rows.map((r) => (r.person as unknown as { serial?: string }).serial));
  const find = (e: FormEvent) => {
    e.preventDefault();
    setQ(words.trim());
  };
  const toggle = (c: Certificate) =>
    setChosen((all) => {
      const next = new Map(all);
      if (!next.delete(c.serial)) next.set(c.serial, c);
      return next;
    });
  return (
    <Sheet title={say('Chọn chứng thư số', 'Choose certificates')}>
      <form className="filters" role="search" onSubmit={find} aria-label={say('Tìm chứng thư số', 'Find certificates')}>
        <TextField label={say('Tìm theo tên, số hiệu', 'Name or serial')} value={words} onChange={setWords} maxLength={64} />
        <Button htmlType="submit">{say('Tìm', 'Find')}</Button>
      </form>
      <div className="sheet-gap">
        <Failed failure={list.failure} again={list.reload} />
      </div>
      {list.loading && list.items.length === 0 && <Loading />}
      {!list.loading && !list.failure && list.items.length === 0 && (
        <Empty>
          <p>{say('Không có chứng thư số nào đang hiệu lực khớp với điều kiện.', 'No certificate in force matches.')}</p>
        </Empty>
      )}
      {list.items.length > 0 && (
        <div className="table-wrap">
          <table className="list fold">
            <caption className="hidden">{say('Chứng thư số của cơ quan', 'Certificates of the organisation')}</caption>
            <thead>
              <tr>
                <th scope="col">{say('Chọn', 'Select')}</th>
                <th scope="col">{say('Thuê bao', 'Subscriber')}</th>
                <th scope="col">{say('Số hiệu', 'Serial')}</th>
                <th scope="col">{say('Hết hạn', 'Expires')}</th>
                <th scope="col">{say('Trạng thái', 'State')}</th>
              </tr>
            </thead>
            <tbody>
              {list.items.map((c) => (
                <tr key={c.serial}>
                  <td data-label={say('Chọn', 'Select')}>
                    <Checkbox disabled={inDossier.has(c.serial)} checked={chosen.has(c.serial) || inDossier.has(c.serial)} onChange={() => toggle(c)} aria-label={say(`Chọn ${c.name}`, `Select ${c.name}`)} />
                  </td>
                  <th scope="row" data-label={say('Thuê bao', 'Subscriber')}>
                    <span>
                      {c.name}
                      <span className="muted small" style={{ display: 'block', fontWeight: 400 }}>
                        {[c.title, c.unit, c.email].filter(Boolean).join(', ')}
                      </span>
                    </span>
                  </th>
                  <td className="break" data-label={say('Số hiệu', 'Serial')}>
                    <code>{c.serial}</code>
                  </td>
                  <td className="num" data-label={say('Hết hạn', 'Expires')}>
                    {dateText(c.not_after)}
                  </td>
                  <td data-label={say('Trạng thái', 'State')}>
                    <CertificateState c={c} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <More more={list.more} loading={list.loading} onMore={list.loadMore} />
      <div className="row end sheet-gap">
        {dossier.procedure === 'change' && chosen.size > 1 && <span className="small muted">{say('Thay đổi thông tin: chọn từng người.', 'For a change choose one at a time.')}</span>}
        <Button type="primary" disabled={chosen.size === 0 || (dossier.procedure === 'change' && chosen.size > 1)} onClick={() => setEntering(true)}>
          {say(`Nhập thông tin cho ${chosen.size} chứng thư số đã chọn`, `Details for ${chosen.size} selected`)}
        </Button>
      </div>
      {entering && (
        <Entering
          dossier={dossier}
          chosen={[...chosen.values()]}
          onClose={() => {
            setEntering(false);
            onEntered();
          }}
          onDone={() => {
            setEntering(false);
            setChosen(new Map());
            onEntered();
          }}
        />
      )}
    </Sheet>
  );
}
