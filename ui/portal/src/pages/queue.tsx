/* The officer's queue: everything by keyboard, the dossier beside the list, checks done by the page itself. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router-dom';
import { post, query } from '../api/client';
import { notOffered } from '../api/papers';
import type { Dossier, DossierHead, Org } from '../api/shapes';
import { useDoing, useLoad, usePages } from '../api/use';
import { useLanguage, useSay } from '../i18n';
import { timeText } from '../lib/dates';
import { actionsOf, PROCEDURES, type ActionName } from '../lib/states';
import { useMe, type Me } from '../session';
import { Button, Checkbox } from '../ui/antd';
import { ChoiceField, TextBlock } from '../ui/field';
import { examine, Findings, type Examined } from '../ui/findings';
import { Gathered } from '../ui/gathered';
import { Dialog, Due, Empty, Facts, Failed, Loading, More, Notice, Page, Sheet, StateMark } from '../ui/parts';
import { PdfView } from '../ui/pdf';
import { useTell } from '../ui/toast';
import { useQueueKeys } from '../ui/queue-keys';
import { SavedViews } from '../ui/saved-views';

const VIEWS: { state: string; vi: string; en: string; role: 'receive' | 'examine' | 'approve' }[] = [
  { state: 'sent', vi: 'Chờ tiếp nhận', en: 'To receive', role: 'receive' },
  { state: 'received', vi: 'Chờ thẩm định', en: 'To examine', role: 'examine' },
  { state: 'supplemented', vi: 'Đã bổ sung', en: 'Supplemented', role: 'examine' },
  { state: 'examining', vi: 'Chờ phê duyệt', en: 'To approve', role: 'approve' },
  { state: 'incomplete', vi: 'Đang chờ bổ sung', en: 'Waiting for additions', role: 'examine' },
];

const firstView = (me: Me) => (VIEWS.find((v) => me.roles.has(v.role)) ?? VIEWS[0])?.state ?? 'sent';

function Beside({ id, onAct, acting }: { id: string; onAct: (d: Dossier, a: ActionName) => void; acting: boolean }) {
  const say = useSay();
  const { language } = useLanguage();
  const me = useMe();
  const { data: d, failure, loading } = useLoad<Dossier>(`/api/v1/dossiers/${id}`);
  const org = useLoad<Org>(d && `/api/v1/organisations/${d.org}`);
  const [seen, setSeen] = useState<Examined>();
  const doing = useDoing();
  const { run } = doing;
  useEffect(() => {
    if (d) void run(async () => setSeen(await examine(d)));
  }, [d, run]);
  if (!d) return failure ? <Failed failure={failure} /> : loading ? <Loading /> : null;
  const can = actionsOf(d, { org: me.org.id, roles: me.roles });
  const button = (a: ActionName, vi: string, en: string, key: string, primary = false) =>
    can.includes(a) && (
      <Button type={primary ? 'primary' : 'default'} danger={a === 'refuse'} loading={acting} onClick={() => onAct(d, a)} aria-keyshortcuts={key}>
        {say(vi, en)} <kbd aria-hidden="true">{key}</kbd>
      </Button>
    );
  return (
    <div className="stack">
      <Sheet title={d.code}>
        <Facts
          items={[
            [say('Cơ quan đề nghị', 'Organisation'), org.data?.name ?? '…'],
            [say('Thủ tục', 'Procedure'), PROCEDURES[d.procedure]?.[language]],
            [say('Trạng thái', 'State'), <StateMark key="s" state={d.state} vi={d.state_vi} />],
            [say('Hạn', 'Due'), <Due key="d" clock={d.clock} stage={d.stage} due={d.due_at} />],
            [say('Danh sách', 'People'), d.rows.map((r) => r.person.name).slice(0, 5).join(', ') + (d.rows.length > 5 ? ` … (${d.rows.length})` : '')],
          ]}
        />
        {d.approvals && <Gathered count={d.approvals} />}
        <h3 className="sheet-gap">{say('Kiểm tra tự động', 'Automatic checks')}</h3>
        <Failed failure={doing.failure && !notOffered(doing.failure) ? doing.failure : undefined} />
        {seen?.id === d.id ? <Findings findings={seen.findings} /> : <p className="muted">{say('Đang kiểm tra…', 'Checking…')}</p>}
        <div className="row sheet-gap" role="group" aria-label={say('Thao tác', 'Actions')}>
          {button('receive', 'Tiếp nhận', 'Receive', 'r', true)}
          {button('examine', 'Thẩm định', 'Examine', 'e', true)}
          {button('approve', 'Phê duyệt', 'Approve', 'a', true)}
          {button('ask', 'Yêu cầu bổ sung', 'Ask', 'b')}
          {button('refuse', 'Từ chối', 'Refuse', 't')}
        </div>
      </Sheet>
      {seen?.id === d.id && (
        <Sheet>
          <PdfView content={seen.document} name={`${d.code}.pdf`} title={say('Văn bản đề nghị đã ký số', 'Request as signed')} />
        </Sheet>
      )}
    </div>
  );
}

function AskDialog({ id, code, onClose, onDone }: { id: string; code: string; onClose: () => void; onDone: () => void }) {
  const say = useSay();
  const [note, setNote] = useState('');
  const [tried, setTried] = useState(false);
  const doing = useDoing();
  return (
    <Dialog
      title={say(`Yêu cầu bổ sung: ${code}`, `Ask for additions: ${code}`)}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{say('Hủy', 'Cancel')}</Button>
          <Button
            type="primary"
            loading={doing.busy}
            onClick={() => {
              setTried(true);
              if (note.trim())
                void doing.run(async () => {
                  await post(`/api/v1/dossiers/${id}/ask`, { note: note.trim() });
                  onDone();
                });
            }}
          >
            {say('Gửi yêu cầu', 'Send')}
          </Button>
        </>
      }
    >
      <Failed failure={doing.failure} />
      <TextBlock label={say('Cần bổ sung, sửa đổi những gì?', 'What is to be added or corrected?')} required value={note} onChange={setNote} maxLength={1000} error={tried && !note.trim() ? say('Hãy ghi rõ nội dung.', 'Say what.') : undefined} />
    </Dialog>
  );
}

function KeyHelp({ onClose }: { onClose: () => void }) {
  const say = useSay();
  const keys: [string, string][] = [
    ['j / k', say('hồ sơ sau / trước', 'next / previous dossier')],
    ['Enter, o', say('mở toàn bộ hồ sơ', 'open the dossier')],
    ['r', say('tiếp nhận', 'receive')],
    ['e', say('thẩm định', 'examine')],
    ['a', say('phê duyệt', 'approve')],
    ['b', say('yêu cầu bổ sung', 'ask for additions')],
    ['t', say('từ chối', 'refuse')],
    ['x', say('chọn / bỏ chọn', 'select / unselect')],
    ['Shift+A', say('phê duyệt các hồ sơ đã chọn', 'approve those selected')],
    ['?', say('bảng này', 'this panel')],
  ];
  return (
    <Dialog title={say('Phím tắt', 'Keyboard')} onClose={onClose}>
      <dl className="queue-help">
        {keys.map(([k, text]) => (
          <KeyRow key={k} k={k} text={text} />
        ))}
      </dl>
    </Dialog>
  );
}

function KeyRow({ k, text }: { k: string; text: string }) {
  return (
    <>
      <dt>
        <kbd>{k}</kbd>
      </dt>
      <dd>{text}</dd>
    </>
  );
}

const BULK: Partial<Record<string, 'receive' | 'examine' | 'approve'>> = { sent: 'receive', received: 'examine', supplemented: 'examine', examining: 'approve' };

/* Refused by a rule, gone, done before: what may come of being too late. */
const overtaken = (status: number) => [403, 404, 409].includes(status);

