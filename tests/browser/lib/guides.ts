/* The guides' source (ui/portal/guides) and the files printed of them (ui/portal/public/guides). */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { HERE } from "./world.ts";

const PORTAL = path.join(HERE, "../../../ui/portal");
export const GUIDES = ["he-thong", "ky-so"];

interface Step {
  picture?: { file: string };
}
interface Printed {
  guide: string;
  file: string;
  bytes: number;
  date: string;
  source: string;
}

const source = (guide: string) => readFileSync(path.join(PORTAL, "guides", `${guide}.json`));

/** The pictures that its steps name. */
export function picturesOf(guide: string): string[] {
  const { parts } = JSON.parse(source(guide).toString()) as { parts: { steps: Step[] }[] };
  return parts.flatMap((p) => p.steps.flatMap((s) => (s.picture ? [s.picture.file] : [])));
}

export const publicFile = (name: string) => readFileSync(path.join(PORTAL, "public/guides", name));

/** SHA-256 over the steps and their pictures: what a printed file was made of. */
export function sourceHash(guide: string): string {
  const hash = createHash("sha256").update(source(guide));
  for (const name of picturesOf(guide)) hash.update(publicFile(name));
  return hash.digest("hex");
}

export const printed = () => JSON.parse(readFileSync(path.join(PORTAL, "guides/files.json"), "utf8")) as Printed[];
