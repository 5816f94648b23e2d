/* Where a dossier stands, by its tracking code; nothing personal is shown and nobody needs to log in. */
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { useSearchParams } from 'react-router-dom';
import { Failure, get } from '../api/client';
import type { components } from '../api/openapi';
import { useDoing } from '../api/use';
import { useLanguage, useSay } from '../i18n';
import { timeText } from '../lib/dates';
import { PROCEDURES } from '../lib/states';
import { Button } from '../ui/antd';
import { TextField } from '../ui/field';
import { Facts, Failed, Mark, Page, Sheet, StateMark } from '../ui/parts';

type Status = components['schemas']['PublicStatus'];

/* "abcd efgh…" as people type it: letters and digits in fours. */
export function codeText(typed: string): string {
  const signs = typed.toUpperCase().replace(/[^0-9A-Z]/g, '').slice(0, 16);
  return signs.match(/.{1,4}/g)?.join('-') ?? '';
}

const notThere = () =>
  new Failure(404, {
    error: 'not_found',
    error_description: 'There is no dossier of this code. Look at each character again.',
    vi: 'Không có hồ sơ nào với mã này. Hãy kiểm tra lại từng ký tự.',
  });

export default function StatusPage() {
  const say = useSay();
  const { language } = useLanguage();
  const [search] = useSearchParams();
  const [code, setCode] = useState(codeText(search.get('ma') ?? ''));
  const [status, setStatus] = useState<Status>();
  const [tried, setTried] = useState(false);
  const doing = useDoing();
  const { run } = doing;
  const whole = code.length === 19;
  const find = () => {
    setTried(true);
    if (!whole) return;
    void run(async () => {
      setStatus(undefined);
      try {
        setStatus(await get<Status>(`/api/v1/status/${code}`));
      } catch (e) {
        throw e instanceof Failure && e.status === 404 ? notThere() : e;
      }
    });
  };
  const first = useRef(find);
  useEffect(() => {
    if (search.get('ma')) first.current();
  }, [search]);
  const submit = (e: FormEvent) => {
    e.preventDefault();
    find();
  };
  return (
    <Page title={say('Tra cứu hồ sơ', 'Dossier status')} lead={say('Nhập mã tra cứu có trên trang gửi hồ sơ và trong thư thông báo. Không hiển thị thông tin cá nhân.', 'Type the tracking code of the page or mail. Nothing personal is shown.')}>
      <form className="sheet filters" role="search" onSubmit={submit} noValidate>
        <TextField
          required
          label={say('Mã tra cứu', 'Tracking code')}
          hint={say('16 chữ và số, ví dụ ABCD-EFGH-JKLM-NPQR', '16 letters and digits')}
          value={code}
          onChange={(v) => setCode(codeText(v))}
          maxLength={24}
          error={tried && !whole ? say('Mã gồm 16 chữ và số.', '16 letters and digits.') : undefined}
        />
        <Button type="primary" htmlType="submit" loading={doing.busy}>
          {say('Tra cứu', 'Find')}
        </Button>
      </form>
      <div className="sheet-gap" aria-live="polite">
        <Failed failure={doing.failure} />
        {status && (
          <Sheet title={status.code}>
            <Facts
              items={[
                [say('Thủ tục', 'Procedure'), PROCEDURES[status.procedure]?.[language] ?? status.procedure_vi],
                [say('Trạng thái', 'State'), <StateMark key="s" state={status.state} vi={status.state_vi} />],
                [say('Gửi lúc', 'Sent'), timeText(status.sent_at)],
                [say('Tiếp nhận lúc', 'Received'), timeText(status.received_at)],
                [
                  say('Hạn trả kết quả', 'Due'),
                  <span key="d">
                    {timeText(status.due_at)} {status.overdue && <Mark tone="bad">{say('Quá hạn', 'Overdue')}</Mark>}
                  </span>,
                ],
                [say('Cập nhật lúc', 'Updated'), timeText(status.updated_at)],
              ]}
            />
          </Sheet>
        )}
      </div>
    </Page>
  );
}