/* What is not received yet has no time limit to go by. */
const orderOf = (state: string, asked: string | null) => (state === 'sent' || asked === 'oldest' ? 'oldest' : 'due');

function useQueue() {
  const me = useMe();
  const [search, setSearch] = useSearchParams();
  const state = search.get('state') ?? firstView(me);
  const procedure = search.get('procedure') ?? '';
  const sort = orderOf(state, search.get('sort'));
  const list = usePages<DossierHead>(`/api/v1/dossiers${query({ state, procedure, sort, limit: 50 })}`, 'dossiers');
  const [at, setAt] = useState(0);
  const [turn, setTurn] = useState(0);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const current = list.items[Math.min(at, list.items.length - 1)];
  const shown = { state, procedure, sort };
  const view = (asked: Record<string, string>) => {
    const given = Object.entries({ ...shown, ...asked }).filter(([, v]) => v !== '');
    setSearch(Object.fromEntries(given), { replace: true });
    setAt(0);
    setChosen(new Set());
  };
  /* List and dossier anew: also after a refusal, for somebody else may have been faster. */
  const { reload } = list;
  const renew = useCallback(() => {
    setTurn((t) => t + 1);
    setChosen(new Set());
    reload();
  }, [reload]);
  const toggle = (id: string) =>
    setChosen((c) => {
      const next = new Set(c);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  return { shown, list, at, setAt, current, view, chosen, setChosen, toggle, turn, renew };
}

export default function Queue() {
  const say = useSay();
  const { language } = useLanguage();
  const navigate = useNavigate();
  const tell = useTell();
  const me = useMe();
  const q = useQueue();
  const acting = useDoing();
  const [asking, setAsking] = useState<{ id: string; code: string }>();
  const [help, setHelp] = useState(false);
  const rows = useRef<HTMLTableSectionElement>(null);
  const { current, list, renew } = q;
  const { state, procedure, sort } = q.shown;

  const act = useCallback(
    (d: { id: string; code: string }, a: ActionName) => {
      if (a === 'approve') navigate(`/ho-so/${d.id}/quyet-dinh`);
      else if (a === 'refuse') navigate(`/ho-so/${d.id}/quyet-dinh?tu-choi=1`);
      else if (a === 'ask') setAsking(d);
      else
        void acting
          .run(async () => {
            const now = await post<{ state_vi: string }>(`/api/v1/dossiers/${d.id}/${a}`);
            tell(`${d.code}: ${now.state_vi}`);
          })
          .then(renew);
    },
    [acting, renew, navigate, tell],
  );
  const can = current ? actionsOf(current, { org: me.org.id, roles: me.roles }) : [];
  const press = (a: ActionName) => () => {
    if (current && can.includes(a)) act(current, a);
  };
  const approveChosen = () => {
    if (state === 'examining' && me.roles.has('approve') && q.chosen.size > 0) navigate('/phe-duyet-nhieu', { state: { ids: [...q.chosen] } });
  };
  const go = (step: number) => () => q.setAt((i) => Math.max(0, Math.min(list.items.length - 1, i + step)));
  const keys = useQueueKeys({
    j: go(1),
    k: go(-1),
    o: () => current && navigate(`/ho-so/${current.id}`),
    Enter: () => current && navigate(`/ho-so/${current.id}`),
    r: press('receive'),
    e: press('examine'),
    a: press('approve'),
    b: press('ask'),
    t: press('refuse'),
    x: () => current && q.toggle(current.id),
    A: () => approveChosen(),
    '?': () => setHelp(true),
  });
  useEffect(() => {
    rows.current?.querySelector('.chosen')?.scrollIntoView({ block: 'nearest' });
  }, [q.at]);

  const bulk = BULK[state];
  const allowed = bulk && me.roles.has(bulk);
  const actAll = () =>
    acting
      .run(async () => {
        if (!bulk) return;
        let done = 0;
        let refused: unknown;
        for (const id of q.chosen)
          await post(`/api/v1/dossiers/${id}/${bulk}`).then(
            () => done++,
            (e: unknown) => (refused = e),
          );
        tell(say(`Đã xử lý ${done} trong ${q.chosen.size} hồ sơ.`, `${done} of ${q.chosen.size} dossiers done.`));
        if (refused) throw refused;
      })
      .then(renew);
  return (
    <Page
      title={say('Hàng đợi xử lý', 'Queue')}
      actions={
        <div className="row">
          <Checkbox checked={keys.on} onChange={(e) => keys.setOn(e.target.checked)}>
            {say('Dùng phím tắt', 'Keyboard shortcuts')}
          </Checkbox>
          <Button onClick={() => setHelp(true)}>
            {say('Phím tắt', 'Keys')} <kbd aria-hidden="true">?</kbd>
          </Button>
        </div>
      }
    >
      <div className="sheet filters">
        <ChoiceField label={say('Hàng đợi', 'Queue')} value={state} onChange={(v) => q.view({ state: v })} options={VIEWS.map((v): [string, string] => [v.state, v[language]])} />
        <ChoiceField
          label={say('Thủ tục', 'Procedure')}
          value={procedure}
          onChange={(v) => q.view({ procedure: v })}
          options={[['', say('Tất cả', 'All')], ...Object.entries(PROCEDURES).map(([id, p]): [string, string] => [id, p.short[language]])]}
        />
        <ChoiceField
          label={say('Thứ tự', 'Order')}
          value={sort}
          onChange={(v) => q.view({ sort: v })}
          options={[...(state === 'sent' ? [] : [['due', say('Gần hết hạn trước', 'Due first')] as [string, string]]), ['oldest', say('Chờ lâu nhất trước', 'Longest waiting first')]]}
        />
        <SavedViews list="queue" query={q.shown} onApply={q.view} />
        {allowed && q.chosen.size > 0 && (
          <div className="whole">
            <Button type="primary" loading={acting.busy} onClick={() => (bulk === 'approve' ? approveChosen() : void actAll())}>
              {bulk === 'approve' ? say(`Phê duyệt ${q.chosen.size} hồ sơ đã chọn`, `Approve ${q.chosen.size} selected`) : bulk === 'receive' ? say(`Tiếp nhận ${q.chosen.size} hồ sơ đã chọn`, `Receive ${q.chosen.size} selected`) : say(`Thẩm định ${q.chosen.size} hồ sơ đã chọn`, `Examine ${q.chosen.size} selected`)}
            </Button>
          </div>
        )}
      </div>
      <div className="sheet-gap">
        <Failed failure={acting.failure} />
        {acting.failure && overtaken(acting.failure.status) && (
          <Notice kind="warn">
            <p>{say('Hồ sơ có thể vừa được người khác xử lý. Danh sách và hồ sơ bên cạnh đã được làm mới.', 'Somebody may just have dealt with the dossier. List and dossier were read anew.')}</p>
          </Notice>
        )}
        <Failed failure={list.failure} again={list.reload} />
      </div>
      {list.loading && list.items.length === 0 && <Loading />}
      {!list.loading && !list.failure && list.items.length === 0 && (
        <Sheet>
          <Empty>
            <p>{say('Hàng đợi này trống.', 'This queue is empty.')}</p>
          </Empty>
        </Sheet>
      )}
      {list.items.length > 0 && (
        <div className="split">
          <div className="sheet tight">
            <div className="table-wrap">
              <table className="list" aria-label={say('Hồ sơ trong hàng đợi', 'Dossiers in the queue')}>
                <thead>
                  <tr>
                    {allowed && (
                      <th scope="col">
                        <Checkbox
                          aria-label={say('Chọn tất cả', 'Select all')}
                          checked={q.chosen.size === list.items.length}
                          onChange={(e) => q.setChosen(new Set(e.target.checked ? list.items.map((d) => d.id) : []))}
                        />
                      </th>
                    )}
                    <th scope="col">{say('Mã hồ sơ', 'Code')}</th>
                    <th scope="col">{say('Thủ tục', 'Procedure')}</th>
                    <th scope="col">{state === 'sent' ? say('Gửi lúc', 'Sent') : say('Hạn', 'Due')}</th>
                  </tr>
                </thead>
                <tbody ref={rows}>
                  {list.items.map((d, i) => (
                    <tr key={d.id} className={d.id === current?.id ? 'chosen' : ''} onClick={() => q.setAt(i)}>
                      {allowed && (
                        <td>
                          <Checkbox aria-label={say(`Chọn ${d.code}`, `Select ${d.code}`)} checked={q.chosen.has(d.id)} onChange={() => q.toggle(d.id)} />
                        </td>
                      )}
                      <th scope="row">
                        <button type="button" className="link" aria-current={d.id === current?.id ? 'true' : undefined} onClick={() => q.setAt(i)}>
                          {d.code}
                        </button>
                      </th>
                      <td>{PROCEDURES[d.procedure]?.short[language]}</td>
                      <td>
                        {state === 'sent' ? <span className="num">{timeText(d.sent_at)}</span> : <Due clock={d.clock} stage={d.stage} due={d.due_at} short />}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            <More more={list.more} loading={list.loading} onMore={list.loadMore} />
          </div>
          <section aria-label={say('Hồ sơ đang xem', 'The dossier in view')}>{current && <Beside key={`${current.id} ${q.turn}`} id={current.id} onAct={act} acting={acting.busy} />}</section>
        </div>
      )}
      {asking && (
        <AskDialog
          {...asking}
          onClose={() => {
            setAsking(undefined);
            renew();
          }}
          onDone={() => {
            setAsking(undefined);
            renew();
          }}
        />
      )}
      {help && <KeyHelp onClose={() => setHelp(false)} />}
    </Page>
  );
}
