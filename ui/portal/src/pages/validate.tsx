/* Is the signature of a PDF good? The service reads it with the library of `kyso verify` and keeps nothing. */
import { useRef, useState } from 'react';
import { sendBytes } from '../api/client';
import { useDoing } from '../api/use';
import { useSay } from '../i18n';
import { Button } from '../ui/antd';
import { Facts, Failed, Mark, Notice, Page, Sheet, type NoticeKind } from '../ui/parts';

interface Signature {
  indication?: string;
  subIndication?: string;
  signer?: { subject?: string; name?: string; issuer?: string };
  signingTime?: string;
  errors?: { code: string; text: string }[];
  warnings?: { code: string; text: string }[];
  coverage?: string;
  [more: string]: unknown;
}

interface Report {
  indication: 'TOTAL-PASSED' | 'INDETERMINATE' | 'TOTAL-FAILED';
  signatures: Signature[];
}

const BYTES_MAX = 20 * 1024 * 1024;
const KINDS: Record<Report['indication'], [NoticeKind, string, string]> = {
  'TOTAL-PASSED': ['good', 'Chữ ký hợp lệ', 'The signatures are valid'],
  INDETERMINATE: ['warn', 'Không xác định được', 'Cannot be told'],
  'TOTAL-FAILED': ['bad', 'Chữ ký không hợp lệ', 'A signature is not valid'],
};

const WORDS: Record<string, [string, string]> = {
  'TOTAL-PASSED': ['Hợp lệ', 'Valid'],
  INDETERMINATE: ['Không xác định', 'Cannot be told'],
  'TOTAL-FAILED': ['Không hợp lệ', 'Not valid'],
};

function OneSignature({ s, n }: { s: Signature; n: number }) {
  const say = useSay();
  const good = s.indication === 'TOTAL-PASSED';
  const text = (v: unknown) => (typeof v === 'string' || typeof v === 'number' ? String(v) : undefined);
  return (
    <Sheet title={say(`Chữ ký ${n}`, `Signature ${n}`)} className="sheet-gap">
      <Facts
        items={[
          [say('Kết quả', 'Result'), <Mark key="r" tone={good ? 'good' : s.indication === 'INDETERMINATE' ? 'wait' : 'bad'}>{say(...(WORDS[s.indication ?? ''] ?? ['Không rõ', 'Unknown']))} ({s.indication})</Mark>],
          ...[...(s.errors ?? []), ...(s.warnings ?? [])].map((e): [string, string] => [say('Nhận xét', 'Remark'), `${e.text} (${e.code})`]),
          [say('Người ký', 'Signer'), text(s.signer?.subject) ?? text(s.signer?.name)],
          [say('Nơi cấp chứng thư', 'Issuer'), text(s.signer?.issuer)],
          [say('Thời điểm ký', 'Signing time'), text(s.signingTime)?.replace('T', ' ')],
          [say('Phạm vi', 'Coverage'), s.coverage === 'WHOLE_FILE' ? say('toàn bộ tệp', 'the whole file') : text(s.coverage)],
        ]}
      />
      <details>
        <summary>{say('Báo cáo đầy đủ', 'Full report')}</summary>
        <div className="statement" tabIndex={0} role="group" aria-label={say('Báo cáo', 'Report')}>
          {JSON.stringify(s, null, 2)}
        </div>
      </details>
    </Sheet>
  );
}

export default function Validate() {
  const say = useSay();
  const [report, setReport] = useState<Report>();
  const [name, setName] = useState('');
  const [local, setLocal] = useState<string>();
  const doing = useDoing();
  const input = useRef<HTMLInputElement>(null);
  const check = (file: File | undefined) => {
    if (!file) return;
    setLocal(undefined);
    setReport(undefined);
    setName(file.name);
    if (file.size > BYTES_MAX) setLocal(say('Tệp lớn hơn 20 MB.', 'The file is larger than 20 MB.'));
    else void doing.run(async () => setReport(await sendBytes<Report>('/api/v1/validations', file)));
  };
  const kind = report && KINDS[report.indication];
  return (
    <Page title={say('Kiểm tra chữ ký', 'Validate a signature')} lead={say('Kiểm tra chữ ký số trên tệp PDF. Tệp không được lưu lại.', 'Checks signatures of a PDF. The file is not kept.')}>
      <div className="sheet drop">
        <input
          ref={input}
          type="file"
          hidden
          accept="application/pdf,.pdf"
          aria-label={say('Tệp PDF cần kiểm tra', 'PDF to validate')}
          onChange={(e) => {
            check(e.target.files?.[0]);
            e.target.value = '';
          }}
        />
        <Button type="primary" loading={doing.busy} onClick={() => input.current?.click()}>
          {say('Chọn tệp PDF', 'Choose a PDF')}
        </Button>
        <p className="field-hint">{say('Tối đa 20 MB.', 'At most 20 MB.')}</p>
      </div>
      <div className="sheet-gap" aria-live="polite">
        <Failed failure={doing.failure} />
        {local && (
          <Notice kind="bad">
            <p>{local}</p>
          </Notice>
        )}
        {report && kind && (
          <>
            <Notice kind={kind[0]} title={say(kind[1], kind[2])}>
              <p>
                {name}: {say(`${report.signatures.length} chữ ký`, `${report.signatures.length} signatures`)}
              </p>
            </Notice>
            {report.signatures.map((s, i) => (
              <OneSignature key={i} s={s} n={i + 1} />
            ))}
          </>
        )}
      </div>
    </Page>
  );
}
