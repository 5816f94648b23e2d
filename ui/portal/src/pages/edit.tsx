/* Step 2: who is in the dossier. One by one, pasted, from a file; refused rows stay here with what is wrong. */
import { useCallback, useState } from 'react';
import { useLocation, useNavigate, useParams } from 'react-router-dom';
import { post, send } from '../api/client';
import type { Dossier, DossierRow, EnteredRow, Person, Refusal } from '../api/shapes';
import { useDoing, useLoad } from '../api/use';
import { useLanguage, useSay } from '../i18n';
import type { RefusedCertificate } from '../lib/renewal';
import { applyProposals, checkPerson, emptyPerson, personBody } from '../lib/person';
import { changeStaged, dropStaged, stage, useStaged, type Staged } from '../lib/staged';
import { useMe } from '../session';
import { Button } from '../ui/antd';
import { CertificatePicker } from '../ui/certificate-picker';
import { Dialog, Empty, Failed, Loading, Notice, Page, Sheet } from '../ui/parts';
import { PersonForm } from '../ui/person-form';
import { SheetImport } from '../ui/sheet-import';
import { OwnRequests } from '../ui/own-requests';
import { AboutRow } from '../ui/about-row';
import { Attachments } from '../ui/attachments';
import { Tabs } from '../ui/tabs';
import { WizardHead } from '../ui/wizard';
import { useTell } from '../ui/toast';

const BATCH = 200;

/* Sends people; those that are refused are staged with the reasons. How many were entered. */
async function enter(dossier: string, people: { from: string; person: Person }[], progress: (done: number) => void): Promise<number> {
  let entered = 0;
  for (let at = 0; at < people.length; at += BATCH) {
    const part = people.slice(at, at + BATCH);
    const answer = await post<{ people: EnteredRow[] }>(`/api/v1/dossiers/${dossier}/people`, { people: part.map((p) => personBody(p.person)) });
    const refused = part.flatMap((p, i): Omit<Staged, 'key'>[] => {
      const refusals = answer.people[i]?.refusals ?? [];
      return refusals.length > 0 ? [{ ...p, refusals }] : [];
    });
    entered += part.length - refused.length;
    stage(dossier, refused);
    progress(at + part.length);
  }
  return entered;
}

function OneByOne({ dossier, onEntered }: { dossier: Dossier; onEntered: () => void }) {
  const say = useSay();
  const me = useMe();
  const tell = useTell();
  const [person, setPerson] = useState<Person>(() => emptyPerson(me.org.sector));
  const [refusals, setRefusals] = useState<Refusal[]>([]);
  const [strict, setStrict] = useState(false);
  const [entered, setEntered] = useState(0);
  const doing = useDoing();
  const add = () => {
    setStrict(true);
    if (Object.keys(checkPerson(person)).length > 0) return;
    void doing.run(async () => {
      const answer = await post<{ people: EnteredRow[] }>(`/api/v1/dossiers/${dossier.id}/people`, { people: [personBody(person)] });
      const refused = answer.people[0]?.refusals ?? [];
      setRefusals(refused);
      if (refused.length > 0) return;
      tell(say(`Đã thêm ${person.name}.`, `${person.name} was added.`));
      setPerson({ ...emptyPerson(me.org.sector), unit: person.unit ?? '' });
      setStrict(false);
      setEntered((n) => n + 1);
      onEntered();
    });
  };
  return (
    <form
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        add();
      }}
    >
      <PersonForm
        key={entered}
        value={person}
        strict={strict}
        refusals={refusals}
        onChange={(p) => {
          setPerson(p);
          setRefusals((all) => all.filter((r) => p[r.field as keyof Person] === person[r.field as keyof Person]));
        }}
      />
      <OtherRefusals refusals={refusals} person={person} />
      <Failed failure={doing.failure} />
      <div className="row sheet-gap">
        <Button type="primary" htmlType="submit" loading={doing.busy}>
          {say('Thêm vào danh sách', 'Add to the list')}
        </Button>
      </div>
    </form>
  );
}

