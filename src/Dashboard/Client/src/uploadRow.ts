// One upload's row: how far, how fast, how long still, what can be done about it, and its file's title and peer policy.
import { FileEditor } from "./fileEditor";
import { type Reason } from "./reasons";
import { followStages, showStage } from "./stages";
import { bytesText, durationText } from "./units";
import { say } from "./words";

export interface RowActions {
  pause(): void;
  retry(): void;
  cancel(): void;
}

export interface RowFile {
  name: string;
  size: number;
  /** Of a folder; null for a single file. */
  fileCount: number | null;
  title: string;
  policy: string;
  format: string;
}

type State = "waiting" | "uploading" | "finishing" | "paused" | "reconnecting" | "offline" | "failed" | "done";

/** Rates are taken over this long: shorter jumps, longer lags. */
const rateWindowMs = 8000;

export class UploadRow {
  readonly element: HTMLElement;
  actions: RowActions;
  private state: State = "waiting";
  private sent = 0;
  private samples: { at: number; bytes: number }[] = [];
  private heardAt = performance.now();
  private readonly name: string;
  private readonly size: number;
  private readonly editor: FileEditor;
  private fileUrl = "";
  private readonly bar: HTMLProgressElement;
  private readonly pauseButton: HTMLButtonElement;
  private readonly retryButton: HTMLButtonElement;
  private readonly cancelButton: HTMLButtonElement;

