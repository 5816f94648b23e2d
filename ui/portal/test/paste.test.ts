import { expect, test } from 'vitest';
import { hasHeadings, readCells, writeCsv } from '../src/lib/paste';

test('cells of a clipboard: tabs, line ends, quoted line ends and quotes', () => {
  expect(readCells('a\tb\r\n"x\ny"\t"say ""hi"""\r\n\r\n')).toEqual([
    ['a', 'b'],
    ['x\ny', 'say "hi"'],
  ]);
});
test('CSV is quoted where it must be and says that it is UTF-8', () => {
  expect(writeCsv([['a,b', 'c"d', 'ế']])).toBe('\ufeff"a,b","c""d",ế\r\n');
});
test('numbers and addresses are no headings', () => {
  expect(hasHeadings([['Họ và tên', 'Số CCCD']])).toBe(true);
  expect(hasHeadings([['Nguyễn A', '001185004217']])).toBe(false);
  expect(hasHeadings([['Nguyễn A', 'a@b.vn']])).toBe(false);
});