/* Refusals of fields that the form does not have. */
function OtherRefusals({ refusals, person }: { refusals: Refusal[]; person: Person }) {
  const { language } = useLanguage();
  const others = refusals.filter((r) => !(r.field in { ...emptyPerson(''), gender: '', ...person }));
  if (others.length === 0) return null;
  return (
    <Notice kind="bad" live>
      <ul>
        {others.map((r) => (
          <li key={r.code}>{r[language]}</li>
        ))}
      </ul>
    </Notice>
  );
}

function StagedRow({ item, dossier, onEntered }: { item: Staged; dossier: string; onEntered: () => void }) {
  const say = useSay();
  const { language } = useLanguage();
  const [open, setOpen] = useState(false);
  const [strict, setStrict] = useState(false);
  const doing = useDoing();
  const proposals = item.refusals.filter((r) => r.proposal);
  const again = (person: Person) =>
    doing.run(async () => {
      const answer = await post<{ people: EnteredRow[] }>(`/api/v1/dossiers/${dossier}/people`, { people: [personBody(person)] });
      const refusals = answer.people[0]?.refusals ?? [];
      if (refusals.length > 0) changeStaged(dossier, item.key, { person, refusals });
      else {
        dropStaged(dossier, [item.key]);
        onEntered();
      }
    });
  return (
    <tr className="bad">
      <th scope="row" data-label={say('Họ và tên', 'Name')}>
        {item.person.name || '–'}
        <div className="muted small">{item.from}</div>
      </th>
      <td data-label={say('Vì sao chưa nhận', 'Why refused')}>
        <ul style={{ margin: 0 }}>
          {item.refusals.map((r, i) => (
            <li key={i}>
              {r[language]}
              {r.proposal && (
                <>
                  {' '}
                  <span className="small">
                    {say('Đề xuất', 'Proposal')}: <strong>{r.proposal}</strong>
                  </span>
                </>
              )}
            </li>
          ))}
        </ul>
        <Failed failure={doing.failure} />
      </td>
      <td data-label={say('Xử lý', 'Action')}>
        <div className="row">
          {proposals.length > 0 && (
            <Button size="small" type="primary" loading={doing.busy} onClick={() => void again(applyProposals(item.person, item.refusals))}>
              {say('Sửa theo đề xuất', 'Apply proposals')}
            </Button>
          )}
          <Button size="small" onClick={() => setOpen(true)} aria-label={say(`Sửa ${item.person.name}`, `Edit ${item.person.name}`)}>
            {say('Sửa', 'Edit')}
          </Button>
          <Button size="small" onClick={() => dropStaged(dossier, [item.key])} aria-label={say(`Bỏ ${item.person.name}`, `Leave out ${item.person.name}`)}>
            {say('Bỏ', 'Leave out')}
          </Button>
        </div>
        {open && (
          <Dialog
            large
            title={say('Sửa thông tin', 'Edit')}
            onClose={() => setOpen(false)}
            foot={
              <>
                <Button onClick={() => setOpen(false)}>{say('Đóng', 'Close')}</Button>
                <Button
                  type="primary"
                  loading={doing.busy}
                  onClick={() => {
                    setStrict(true);
                    void again(item.person);
                  }}
                >
                  {say('Thêm vào danh sách', 'Add to the list')}
                </Button>
              </>
            }
          >
            <Failed failure={doing.failure} />
            <PersonForm
              value={item.person}
              strict={strict}
              refusals={item.refusals}
              onChange={(person) =>
                changeStaged(dossier, item.key, {
                  person,
                  refusals: item.refusals.filter((r) => person[r.field as keyof Person] === item.person[r.field as keyof Person]),
                })
              }
            />
          </Dialog>
        )}
      </td>
    </tr>
  );
}

