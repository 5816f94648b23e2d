import { Link } from 'react-router-dom';
import { useSay } from '../i18n';
import { Page } from '../ui/parts';

export default function Missing() {
  const say = useSay();
  return (
    <Page title={say('Không có trang này', 'No such page')}>
      <p>
        {say('Địa chỉ không đúng, hoặc nội dung không thuộc phạm vi của bạn. ', 'The address is wrong, or it is not for you. ')}
        <Link to="/">{say('Về trang đầu', 'To the start')}</Link>
      </p>
    </Page>
  );
}
