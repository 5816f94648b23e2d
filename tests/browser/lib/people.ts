/* Subscribers as clerks enter them. Each has an identity number, a mailbox and a number of its own in the world. */
export interface Subscriber {
  name: string;
  identity: string;
  email: string;
  phone: string;
  title: string;
}

const FAMILY = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô"];
const MIDDLE = ["Thị Minh", "Văn", "Thu", "Quốc", "Ngọc", "Đức", "Phương", "Hải", "Thanh", "Gia"];
const GIVEN = ["Hương", "Tuấn", "Thảo", "Kiệt", "Ánh", "Dũng", "Quỳnh", "Sơn", "Yến", "Bảo"];
let made = 0;

/** Somebody new. */
export function subscriber(): Subscriber {
  const n = made++;
  const name = `${FAMILY[n % 10]} ${MIDDLE[Math.floor(n / 10) % 10]} ${GIVEN[Math.floor(n / 3) % 10]}`;
  return {
    name,
    identity: `00118${5 + (n % 5)}${String(100000 + n).slice(-6)}`,
    email: `gv${String(n + 1).padStart(4, "0")}@hongha.edu.vn`,
    phone: `09${String(12000000 + n)}`,
    title: "Giáo viên",
  };
}

export const subscribers = (count: number) => Array.from({ length: count }, subscriber);
export const international = (phone: string) => "+84" + phone.slice(1);

/** As the API takes a person. */
export const asPerson = (s: Subscriber) => ({ ...s, sector: "education", authority: false, finance: false, phone_own: true });
