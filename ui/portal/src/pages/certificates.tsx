/* Certificates of one's branch: what is in force, what is about to expire. */
import { useState, type FormEvent } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router-dom';
import { get, query } from '../api/client';
import type { Certificate, CertificateDetail } from '../api/shapes';
import { useDoing, usePages } from '../api/use';
import { useLanguage, useSay } from '../i18n';
import { dateText, now, timeText } from '../lib/dates';
import { useMe } from '../session';
import { AHEAD_DAYS, chooseForRenewal, REMAINING_DAYS, renewable, RENEW_MAX, tooLate } from '../lib/renewal';
import { Button, Checkbox } from '../ui/antd';
import { CertificateState } from '../ui/certificate-state';
import { Export } from '../ui/export';
import { ChoiceField, TextField } from '../ui/field';
import { Dialog, Empty, Facts, Failed, Loading, More, Page, download } from '../ui/parts';
import { Outlook } from '../ui/outlook';
import { Tabs } from '../ui/tabs';
import { Subscribers } from '../ui/subscribers';

const DAY = 86400;

function Detail({ c, onClose }: { c: CertificateDetail; onClose: () => void }) {
  const say = useSay();
  const { language } = useLanguage();
  return (
    <Dialog large title={c.name} onClose={onClose}>
      <Facts
        items={[
          [say('Số hiệu', 'Serial'), <code key="s">{c.serial}</code>],
          [say('Trạng thái', 'State'), <CertificateState key="t" c={c} />],
          ...(c.state === 'revoked' ? [[say('Thu hồi', 'Revoked'), `${timeText(c.revoked_at)}, ${language === 'vi' ? (c.reason_vi ?? '') : (c.reason ?? '')}`] as [string, string]] : []),
          [say('Cơ quan', 'Organisation'), c.org_name],
          [say('Thư điện tử', 'E-mail'), c.email],
          [say('Hiệu lực', 'Valid'), `${dateText(c.not_before)} – ${dateText(c.not_after)}`],
          [say('Loại khóa', 'Key'), c.key_type],
          [say('Hồ sơ', 'Dossier'), <Link key="d" to={`/ho-so/${c.dossier}`}>{c.dossier_code ?? c.dossier}</Link>],
        ]}
      />
      <h3 className="sheet-gap">{say('Lịch sử', 'History')}</h3>
      <ul>
        {c.history.map((h, i) => (
          <li key={i}>
            <span className="num">{timeText(h.at)}</span> – {language === 'vi' ? h.action_vi : h.action}
            {h.note && <span className="muted"> ({h.note})</span>}
          </li>
        ))}
      </ul>
      <Button onClick={() => download(`${c.serial}.pem`, new Blob([c.pem], { type: 'application/x-pem-file' }))}>{say('Tải chứng thư (PEM)', 'Download (PEM)')}</Button>
    </Dialog>
  );
}

