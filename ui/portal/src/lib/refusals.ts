/* Reasons of refusals to begin from; an administrator may put others in their place. */
export const REASONS: string[] = [
  'Thông tin thuê bao không khớp với cơ sở dữ liệu quốc gia về dân cư.',
  'Thuê bao không thuộc lĩnh vực giáo dục, đào tạo, y tế.',
  'Thuê bao là người có thẩm quyền của cơ quan, tổ chức.',
  'Thư điện tử không phải thư điện tử công vụ đang hoạt động.',
  'Văn bản đề nghị chưa được ký số theo quy định.',
];
export const REASONS_MAX = 50;
export const REASON_MAX = 300;

/* Texts of statements have no line ends. */
export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim().normalize('NFC');

/* As they are kept: one line each, none empty, none twice. */
export const reasonsOf = (lines: string[]): string[] => [...new Set(lines.map(oneLine).filter((l) => l !== ''))];
