/* Where several officers must approve: how many have, and what the next one is shown. */
import type { ApprovalCount } from '../api/shapes';
import { useSay } from '../i18n';
import { Notice } from './parts';

export function Gathered({ count }: { count: ApprovalCount }) {
  const say = useSay();
  if (count.needed < 2) return null;
  return (
    <Notice kind="warn" title={say(`Đã có ${count.given}/${count.needed} phê duyệt`, `${count.given} of ${count.needed} approvals`)}>
      <p>
        {count.mine
          ? say('Bạn đã phê duyệt. Cần cán bộ khác ký đúng nội dung này.', 'You have approved. Another officer must sign these very words.')
          : count.given > 0
            ? say('Bạn ký đúng nội dung mà cán bộ trước đã ký.', 'You sign the very words that the officer before you signed.')
            : say('Sau khi bạn ký, hồ sơ chờ cán bộ khác ký đúng nội dung này.', 'After you, another officer must sign these very words.')}
      </p>
    </Notice>
  );
}
