/* The running service, through the Python program that keeps it (world/). One line of JSON out, one back. */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface } from "node:readline";
import path from "node:path";

export const HERE = path.dirname(new URL(import.meta.url).pathname);
const START_MS = 120_000;

export interface Staff {
  id: string;
  token: string;
  name: string;
  email: string;
  org: string;
  roles: string;
  smartcard: string | null;
}
export interface School {
  id: string;
  code: string;
  name: string;
  email: string;
  seal: string;
}
export interface Facts {
  server: string;
  plain: string;
  login: string;
  realm: string;
  home: string;
  folder: string;
  post: "servers" | "outbox";
  staff: Record<string, Staff>;
  schools: Record<string, School>;
}
export interface Mail {
  subject: string;
  from: string;
  to: string;
  text: string;
  html: string | null;
  count: number;
}
export interface Answer<T = any> {
  status: number;
  body: T;
}

type Reply = { id?: number; value?: unknown; error?: string; facts?: Facts };

export class World {
  facts!: Facts;
  private next = 1;
  private waiting = new Map<number, { resolve: (v: any) => void; reject: (e: Error) => void }>();
  private started!: Promise<void>;

  private constructor(private child: ChildProcessWithoutNullStreams) {
    this.started = new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error("the world did not begin")), START_MS);
      child.once("exit", (status) => reject(new Error(`the world ended with status ${status}`)));
      createInterface(child.stdout).on("line", (line) => {
        const reply = JSON.parse(line) as Reply;
        if (reply.id !== undefined) return this.settle(reply);
        clearTimeout(late);
        if (reply.facts === undefined) return reject(new Error(reply.error));
        this.facts = reply.facts;
        resolve();
      });
    });
    child.stderr.on("data", (text) => process.stderr.write(text));
  }

  static async begin(build: string, portal: string): Promise<World> {
    const world = new World(spawn("/usr/bin/python3", [path.join(HERE, "..", "world"), build, portal]));
    await world.started;
    return world;
  }

  private settle(reply: Reply) {
    const one = this.waiting.get(reply.id!);
    this.waiting.delete(reply.id!);
    if (reply.error !== undefined) one?.reject(new Error(reply.error));
    else one?.resolve(reply.value);
  }

  private call<T>(call: string, args: object = {}): Promise<T> {
    const id = this.next++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.child.stdin.write(JSON.stringify({ id, call, args }) + "\n");
    });
  }

  /** Ends it and all its processes; nothing of it stays on the disk. */
  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.stdin.end();
    await ended;
  }

  /** The command line, with somebody's token. */
  kyso = (args: string[], token?: string) => this.call<string>("kyso", { args, token });
  /** A program's call, with somebody's token. */
  api = <T = any>(method: string, path: string, token: string, body?: object) =>
    this.call<Answer<T>>("api", { method, path, token, body });
  /** Invites; the link out of the mail. */
  invite = (label: string) => this.call<string>("invite", { label });
  /** Gives a person a certificate for log-in, registered and imported into a browser's home of its own; that home. */
  certificate = (label: string) => this.call<string>("certificate", { label });
  /** The newest mail to an address, waited for. */
  mail = (address: string, subject = "", after = 0, seconds = 30) =>
    this.call<Mail>("mail", { address, subject, after, seconds });
  /** The newest SMS to a number with these words, waited for. */
  sms = (number: string, words = "", seconds = 30) => this.call<string>("sms", { number, words, seconds });
  /** The subscriber's phone follows the link of the letter and enrols; number as +84… */
  phone = (link: string, number: string, name: string) => this.call<{ device: string; words: string }>("phone", { link, number, name });
  /** A dossier that its organisation has signed and sent, by the command line. */
  file = (school: string, people: object[], more: object = {}) =>
    this.call<{ id: string; code: string }>("file", { school, people, ...more });
  /** Certificates for these people, by the command line alone. */
  issue = (school: string, people: object[]) =>
    this.call<{ id: string; code: string; serials: string[] }>("issue", { school, people });
  /** The template for lists, filled in with a spreadsheet program; its path. */
  sheet = (people: object[]) => this.call<string>("sheet", { people });
  /** A PDF such as a scanner makes; its path. */
  paper = () => this.call<string>("paper");
  /** From now on this address is refused by its mail server. */
  bounce = (address: string) => this.call<void>("bounce", { address });
  /** Puts the service's clock so many seconds ahead of this machine's; its time then, in seconds. */
  move = (seconds: number) => this.call<number>("move", { seconds });
  now = () => this.call<number>("now");
  /** A person sits down at the computer: the agent serves with this token. */
  agent = (label: string) => this.call<void>("agent", { label });
  unplug = () => this.call<void>("unplug");
  behave = (mode: "agree" | "refuse" | "wrong") => this.call<void>("behave", { mode });
  /** What the agent showed since the last look. */
  shown = (kind: "consent" | "pin" = "consent") => this.call<string>("shown", { kind });
  log = () => this.call<string>("log");
}