function Inventory() {
  const say = useSay();
  const [search, setSearch] = useSearchParams();
  const [words, setWords] = useState(search.get('q') ?? '');
  const view = search.get('loc') ?? 'good';
  const q = search.get('q') ?? '';
  const [until] = useState(() => now() + 60 * DAY);
  const [ahead] = useState(() => now() + AHEAD_DAYS * DAY);
  const args = view === 'soon' || view === 'renew' ? { sort: q ? '' : 'expiry', expires_before: view === 'soon' ? until : ahead } : { state: view === 'all' ? '' : view };
  const list = usePages<Certificate>(`/api/v1/certificates${query({ q, ...args, limit: 50 })}`, 'certificates');
  const [detail, setDetail] = useState<CertificateDetail>();
  const [chosen, setChosen] = useState<ReadonlyMap<string, Certificate>>(new Map());
  const navigate = useNavigate();
  const me = useMe();
  const choosing = view === 'renew' && me.roles.has('enter') && !me.authority;
  const offered = list.items.filter((c) => renewable(c, me.org.id, now()));
  const toggle = (c: Certificate) =>
    setChosen((all) => {
      const next = new Map(all);
      if (!next.delete(c.serial)) next.set(c.serial, c);
      return next;
    });
  const renew = () => {
    chooseForRenewal([...chosen.values()]);
    navigate('/ho-so/moi?thu-tuc=renew');
  };
  const opening = useDoing();
  const set = (name: string, value: string) => {
    const next = new URLSearchParams(search);
    if (value) next.set(name, value);
    else next.delete(name);
    setSearch(next, { replace: true });
  };
  const find = (e: FormEvent) => {
    e.preventDefault();
    set('q', words.trim());
  };
  const open = (serial: string) => opening.run(async () => setDetail(await get<CertificateDetail>(`/api/v1/certificates/${serial}`)));
  return (
    <>
      <form className="filters" role="search" onSubmit={find} aria-label={say('Lọc chứng thư số', 'Filter certificates')}>
        <TextField label={say('Tìm theo tên, số hiệu', 'Name or serial')} value={words} onChange={setWords} maxLength={64} />
        <ChoiceField
          label={say('Trạng thái', 'State')}
          value={view}
          onChange={(v) => set('loc', v)}
          options={[
            ['good', say('Đang hiệu lực', 'In force')],
            ['soon', say('Hết hạn trong 60 ngày', 'Expires within 60 days')],
            ['renew', say(`Cần gia hạn: hết hạn trong ${AHEAD_DAYS} ngày`, `To renew: expires within ${AHEAD_DAYS} days`)],
            ['expired', say('Hết hạn', 'Expired')],
            ['revoked', say('Đã thu hồi', 'Revoked')],
            ['all', say('Tất cả', 'All')],
          ]}
        />
        <Button htmlType="submit">{say('Tìm', 'Find')}</Button>
      </form>
      <div className="sheet-gap">
        <Failed failure={list.failure ?? opening.failure} again={list.reload} />
      </div>
      {list.loading && list.items.length === 0 && !list.failure && <Loading />}
      {!list.loading && !list.failure && list.items.length === 0 && (
        <Empty>
          <p>{say('Không có chứng thư số nào khớp với điều kiện.', 'No certificate matches.')}</p>
        </Empty>
      )}
      {list.items.length > 0 && (
        <div className="table-wrap" tabIndex={0} role="group" aria-label={say('Danh sách chứng thư số', 'Certificates')}>
          <table className="list fold">
            <caption className="hidden">{say('Danh sách chứng thư số', 'Certificates')}</caption>
            <thead>
              <tr>
                {choosing && (
                  <th scope="col">
                    <Checkbox
                      aria-label={say('Chọn tất cả', 'Select all')}
                      disabled={offered.length === 0}
                      checked={offered.length > 0 && offered.every((c) => chosen.has(c.serial))}
                      onChange={(e) => setChosen(new Map(e.target.checked ? offered.map((c) => [c.serial, c]) : []))}
                    />
                  </th>
                )}
                <th scope="col">{say('Thuê bao', 'Subscriber')}</th>
                <th scope="col">{say('Cơ quan', 'Organisation')}</th>
                <th scope="col">{say('Hiệu lực', 'Valid')}</th>
                <th scope="col">{say('Trạng thái', 'State')}</th>
              </tr>
            </thead>
            <tbody>
              {list.items.map((c) => (
                <tr key={c.serial}>
                  {choosing && (
                    <td data-label={say('Chọn', 'Select')}>
                      <Checkbox aria-label={say(`Chọn ${c.name}`, `Select ${c.name}`)} disabled={!renewable(c, me.org.id, now())} checked={chosen.has(c.serial)} onChange={() => toggle(c)} />
                    </td>
                  )}
                  <th scope="row" data-label={say('Thuê bao', 'Subscriber')}>
                    <span>
                      <button type="button" className="link" onClick={() => void open(c.serial)}>
                        {c.name}
                      </button>
                      <span className="muted small break" style={{ display: 'block', fontWeight: 400 }}>
                        {c.serial}
                      </span>
                    </span>
                  </th>
                  <td data-label={say('Cơ quan', 'Organisation')}>{c.org_name}</td>
                  <td className="num" data-label={say('Hiệu lực', 'Valid')}>
                    {dateText(c.not_before)} – {dateText(c.not_after)}
                  </td>
                  <td data-label={say('Trạng thái', 'State')}>
                    <CertificateState c={c} />
                    {choosing && tooLate(c, now()) && <div className="small muted">{say(`Còn chưa đến ${REMAINING_DAYS} ngày: phải cấp mới`, `Less than ${REMAINING_DAYS} days left: ask for a new one`)}</div>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {list.items.length > 0 && <Export list="certificates" args={{ q, ...args }} />}
      <More more={list.more} loading={list.loading} onMore={list.loadMore} />
      {choosing && list.items.length > 0 && (
        <div className="sticky-actions row end">
          <span className="spacer small muted">{say(`Chọn chứng thư số còn ít nhất ${REMAINING_DAYS} ngày rồi lập một hồ sơ gia hạn cho tất cả.`, `Choose certificates with at least ${REMAINING_DAYS} days left, then make one dossier for all.`)}</span>
          <Button type="primary" size="large" disabled={chosen.size === 0 || chosen.size > RENEW_MAX} onClick={renew}>
            {say(`Lập hồ sơ gia hạn ${chosen.size} chứng thư số`, `Renew ${chosen.size} certificates`)}
          </Button>
        </div>
      )}
      {detail && <Detail c={detail} onClose={() => setDetail(undefined)} />}
    </>
  );
}

export default function Certificates() {
  const say = useSay();
  const me = useMe();
  return (
    <Page title={say('Chứng thư số', 'Certificates')} lead={me.org.name}>
      <div className="sheet">
        <Tabs
          label={say('Chứng thư số', 'Certificates')}
          items={[
            { key: 'list', label: say('Chứng thư số', 'Certificates'), children: <Inventory /> },
            { key: 'outlook', label: say('Dự báo hết hạn', 'Expiry outlook'), children: <Outlook /> },
            { key: 'people', label: say('Tình trạng kích hoạt của thuê bao', 'Activation of subscribers'), children: <Subscribers /> },
          ]}
        />
      </div>
    </Page>
  );
}
