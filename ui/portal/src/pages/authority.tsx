/* Certificates of the authority, out of the founding record, and where lists of revoked certificates are. */
import { useEffect, useState } from 'react';
import { useLoad } from '../api/use';
import { useSay } from '../i18n';
import { fromBase64url, sha256, toBase64, toHex } from '../lib/bytes';
import { Button } from '../ui/antd';
import { download, Facts, Failed, Loading, Page, Sheet } from '../ui/parts';

interface Founding {
  name: string;
  root: string;
  issuing: string;
  ocsp: string;
  tsa: string;
  policy: { oid: string; cps: string; aia: string; ocsp: string; crl: string };
}

function pem(der: Uint8Array): string {
  const lines = toBase64(der).match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function One({ title, name, der }: { title: string; name: string; der: string }) {
  const say = useSay();
  const [hash, setHash] = useState('');
  const bytes = fromBase64url(der);
  useEffect(() => {
    void sha256(fromBase64url(der)).then((h) => setHash(toHex(h)));
  }, [der]);
  return (
    <Sheet title={title} className="sheet-gap">
      <Facts items={[['SHA-256', <code key="h">{hash.match(/.{1,4}/g)?.join(' ')}</code>]]} />
      <div className="row sheet-gap">
        <Button onClick={() => download(`${name}.crt`, new Blob([bytes], { type: 'application/pkix-cert' }))}>{say('Tải (DER)', 'DER')}</Button>
        <Button onClick={() => download(`${name}.pem`, new Blob([pem(bytes)], { type: 'application/x-pem-file' }))}>{say('Tải (PEM)', 'PEM')}</Button>
      </div>
    </Sheet>
  );
}

export default function Authority() {
  const say = useSay();
  const { data, failure, loading, reload } = useLoad<Founding>('/api/v1/founding');
  return (
    <Page title={say('Chứng thư của CA, danh sách thu hồi', 'CA certificates, revocation lists')}>
      <Failed failure={failure} again={reload} />
      {!data && loading && <Loading />}
      {data && (
        <>
          <Sheet>
            <Facts
              items={[
                [say('Tổ chức cung cấp', 'Provider'), data.name],
                [say('Danh sách thu hồi (CRL)', 'Revocation list'), <a key="c" href={data.policy.crl}>{data.policy.crl}</a>],
                [say('Trạng thái trực tuyến (OCSP)', 'OCSP'), data.policy.ocsp],
                [say('Chính sách chứng thư', 'Certificate policy'), data.policy.oid],
              ]}
            />
          </Sheet>
          <One title={say('Chứng thư gốc', 'Root')} name="root" der={data.root} />
          <One title={say('Chứng thư CA cấp cho thuê bao', 'Issuing CA')} name="issuing" der={data.issuing} />
          <One title={say('Chứng thư OCSP', 'OCSP responder')} name="ocsp" der={data.ocsp} />
          <One title={say('Chứng thư dấu thời gian', 'Time-stamping')} name="tsa" der={data.tsa} />
        </>
      )}
    </Page>
  );
}
