/**
 * A client of Shoupiao 收票 in one file, without dependencies; it needs `fetch` (browsers, Node 18, Deno, Bun).
 * Examples: docs/clients.md.
 *
 * Whatever may be asked twice without harm is asked again while the service cannot be reached or is busy: what is read,
 * and files, which are sent under a name of the sender's choosing and are taken once, however often they come.
 */

export type Json = Record<string, any>;

/** A file to send; a `File` of a browser is one. */
export type Sendable = File | { name: string; content: BlobPart };

/** Why a document is not in the ledger, what to do, and who can: sender, issuer, finance or operator. */
export interface Reason {
  rule: string;
  zh: string;
  en: string;
  remedy_zh: string;
  remedy_en: string;
  who: string;
}

/** Where one file stands. `final`: the machine is done with it. The service may tell more. */
export interface Document {
  id: string;
  filename: string;
  state: string;
  state_zh: string;
  state_en: string;
  final: boolean;
  reasons: Reason[];
  invoices: Json[];
}

/** Files that were sent together; `documentIds` in the order they were sent. */
export interface Submission {
  id: string;
  documentIds: string[];
}

/** Where an invoice is: one code of a closed list (docs/api.md), the reason, and what to do next. */
export interface Whereabouts {
  code: string;
  certain: boolean;
  reason_zh: string;
  reason_en: string;
  next_zh: string;
  next_en: string;
  who: string;
  invoice: Json | null;
}

/** Something that happened: it may come twice, always with the same `id`. `at`: seconds since 1970. */
export interface Change {
  id: string;
  type: string;
  at: number;
  data: Json;
}

/** Changes in their order. Keep `next` once they are dealt with: it is where to go on. */
export interface Page {
  changes: Change[];
  next: number;
  more: boolean;
}

export interface Options {
  /** For whom files are sent, if the key may send for others. */
  sender?: string;
  /** Seconds for which it is tried to reach the service; 120 unless told. */
  patience?: number;
  /** Seconds after which one request is given up; 60 unless told. */
  timeout?: number;
}

/** The service said no. `code` is stable and for programs; `en` and `zh` are the sentence for people. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly en: string;
  readonly zh: string;
  /** The whole answer, with what belongs to the code (docs/api.md). */
  readonly told: Json;

  constructor(status: number, told: Json) {
    super(`${told.detail ?? "The service refused"} (${status} ${told.code ?? ""})`);
    this.name = "Refused";
    this.status = status;
    this.code = String(told.code ?? status);
    this.en = String(told.detail ?? "");
    this.zh = String(told.detail_zh ?? "");
    this.told = told;
  }
}

/** The service could not be reached, or was busy, for as long as the client's patience. */
export class NotReached extends Error {
  override name = "NotReached";
}

/** There was no outcome in time; the files are safe, wait again later. */
export class StillWaiting extends Error {
  override name = "StillWaiting";
}

/** Answers of a service, or of a proxy before it, that is busy for now. */
const BUSY = new Set([429, 502, 503, 504]);
/** Seconds between two tries and between two looks: the first pause, which doubles, and the longest. */
const FIRST_PAUSE = 0.3;
const LONGEST_PAUSE = 10;

/** The service at an address, asked with a key. */
export class Shoupiao {
  private readonly base: string;
  private readonly headers: Record<string, string>;
  private readonly patience: number;
  private readonly timeout: number;

  constructor(address: string, key: string, options: Options = {}) {
    this.base = `${address.replace(/\/+$/, "")}/api/v1`;
    this.headers = { authorization: `Bearer ${key}` };
    if (options.sender) this.headers["x-sender"] = encodeURIComponent(options.sender);
    this.patience = options.patience ?? 120;
    this.timeout = options.timeout ?? 60;
  }

  /**
   * Send files as one submission; the service has stored them when this returns. `clientId` is yours: the same one
   * again, after a crash for example, gives the same submission, and what it holds already is not taken twice.
   */
  async send(files: Iterable<Sendable>, clientId: string = crypto.randomUUID()): Promise<Submission> {
    const path = `/submissions/${part(clientId)}`;
    const { id } = await this.json("PUT", path);
    const documentIds: string[] = [];
    for (const file of files) {
      const answer = await this.json("PUT", `${path}/${part(nameOf(file))}`, { body: blobOf(file) });
      documentIds.push(answer.documents[0].document_id);
    }
    return { id, documentIds };
  }

  /** Send a file in place of one that was returned. */
  async mend(documentId: string, file: Sendable): Promise<Submission> {
    const body = new FormData();
    body.set("mends", documentId);
    body.set("files", blobOf(file), nameOf(file));
    const headers = { "idempotency-key": crypto.randomUUID() };
    const answer = await this.json("POST", "/submissions", { body, headers, again: true });
    return { id: answer.id, documentIds: answer.documents.map((one: Json) => one.document_id) };
  }

