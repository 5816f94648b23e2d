/* Roles and their words (docs/design/022-organisations.md). */
export type Role =
  | 'enter'
  | 'sign'
  | 'seal'
  | 'support'
  | 'receive'
  | 'examine'
  | 'approve'
  | 'operate'
  | 'audit'
  | 'admin';

export const ROLES: Record<Role, { vi: string; en: string; does: { vi: string; en: string } }> = {
  enter: { vi: 'Cán bộ nhập', en: 'Clerk', does: { vi: 'lập và sửa hồ sơ', en: 'makes and edits dossiers' } },
  sign: { vi: 'Lãnh đạo ký', en: 'Signing head', does: { vi: 'ký số và gửi hồ sơ', en: 'signs and sends' } },
  seal: { vi: 'Văn thư', en: 'Seal keeper', does: { vi: 'đóng dấu số và gửi hồ sơ', en: 'seals and sends' } },
  support: { vi: 'Hỗ trợ thuê bao', en: 'Support', does: { vi: 'hướng dẫn thuê bao', en: 'helps subscribers' } },
  receive: { vi: 'Tiếp nhận', en: 'Reception', does: { vi: 'tiếp nhận hồ sơ', en: 'takes dossiers in' } },
  examine: {
    vi: 'Thẩm định',
    en: 'Examiner',
    does: { vi: 'thẩm định, yêu cầu bổ sung', en: 'examines, asks for additions' },
  },
  approve: { vi: 'Phê duyệt', en: 'Approver', does: { vi: 'phê duyệt, từ chối', en: 'approves, refuses' } },
  operate: { vi: 'Vận hành', en: 'Operator', does: { vi: 'vận hành hệ thống', en: 'runs the system' } },
  audit: { vi: 'Kiểm toán', en: 'Auditor', does: { vi: 'xem mọi nội dung, không thay đổi', en: 'reads everything' } },
  admin: { vi: 'Quản trị', en: 'Administrator', does: { vi: 'quản lý cơ quan, người dùng', en: 'administers' } },
};

export const ORG_ROLES: Role[] = ['enter', 'sign', 'seal', 'support'];
export const AUTHORITY_ROLES: Role[] = ['receive', 'examine', 'approve', 'operate', 'audit', 'admin'];

export const rolesOf = (text: string): Set<Role> =>
  new Set(text.split(/[\s,]+/).filter((r): r is Role => Object.hasOwn(ROLES, r)));
