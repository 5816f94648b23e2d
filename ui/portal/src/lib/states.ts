/* States, actions and procedures with their words; who may do what is domain/dossier_state.c's table. */
import type { Role } from './roles';

export interface Words {
  vi: string;
  en: string;
}
export type Tone = 'plain' | 'work' | 'wait' | 'good' | 'bad';

export const STATES: Record<string, Words & { tone: Tone; final?: boolean }> = {
  draft: { vi: 'Bản nháp', en: 'Draft', tone: 'plain' },
  'to-sign': { vi: 'Chờ ký số', en: 'Waiting for signature', tone: 'wait' },
  sent: { vi: 'Đã gửi', en: 'Sent', tone: 'work' },
  received: { vi: 'Đã tiếp nhận', en: 'Received', tone: 'work' },
  examining: { vi: 'Đang thẩm định', en: 'Being examined', tone: 'work' },
  incomplete: { vi: 'Yêu cầu bổ sung', en: 'Supplement requested', tone: 'wait' },
  correcting: { vi: 'Đang bổ sung', en: 'Being supplemented', tone: 'wait' },
  'to-sign-again': { vi: 'Chờ ký số hồ sơ bổ sung', en: 'Waiting for signature of the supplement', tone: 'wait' },
  supplemented: { vi: 'Đã bổ sung', en: 'Supplemented', tone: 'work' },
  approved: { vi: 'Đã phê duyệt', en: 'Approved', tone: 'good' },
  issued: { vi: 'Đã tạo khóa, cấp chứng thư số', en: 'Keys and certificates made', tone: 'good' },
  revoked: { vi: 'Đã thu hồi', en: 'Revoked', tone: 'good' },
  activating: { vi: 'Chờ kích hoạt', en: 'Waiting for activation', tone: 'good' },
  done: { vi: 'Hoàn thành', en: 'Completed', tone: 'good', final: true },
  refused: { vi: 'Từ chối', en: 'Refused', tone: 'bad', final: true },
  withdrawn: { vi: 'Đã rút', en: 'Withdrawn', tone: 'plain', final: true },
  lapsed: { vi: 'Quá hạn bổ sung', en: 'Not supplemented in time', tone: 'bad', final: true },
};

export const ROW_STATES: Record<string, Words & { tone: Tone }> = {
  entered: { vi: 'Đã nhập', en: 'Entered', tone: 'plain' },
  approved: { vi: 'Đã phê duyệt', en: 'Approved', tone: 'good' },
  refused: { vi: 'Từ chối', en: 'Refused', tone: 'bad' },
  keyed: { vi: 'Đã tạo khóa', en: 'Key made', tone: 'work' },
  issued: { vi: 'Đã cấp chứng thư số', en: 'Certificate issued', tone: 'good' },
  activating: { vi: 'Chờ kích hoạt', en: 'Waiting for activation', tone: 'wait' },
  active: { vi: 'Đang hiệu lực', en: 'Active', tone: 'good' },
  revoked: { vi: 'Đã thu hồi', en: 'Revoked', tone: 'bad' },
};

export const PROCEDURES: Record<string, Words & { short: Words; limit: Words; hint: Words }> = {
  new: {
    vi: 'Cấp mới chứng thư số cho cá nhân',
    en: 'New certificate for a person',
    short: { vi: 'Cấp mới', en: 'New' },
    limit: { vi: '03 ngày làm việc', en: '3 working days' },
    hint: { vi: 'Cho cán bộ, giáo viên, nhân viên y tế chưa có chứng thư số.', en: 'For staff who have no certificate yet.' },
  },
  renew: {
    vi: 'Gia hạn chứng thư số',
    en: 'Renewal',
    short: { vi: 'Gia hạn', en: 'Renewal' },
    limit: { vi: '03 ngày làm việc', en: '3 working days' },
    hint: { vi: 'Cho chứng thư số sắp hết hạn, còn hiệu lực.', en: 'For certificates that are about to expire.' },
  },
  change: {
    vi: 'Thay đổi nội dung thông tin chứng thư số',
    en: 'Change of information',
    short: { vi: 'Thay đổi thông tin', en: 'Change' },
    limit: { vi: '03 ngày làm việc', en: '3 working days' },
    hint: {
      vi: 'Khi cơ quan công tác hoặc địa chỉ thư điện tử công vụ thay đổi.',
      en: 'When employer or official e-mail address change.',
    },
  },
  revoke: {
    vi: 'Thu hồi chứng thư số',
    en: 'Revocation',
    short: { vi: 'Thu hồi', en: 'Revocation' },
    limit: { vi: '12 giờ, cả ngoài giờ làm việc', en: '12 hours, day and night' },
    hint: {
      vi: 'Khi nghỉ hưu, thôi việc, chuyển công tác, hoặc khóa bí mật bị lộ.',
      en: 'On retirement, leaving, transfer, or when the key is exposed.',
    },
  },
};

export type ActionName =
  | 'edit'
  | 'document'
  | 'reopen'
  | 'supplement'
  | 'withdraw'
  | 'receive'
  | 'examine'
  | 'ask'
  | 'approve'
  | 'refuse';

interface Step {
  from: string[];
  action: ActionName;
  roles: Role[];
  /* 'org': counts for people of the dossier's organisation, 'authority': of the one that handles it */
  side: 'org' | 'authority';
}

const STEPS: Step[] = [
  { from: ['draft', 'correcting'], action: 'edit', roles: ['enter'], side: 'org' },
  {
    from: ['draft', 'correcting', 'to-sign', 'to-sign-again'],
    action: 'document',
    roles: ['enter', 'sign', 'seal'],
    side: 'org',
  },
  { from: ['to-sign', 'to-sign-again'], action: 'reopen', roles: ['enter', 'sign', 'seal'], side: 'org' },
  { from: ['incomplete'], action: 'reopen', roles: ['enter'], side: 'org' },
  { from: ['incomplete'], action: 'supplement', roles: ['enter'], side: 'org' },
  {
    from: ['draft', 'to-sign', 'sent', 'incomplete', 'correcting', 'to-sign-again'],
    action: 'withdraw',
    roles: ['enter'],
    side: 'org',
  },
  { from: ['sent'], action: 'receive', roles: ['receive'], side: 'authority' },
  { from: ['received', 'supplemented'], action: 'examine', roles: ['examine'], side: 'authority' },
  { from: ['examining', 'supplemented'], action: 'ask', roles: ['examine'], side: 'authority' },
  { from: ['examining'], action: 'approve', roles: ['approve'], side: 'authority' },
  { from: ['sent', 'received', 'examining', 'supplemented'], action: 'refuse', roles: ['approve'], side: 'authority' },
];

export interface Viewer {
  org: string;
  roles: ReadonlySet<Role>;
}

/* What this person can do next with the dossier. The service decides; this only chooses the buttons. */
export function actionsOf(dossier: { state: string; org: string }, viewer: Viewer): ActionName[] {
  const side = dossier.org === viewer.org ? 'org' : 'authority';
  return STEPS.filter(
    (s) => s.side === side && s.from.includes(dossier.state) && s.roles.some((r) => viewer.roles.has(r)),
  ).map((s) => s.action);
}

export const SIGNING_STATES = ['to-sign', 'to-sign-again'];
export const ISSUED_STATES = ['approved', 'issued', 'activating', 'done'];
