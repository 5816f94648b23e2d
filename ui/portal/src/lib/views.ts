/* Saved views of lists: what a person keeps under a name (GET, PUT /api/v1/views). */
export interface View {
  name: string;
  list: string;
  query: Record<string, string>;
}

export const VIEWS_MAX = 50;
export const VIEW_NAME_MAX = 60;

/* Arguments that say something, in one order: two views with the same ones are the same. */
const essence = (query: Record<string, string>): string =>
  JSON.stringify(
    Object.entries(query)
      .filter(([, v]) => v !== '')
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

export const viewsOf = (all: View[], list: string): View[] => all.filter((v) => v.list === list);

/* The one of the list that is on the page now. */
export const viewShown = (all: View[], list: string, query: Record<string, string>): View | undefined =>
  viewsOf(all, list).find((v) => essence(v.query) === essence(query));

/* With this one, in place of an earlier one of its name. */
export function withView(all: View[], view: View): View[] {
  const name = view.name.trim().normalize('NFC');
  const query = Object.fromEntries(Object.entries(view.query).filter(([, v]) => v !== ''));
  return [...all.filter((v) => v.list !== view.list || v.name !== name), { name, list: view.list, query }];
}

export const withoutView = (all: View[], list: string, name: string): View[] => all.filter((v) => v.list !== list || v.name !== name);