  constructor(template: HTMLTemplateElement, file: RowFile, actions: RowActions) {
    this.element = (template.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
    this.actions = actions;
    this.name = file.name;
    this.size = file.size;
    this.bar = this.part("bar");
    this.pauseButton = this.part("pause");
    this.retryButton = this.part("retry");
    this.cancelButton = this.part("cancel");
    this.part("name").textContent = file.name;
    this.part("kind").textContent = say(
      file.format === "hybrid" ? "kind-hybrid" : "kind-v1",
      file.fileCount === null ? "" : `${say("files", file.fileCount)} · `,
    );
    this.bar.setAttribute("aria-label", say("bar", file.name));
    this.editor = new FileEditor(this.part<HTMLFormElement>("editor"), file.name, file);
    for (const button of [this.pauseButton, this.retryButton, this.cancelButton]) {
      button.setAttribute("aria-label", `${button.textContent} ${file.name}`);
    }
    this.pauseButton.addEventListener("click", () => this.actions.pause());
    this.retryButton.addEventListener("click", () => this.actions.retry());
    this.cancelButton.addEventListener("click", () => {
      if (this.sent === 0 || confirm(say("confirm-cancel", file.name))) this.actions.cancel();
    });
    this.enter("waiting", say("starting"));
  }

  /** As it is typed at this moment. */
  get title(): string {
    return this.editor.title;
  }

  /** The server knows the file: what is typed is saved there from now on. */
  known(fileId: string): void {
    this.fileUrl = `/files/${encodeURIComponent(fileId)}`;
    void this.editor.bind(fileId);
  }

  get isUnfinished(): boolean {
    return this.state !== "done" && this.state !== "failed";
  }

  get isFinishing(): boolean {
    return this.state === "finishing";
  }

  /** Since the last sign of life of a running upload; 0 for one that is not running. */
  get silentSeconds(): number {
    const running = this.state === "uploading" || this.state === "finishing" || this.state === "reconnecting";
    return running ? (performance.now() - this.heardAt) / 1000 : 0;
  }

  progress(bytes: number, total: number): void {
    if (this.state === "paused" || this.state === "done") return;
    const now = performance.now();
    // After a lost connection the server may hold less than was sent: begin to measure anew.
    if (bytes < this.sent) this.samples = [];
    this.sent = bytes;
    this.heardAt = now;
    this.editor.heard();
    this.samples.push({ at: now, bytes });
    if (bytes >= total) this.enter("finishing", say("finishing"));
    else if (this.state !== "uploading") this.enter("uploading", say("uploading"));
    this.tick();
  }

  paused(isPaused: boolean): void {
    this.samples = [];
    this.heardAt = performance.now();
    this.enter(isPaused ? "paused" : "uploading", say(isPaused ? "paused" : "uploading"));
    this.tick();
  }

  restarted(): void {
    this.samples = [];
    this.enter("waiting", say("again"));
  }

  /** @param isLost False: the server answered, but takes nothing now. */
  reconnecting(attempt: number, isLost: boolean): void {
    if (this.state !== "uploading" && this.state !== "finishing" && this.state !== "reconnecting") return;
    this.samples = [];
    this.heardAt = performance.now();
    this.enter("reconnecting", !isLost ? say("busy") : attempt > 1 ? say("lost-attempt", attempt) : say("lost"));
  }

  offline(): void {
    if (this.state === "uploading" || this.state === "reconnecting") this.enter("offline", say("offline"));
  }

  failed(reason: Reason): void {
    this.enter("failed", reason.words);
    this.part("sign-in").hidden = !reason.signedOut;
  }

  /** All bytes are safe on the server; what becomes of them there is shown as the server says it. */
  received(fileId: string): void {
    this.known(fileId);
    this.sent = this.size;
    this.enter("done", say("stage-received", bytesText(this.size)));
    this.part("figures").textContent = "";
    const list = this.part("stages");
    showStage(list, "received");
    followStages(fileId, {
      reached: (stage) => {
        showStage(list, stage);
        this.element.dataset.stage = stage;
        this.tell(say(`stage-${stage}`, bytesText(this.size)));
        if (stage === "published") this.offerLinks();
      },
      ended: (reason) => {
        this.element.dataset.stage = "failed";
        this.tell(reason === null ? say("stage-unpublished") : say("stage-failed", reason));
      },
    });
  }

  private offerLinks(): void {
    const link = this.part<HTMLAnchorElement>("open");
    link.href = this.fileUrl;
    link.setAttribute("aria-label", `${link.textContent} ${this.name}`);
    link.hidden = false;
  }

  /** Rewrites the figures, which change without the state changing. */
  tick(): void {
    if (this.state === "done") return;
    if (this.state === "uploading") this.tell(say(this.silentSeconds > 5 ? "waiting-for-network" : "uploading"));
    const figures = [say("sent-of", bytesText(this.sent), bytesText(this.size))];
    const rate = this.state === "uploading" ? this.bytesPerSecond() : null;
    if (rate !== null && rate > 0) {
      figures.push(`${bytesText(rate)}/s`, say("left", durationText((this.size - this.sent) / rate)));
    }
    this.part("figures").textContent = figures.join(" · ");
    const percent = this.size === 0 ? 100 : Math.floor((this.sent / this.size) * 100);
    this.bar.value = percent;
    this.part("percent").textContent = `${percent}%`;
  }

  private bytesPerSecond(): number | null {
    const now = performance.now();
    this.samples = this.samples.filter((sample) => now - sample.at <= rateWindowMs);
    const first = this.samples[0];
    if (!first || now - first.at < 500) return null;
    return ((this.sent - first.bytes) / (now - first.at)) * 1000;
  }

  private enter(state: State, words: string): void {
    this.state = state;
    this.element.dataset.state = state;
    this.tell(words);
    this.part("sign-in").hidden = true;
    this.pauseButton.hidden = state === "done" || state === "failed" || state === "finishing";
    const verb = say(state === "paused" ? "resume" : "pause");
    this.pauseButton.textContent = verb;
    this.pauseButton.setAttribute("aria-label", `${verb} ${this.name}`);
    this.retryButton.hidden = state !== "failed";
    this.cancelButton.hidden = state === "done";
    if (state === "done") {
      this.bar.value = 100;
      this.part("percent").textContent = "100%";
    }
  }

  // Written only when it changes: screen readers speak every writing.
  private tell(words: string): void {
    const status = this.part("status");
    if (status.textContent !== words) status.textContent = words;
  }

  private part<T extends HTMLElement = HTMLElement>(name: string): T {
    return this.element.querySelector<T>(`[data-part="${name}"]`)!;
  }
}
