// One upload's row: how far, how fast, how long still, and what can be done about it.
import { bytesText, durationText } from "./units";

export interface RowActions {
  pause(): void;
  retry(): void;
  cancel(): void;
}

type State = "waiting" | "uploading" | "finishing" | "paused" | "reconnecting" | "offline" | "failed" | "done";

/** Rates are taken over this long: shorter jumps, longer lags. */
const rateWindowMs = 8000;

export class UploadRow {
  readonly element: HTMLElement;
  private state: State = "waiting";
  private sent = 0;
  private samples: { at: number; bytes: number }[] = [];
  private heardAt = performance.now();
  private readonly bar: HTMLProgressElement;
  private readonly pauseButton: HTMLButtonElement;
  private readonly retryButton: HTMLButtonElement;
  private readonly cancelButton: HTMLButtonElement;

  constructor(
    template: HTMLTemplateElement,
    private readonly name: string,
    private readonly size: number,
    actions: RowActions,
  ) {
    this.element = (template.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
    this.bar = this.part("bar");
    this.pauseButton = this.part("pause");
    this.retryButton = this.part("retry");
    this.cancelButton = this.part("cancel");
    this.part("name").textContent = name;
    this.bar.setAttribute("aria-label", `Upload of ${name}`);
    for (const button of [this.pauseButton, this.retryButton, this.cancelButton]) {
      button.setAttribute("aria-label", `${button.textContent} ${name}`);
    }
    this.pauseButton.addEventListener("click", () => actions.pause());
    this.retryButton.addEventListener("click", () => actions.retry());
    this.cancelButton.addEventListener("click", () => {
      if (this.sent === 0 || confirm(`Cancel the upload of ${name}? What has been sent is thrown away.`)) actions.cancel();
    });
    this.enter("waiting", "Starting");
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
    this.samples.push({ at: now, bytes });
    if (bytes >= total) this.enter("finishing", "All sent. The server is checking the last pieces");
    else if (this.state !== "uploading") this.enter("uploading", "Uploading");
    this.tick();
  }

  paused(isPaused: boolean): void {
    this.samples = [];
    this.heardAt = performance.now();
    this.enter(isPaused ? "paused" : "uploading", isPaused ? "Paused" : "Uploading");
    this.tick();
  }

  restarted(): void {
    this.samples = [];
    this.enter("waiting", "Trying again");
  }

  reconnecting(attempt: number): void {
    if (this.state !== "uploading" && this.state !== "finishing" && this.state !== "reconnecting") return;
    this.samples = [];
    this.heardAt = performance.now();
    this.enter("reconnecting", attempt > 1 ? `Connection lost, attempt ${attempt}` : "Connection lost, trying again");
  }

  offline(): void {
    if (this.state === "uploading" || this.state === "reconnecting") this.enter("offline", "Offline. Goes on by itself");
  }

  failed(reason: string, signedOut: boolean): void {
    this.enter("failed", reason);
    this.part("sign-in").hidden = !signedOut;
  }

  done(fileUrl: string): void {
    this.sent = this.size;
    this.enter("done", `Uploaded, ${bytesText(this.size)}`);
    const link = this.part<HTMLAnchorElement>("open");
    link.href = fileUrl;
    link.hidden = false;
    this.part("figures").textContent = "";
  }

  /** Rewrites the figures, which change without the state changing. */
  tick(): void {
    if (this.state === "done") return;
    if (this.state === "uploading") this.say(this.silentSeconds > 5 ? "Waiting for the network" : "Uploading");
    const figures = [`${bytesText(this.sent)} of ${bytesText(this.size)}`];
    const rate = this.state === "uploading" ? this.bytesPerSecond() : null;
    if (rate !== null && rate > 0) {
      figures.push(`${bytesText(rate)}/s`, `${durationText((this.size - this.sent) / rate)} left`);
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
    this.say(words);
    this.part("sign-in").hidden = true;
    this.pauseButton.hidden = state === "done" || state === "failed" || state === "finishing";
    const verb = state === "paused" ? "Resume" : "Pause";
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
  private say(words: string): void {
    const status = this.part("status");
    if (status.textContent !== words) status.textContent = words;
  }

  private part<T extends HTMLElement = HTMLElement>(name: string): T {
    return this.element.querySelector<T>(`[data-part="${name}"]`)!;
  }
}