  /** Wait until the machine is done with every document of a submission; throws `StillWaiting` when it takes longer. */
  async wait(submissionId: string, seconds: number = 600): Promise<Document[]> {
    const end = now() + seconds;
    for (let pause = FIRST_PAUSE; ; pause = longer(pause)) {
      const view = await this.json("GET", `/submissions/${part(submissionId)}`);
      if (view.done) return view.documents;
      if (now() + pause > end) throw new StillWaiting(`submission ${submissionId}: ${JSON.stringify(view.counts)}`);
      await sleep(pause);
    }
  }

  /** Where one document stands. */
  async document(documentId: string): Promise<Document> {
    return (await this.json("GET", `/documents/${part(documentId)}`)) as Document;
  }

  /** Why a document came back and how to mend it, as a text for people. */
  async feedback(documentId: string): Promise<string> {
    return (await this.ask("GET", `/documents/${part(documentId)}/reason.txt`)).text();
  }

  /** A page as WebP, with a frame around everything that keeps it from the ledger; pages count from 1. */
  async markedPage(documentId: string, page: number): Promise<Blob> {
    return (await this.ask("GET", `/documents/${part(documentId)}/feedback/${page}.webp`)).blob();
  }

  /** Where an invoice is, by whatever one knows of it: numbers, names, amounts, days, regions. */
  async where(question: string): Promise<Whereabouts> {
    return (await this.json("GET", `/trace?${new URLSearchParams({ q: question })}`)) as Whereabouts;
  }

  /** Where the invoice of a file is; the file is not taken in. */
  async whereIs(file: Sendable): Promise<Whereabouts> {
    const body = new FormData();
    body.set("file", blobOf(file), nameOf(file));
    return (await this.json("POST", "/trace", { body, again: true })) as Whereabouts;
  }

  /** What happened after a place in the history. `wait`: up to 30 seconds for something to happen. */
  async changes(after = 0, { types = [] as string[], limit = 100, wait = 0 } = {}): Promise<Page> {
    const asked = { after: `${after}`, types: types.join(","), limit: `${limit}`, wait: `${wait}` };
    return (await this.json("GET", `/changes?${new URLSearchParams(asked)}`)) as Page;
  }

  /** Every page of changes from a place on, without end; an empty one where nothing happened for `wait` seconds. */
  async *follow(after = 0, types: string[] = [], wait = 30): AsyncGenerator<Page, never> {
    for (;;) {
      const page = await this.changes(after, { types, wait });
      after = page.next;
      yield page;
    }
  }

  private async json(method: string, path: string, sent: Sent = {}): Promise<Json> {
    return (await (await this.ask(method, path, sent)).json()) as Json;
  }

  /** Ask, and ask again while it may be asked again. Throws `Refused` or `NotReached`. */
  private async ask(method: string, path: string, sent: Sent = {}): Promise<Response> {
    const { again = method !== "POST", body, headers } = sent;
    const end = now() + this.patience;
    for (let pause = FIRST_PAUSE; ; pause = longer(pause)) {
      const init = { method, headers: { ...this.headers, ...headers }, body: body ?? null };
      const answer = await fetch(this.base + path, { ...init, signal: AbortSignal.timeout(this.timeout * 1000) }).catch(
        (error: unknown) => new NotReached(`${this.base}: ${String(error)}`, { cause: error }),
      );
      if (answer instanceof Response && answer.ok) return answer;
      const trouble = answer instanceof Response ? await refusal(answer) : answer;
      if (trouble instanceof Refused && !BUSY.has(trouble.status)) throw trouble;
      const rest = answer instanceof Response ? Number(answer.headers.get("retry-after")) || 0 : 0;
      const wait = Math.max(pause, rest);
      if (!again || now() + wait > end) throw new NotReached(trouble.message, { cause: trouble });
      await sleep(wait);
    }
  }
}

interface Sent {
  body?: Blob | FormData;
  headers?: Record<string, string>;
  again?: boolean;
}

function blobOf(file: Sendable): Blob {
  if (file instanceof Blob) return file;
  return file.content instanceof Blob ? file.content : new Blob([file.content]);
}

function nameOf(file: Sendable): string {
  return file.name.split("/").pop() || "file";
}

/** A text as one part of an address; a slash would end the part even when encoded, so it is encoded twice. */
function part(text: string): string {
  return encodeURIComponent(text.replaceAll("/", "%2F"));
}

async function refusal(answer: Response): Promise<Refused> {
  const told = await answer.json().catch(() => ({ detail: answer.statusText }));
  return new Refused(answer.status, told as Json);
}

function longer(pause: number): number {
  return Math.min(pause * 2, LONGEST_PAUSE);
}

function now(): number {
  return performance.now() / 1000;
}

function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