function StagedList({ dossier, onEntered }: { dossier: string; onEntered: () => void }) {
  const say = useSay();
  const staged = useStaged(dossier);
  const doing = useDoing();
  if (staged.length === 0) return null;
  const fixable = staged.filter((s) => s.refusals.every((r) => r.proposal) && s.refusals.length > 0);
  const applyAll = () =>
    doing.run(async () => {
      dropStaged(dossier, fixable.map((s) => s.key));
      await enter(dossier, fixable.map((s) => ({ from: s.from, person: applyProposals(s.person, s.refusals) })), () => undefined);
      onEntered();
    });
  return (
    <Sheet title={say(`Chưa nhận được: ${staged.length} người`, `Not entered: ${staged.length}`)} className="sheet-gap">
      <p>{say('Những người dưới đây chưa vào hồ sơ. Sửa từng dòng, hoặc bỏ những dòng không cần.', 'These are not in the dossier yet. Correct them, or leave them out.')}</p>
      {fixable.length > 0 && (
        <p>
          <Button type="primary" loading={doing.busy} onClick={() => void applyAll()}>
            {say(`Sửa theo đề xuất cho ${fixable.length} người`, `Apply the proposals for ${fixable.length}`)}
          </Button>
        </p>
      )}
      <Failed failure={doing.failure} />
      <div className="table-wrap">
        <table className="list fold">
          <caption className="hidden">{say('Những người chưa nhận được', 'People not entered')}</caption>
          <thead>
            <tr>
              <th scope="col">{say('Họ và tên', 'Name')}</th>
              <th scope="col">{say('Vì sao chưa nhận', 'Why refused')}</th>
              <th scope="col">{say('Xử lý', 'Action')}</th>
            </tr>
          </thead>
          <tbody>
            {staged.map((s) => (
              <StagedRow key={s.key} item={s} dossier={dossier} onEntered={onEntered} />
            ))}
          </tbody>
        </table>
      </div>
    </Sheet>
  );
}

function EditRow({ dossier, row, onClose, onDone }: { dossier: string; row: DossierRow; onClose: () => void; onDone: () => void }) {
  const say = useSay();
  const [person, setPerson] = useState<Person>(row.person);
  const [refusals, setRefusals] = useState<Refusal[]>([]);
  const doing = useDoing();
  const save = () =>
    doing.run(async () => {
      const answer = await send<{ people: EnteredRow[] }>('PUT', `/api/v1/dossiers/${dossier}/people/${row.row}`, personBody(person));
      const refused = answer.people[0]?.refusals ?? [];
      setRefusals(refused);
      if (refused.length === 0) onDone();
    });
  return (
    <Dialog
      large
      title={say(`Sửa thông tin: ${row.person.name}`, `Edit: ${row.person.name}`)}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{say('Đóng', 'Close')}</Button>
          <Button type="primary" loading={doing.busy} onClick={() => void save()}>
            {say('Lưu', 'Save')}
          </Button>
        </>
      }
    >
      <Failed failure={doing.failure} />
      <PersonForm value={person} onChange={setPerson} strict refusals={refusals} />
    </Dialog>
  );
}

