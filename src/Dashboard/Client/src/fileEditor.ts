// A file's title and peer policy, editable while its bytes are still on their way. What is being typed is never written over.
import { say } from "./words";

interface FileRecord {
  title: string;
  policy: string;
}

type Field = keyof FileRecord;

const fields: Field[] = ["title", "policy"];

/** Others may change the record at the same moment: the state of the upload changes its tag, too. */
const attempts = 5;

export class FileEditor {
  private fileId: string | null = null;
  private known: FileRecord | null = null;
  private tag = "";
  private saving = false;
  private saveAgain = false;
  private failed = false;
  private readonly typed = new Set<Field>();

  constructor(
    private readonly form: HTMLFormElement,
    name: string,
    start: FileRecord,
  ) {
    for (const field of fields) {
      const input = this.input(field);
      input.value = start[field];
      input.id = `${field}-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
      const label = form.querySelector<HTMLLabelElement>(`label[data-for="${field}"]`)!;
      label.htmlFor = input.id;
      label.append(hidden(` · ${name}`));
      input.addEventListener("input", () => {
        this.typed.add(field);
        this.tell(this.fileId === null ? "edit-later" : "edit-unsaved");
      });
      input.addEventListener("change", () => void this.save());
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.save();
    });
    window.addEventListener("online", () => void this.save());
  }

  get title(): string {
    return this.input("title").value;
  }

  /** The file exists on the server from now on: what was typed before is saved, what was not is shown as it is there. */
  async bind(fileId: string): Promise<void> {
    if (this.fileId === fileId) return;
    this.fileId = fileId;
    if ((await this.read()) && this.typed.size > 0) await this.save();
  }

  /** Shows what another window or the API changed, where nothing is being typed. */
  async read(): Promise<boolean> {
    try {
      const answer = await fetch(this.url, { headers: { Accept: "application/json" } });
      if (!answer.ok) return false;
      this.show((await answer.json()) as FileRecord, answer.headers.get("ETag") ?? "");
      return true;
    } catch {
      return false;
    }
  }

  /** The server has been heard of: what it did not take before is sent again. */
  heard(): void {
    if (this.failed) void this.save();
  }

  private async save(): Promise<void> {
    if (this.typed.size === 0 || this.fileId === null) return;
    this.saveAgain = this.saving;
    if (this.saving) return;
    this.saving = true;
    this.failed = false;
    try {
      do {
        this.saveAgain = false;
        // What was refused is not sent again unasked.
        if (!(await this.send())) break;
      } while (this.saveAgain && this.typed.size > 0);
    } catch {
      this.failed = true;
      this.tell("edit-unreachable");
    } finally {
      this.saving = false;
    }
  }

  /** False: it was refused, and the words beside the fields say why. */
  private async send(): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      if (this.known === null && !(await this.read())) throw new Error("not read");
      const before = this.known!;
      const change = Object.fromEntries([...this.typed].map((field) => [field, this.input(field).value]));
      const answer = await fetch(this.url, {
        method: "PATCH",
        headers: { "Content-Type": "application/json", "If-Match": this.tag },
        body: JSON.stringify(change),
      });
      if (answer.ok) {
        // What was typed while the answer was on its way is still to be saved.
        for (const [field, value] of Object.entries(change)) {
          if (this.input(field as Field).value === value) this.typed.delete(field as Field);
        }
        this.show((await answer.json()) as FileRecord, answer.headers.get("ETag") ?? "");
        this.tell(this.typed.size === 0 ? "edit-saved" : "edit-unsaved");
        return true;
      }
      if (answer.status === 412) {
        if (!(await this.read())) throw new Error("not read");
        const other = [...this.typed].find((field) => this.known![field] !== before[field]);
        if (other === undefined && attempt < attempts) continue;
        // The next save is made of what is there now, so that it is done knowingly.
        this.tell("edit-changed", other === undefined ? "" : this.known![other]);
        return false;
      }
      const problem = (await answer.json().catch(() => ({}))) as { detail?: string };
      this.tell("edit-refused", answer.status === 401 ? say("why-signed-out") : (problem.detail ?? answer.status));
      return false;
    }
  }

  private show(record: FileRecord, tag: string): void {
    this.known = { title: record.title, policy: record.policy };
    this.tag = tag;
    for (const field of fields) {
      if (!this.typed.has(field)) this.input(field).value = record[field];
    }
  }

  private get url(): string {
    return `/api/v1/files/${encodeURIComponent(this.fileId!)}`;
  }

  private tell(word: string, ...values: (string | number)[]): void {
    const said = this.form.querySelector<HTMLElement>('[data-part="said"]')!;
    const words = say(word, ...values);
    if (said.textContent !== words) said.textContent = words;
  }

  private input(field: Field): HTMLInputElement | HTMLSelectElement {
    return this.form.elements.namedItem(field) as HTMLInputElement | HTMLSelectElement;
  }
}

function hidden(text: string): HTMLElement {
  const span = document.createElement("span");
  span.className = "visually-hidden";
  span.textContent = text;
  return span;
}
