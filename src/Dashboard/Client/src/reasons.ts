// Why an upload was refused, in words that say what to do. The server's problem details tell the cause by their type.
import { say } from "./words";

export interface Reason {
  words: string;
  signedOut: boolean;
  /** The server has this upload no more: it has to begin anew. */
  gone: boolean;
}

/** Problem types that a publisher can do something about, and the words for each. */
const known = new Set([
  "quota-exceeded",
  "upload-too-large",
  "insufficient-storage",
  "too-many-uploads",
  "invalid-name",
  "invalid-folder",
  "invalid-metadata",
  "invalid-replaced",
  "catalog-unavailable",
  "storage-failed",
  "gone-upload",
  "unknown-upload",
]);

/** Statuses whose body may have been lost or written by a proxy. */
const byStatus: Record<number, string> = { 413: "upload-too-large", 415: "wrong-type", 507: "insufficient-storage", 429: "too-many-requests" };

/** @param status Undefined or 0: no answer came. */
export function reasonOf(status: number | undefined, body: string): Reason {
  const reason = (words: string, more: Partial<Reason> = {}): Reason => ({ words, signedOut: false, gone: false, ...more });
  if (!status) return reason(say("why-unreachable"));
  if (status === 401) return reason(say("why-signed-out"), { signedOut: true });
  if (status === 403) return reason(say("why-forbidden"));
  const problem = read(body);
  const slug = problem.type?.split(":").pop() ?? "";
  const gone = status === 404 || status === 410;
  if (known.has(slug)) return reason(`${say(`why-${slug}`)} ${problem.detail ?? ""}`.trim(), { gone });
  if (gone) return reason(say("why-gone-upload"), { gone });
  const kind = byStatus[status];
  return reason(kind ? say(`why-${kind}`) : `${say("why-other", status)} ${problem.detail ?? problem.title ?? ""}`.trim());
}

function read(body: string): { type?: string; title?: string; detail?: string } {
  try {
    return JSON.parse(body) as { type?: string; title?: string; detail?: string };
  } catch {
    return {};
  }
}
