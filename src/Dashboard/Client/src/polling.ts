// Asks an address again and again while the page is visible.

export interface Poll<T> {
  url: string;
  seconds: number;
  onAnswer(answer: T): void;
  onFailure?(status: number | null): void;
}

/** Starts at once; returns a function that ends it. */
export function poll<T>({ url, seconds, onAnswer, onFailure }: Poll<T>): () => void {
  let timer = 0;
  let ended = false;

  const ask = async (): Promise<void> => {
    clearTimeout(timer);
    try {
      const response = await fetch(url, {
        headers: { Accept: "application/json" },
        signal: AbortSignal.timeout(10_000),
      });
      if (response.ok) onAnswer((await response.json()) as T);
      else onFailure?.(response.status);
    } catch {
      onFailure?.(null);
    }
    if (!ended && !document.hidden) timer = window.setTimeout(ask, seconds * 1000);
  };
  const wake = (): void => {
    if (!ended && !document.hidden) void ask();
  };
  document.addEventListener("visibilitychange", wake);
  void ask();
  return () => {
    ended = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", wake);
  };
}