export function PeopleTable({ rows, actions }: { rows: DossierRow[]; actions?: (row: DossierRow) => React.ReactNode }) {
  const say = useSay();
  return (
    <div className="table-wrap" tabIndex={0} role="group" aria-label={say('Danh sách người trong hồ sơ', 'People in the dossier')}>
      <table className="list fold">
        <caption className="hidden">{say('Danh sách người trong hồ sơ', 'People in the dossier')}</caption>
        <thead>
          <tr>
            <th scope="col" className="right">
              {say('STT', 'No.')}
            </th>
            <th scope="col">{say('Họ và tên', 'Name')}</th>
            <th scope="col">{say('Số định danh', 'Identity')}</th>
            <th scope="col">{say('Chức vụ, bộ phận', 'Position, unit')}</th>
            <th scope="col">{say('Thư điện tử, điện thoại', 'E-mail, phone')}</th>
            {actions && <th scope="col">{say('Thao tác', 'Action')}</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((r) => (
            <tr key={r.row}>
              <td className="right num" data-label={say('STT', 'No.')}>
                {r.row}
              </td>
              <th scope="row" data-label={say('Họ và tên', 'Name')}>
                <span>
                  {r.person.name}
                  <AboutRow person={r.person} />
                </span>
              </th>
              <td className="num" data-label={say('Số định danh', 'Identity')}>
                {r.person.identity}
              </td>
              <td data-label={say('Chức vụ, bộ phận', 'Position, unit')}>{[r.person.title, r.person.unit].filter(Boolean).join(', ') || '–'}</td>
              <td className="break" data-label={say('Liên hệ', 'Contact')}>
                <span>
                  {r.person.email}
                  <br />
                  <span className="num">{r.person.phone}</span>
                </span>
              </td>
              {actions && <td data-label={say('Thao tác', 'Action')}>{actions(r)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Entered({ dossier, onChanged }: { dossier: Dossier; onChanged: () => void }) {
  const say = useSay();
  const [editing, setEditing] = useState<DossierRow>();
  const [removing, setRemoving] = useState<DossierRow>();
  const doing = useDoing();
  const rows = dossier.rows;
  const remove = (row: DossierRow) =>
    doing.run(async () => {
      await send('DELETE', `/api/v1/dossiers/${dossier.id}/people/${row.row}`);
      setRemoving(undefined);
      onChanged();
    });
  return (
    <Sheet title={say(`Trong hồ sơ: ${rows.length} người`, `In the dossier: ${rows.length}`)} className="sheet-gap">
      {rows.length === 0 ? (
        <Empty>
          <p>{say('Chưa có ai trong hồ sơ.', 'Nobody is in the dossier yet.')}</p>
        </Empty>
      ) : (
        <PeopleTable
          rows={rows}
          actions={(r) => (
            <div className="row">
              {dossier.procedure === 'new' && (
                <Button size="small" onClick={() => setEditing(r)} aria-label={say(`Sửa ${r.person.name}`, `Edit ${r.person.name}`)}>
                  {say('Sửa', 'Edit')}
                </Button>
              )}
              <Button size="small" danger onClick={() => setRemoving(r)} aria-label={say(`Xóa ${r.person.name}`, `Remove ${r.person.name}`)}>
                {say('Xóa', 'Remove')}
              </Button>
            </div>
          )}
        />
      )}
      {editing && (
        <EditRow
          dossier={dossier.id}
          row={editing}
          onClose={() => setEditing(undefined)}
          onDone={() => {
            setEditing(undefined);
            onChanged();
          }}
        />
      )}
      {removing && (
        <Dialog
          title={say('Xóa khỏi hồ sơ?', 'Remove from the dossier?')}
          onClose={() => setRemoving(undefined)}
          foot={
            <>
              <Button onClick={() => setRemoving(undefined)}>{say('Giữ lại', 'Keep')}</Button>
              <Button danger type="primary" loading={doing.busy} onClick={() => void remove(removing)}>
                {say('Xóa', 'Remove')}
              </Button>
            </>
          }
        >
          <Failed failure={doing.failure} />
          <p>
            <strong>{removing.person.name}</strong>, {removing.person.identity}
          </p>
        </Dialog>
      )}
    </Sheet>
  );
}

function Ways({ dossier, reload }: { dossier: Dossier; reload: () => void }) {
  const say = useSay();
  const doing = useDoing();
  const [done, setDone] = useState<{ n: number; of: number }>();
  const tell = useTell();
  const take = useCallback(
    (people: { from: string; person: Person }[]) =>
      doing.run(async () => {
        setDone({ n: 0, of: people.length });
        const n = await enter(dossier.id, people, (k) => setDone({ n: k, of: people.length }));
        setDone(undefined);
        tell(say(`Đã thêm ${n} trên ${people.length} người.`, `${n} of ${people.length} people were added.`));
        reload();
      }),
    [dossier.id, doing, reload, say, tell],
  );
  return (
    <Sheet title={say('Thêm người', 'Add people')}>
      <Failed failure={doing.failure} />
      {done && (
        <Notice kind="info" live>
          <p>
            {say('Đang gửi', 'Sending')} {done.n}/{done.of}…
          </p>
        </Notice>
      )}
      <Tabs
        label={say('Cách thêm người', 'Ways to add people')}
        items={[
          { key: 'one', label: say('Nhập từng người', 'One by one'), children: <OneByOne dossier={dossier} onEntered={reload} /> },
          { key: 'paste', label: say('Dán từ bảng tính', 'Paste'), children: <SheetImport way="paste" busy={doing.busy} onTake={take} /> },
          { key: 'file', label: say('Tải tệp .xlsx, .csv', 'From a file'), children: <SheetImport way="file" busy={doing.busy} onTake={take} /> },
        ]}
      />
    </Sheet>
  );
}

/* Certificates chosen before the dossier was there, and why they are not in it. */
function RefusedCertificates() {
  const say = useSay();
  const { language } = useLanguage();
  const { refused } = (useLocation().state ?? {}) as { refused?: RefusedCertificate[] };
  if (!refused || refused.length === 0) return null;
  return (
    <Notice kind="bad" live title={say(`${refused.length} chứng thư số chưa đưa được vào hồ sơ`, `${refused.length} certificates are not in the dossier`)}>
      <ul>
        {refused.map((r) => (
          <li key={r.serial}>
            <strong>{r.name}</strong>: {r.refusals.map((x) => `${x[language]}${x.proposal ? ` (${x.proposal})` : ''}`).join(' ')}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

function Editing({ dossier, reload }: { dossier: Dossier; reload: () => void }) {
  const say = useSay();
  const navigate = useNavigate();
  const staged = useStaged(dossier.id);
  const [missing, setMissing] = useState(0);
  const nobody = dossier.rows.length === 0;
  return (
    <>
      {dossier.state === 'correcting' && dossier.note && (
        <Notice kind="warn" title={say('Cơ quan giải quyết yêu cầu bổ sung', 'The authority asks for')}>
          <p>{dossier.note}</p>
        </Notice>
      )}
      <RefusedCertificates />
      {dossier.procedure === 'new' ? <Ways dossier={dossier} reload={reload} /> : <CertificatePicker dossier={dossier} onEntered={reload} />}
      <StagedList dossier={dossier.id} onEntered={reload} />
      <Entered dossier={dossier} onChanged={reload} />
      <OwnRequests dossier={dossier} editable onMissing={setMissing} />
      <Attachments dossier={dossier.id} editable />
      <div className="sticky-actions row end">
        {staged.length > 0 && (
          <span className="spacer small">{say(`Còn ${staged.length} người chưa nhận được, sẽ không có trong văn bản.`, `${staged.length} people are not entered and will not be in the document.`)}</span>
        )}
        {nobody && <span className="spacer small muted">{say('Hãy thêm ít nhất một người vào hồ sơ.', 'Add at least one person.')}</span>}
        {!nobody && missing > 0 && (
          <span className="spacer small">
            <a href="#van-ban-thue-bao">{say(`Còn ${missing} người chưa có văn bản đề nghị`, `${missing} own requests are missing`)}</a>
          </span>
        )}
        <Button type="primary" size="large" disabled={nobody || missing > 0} onClick={() => navigate(`/ho-so/${dossier.id}/ky`)}>
          {say('Tiếp tục: kiểm tra văn bản', 'Next: check the document')}
        </Button>
      </div>
    </>
  );
}

export default function Edit() {
  const say = useSay();
  const { id } = useParams();
  const { data, failure, loading, reload } = useLoad<Dossier>(`/api/v1/dossiers/${id}`);
  return (
    <Page
      title={say('Nhập danh sách', 'People')}
      crumbs={[
        [say('Hồ sơ', 'Dossiers'), '/ho-so'],
        [data?.code ?? '…', `/ho-so/${id}`],
      ]}
    >
      <WizardHead at={2} />
      <Failed failure={failure} again={reload} />
      {!data && loading && <Loading />}
      {data && <Editing dossier={data} reload={reload} />}
    </Page>
  );
}
