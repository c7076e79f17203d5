// How far a file is after its last byte, as the server says it; the last stage is asked of the link itself.
import { poll } from "./polling";

/** In this order. What the server says beyond these ends the row: failed, unpublished. */
const order = ["received", "hashed", "published", "seeded", "ready"] as const;

export type Stage = (typeof order)[number];

interface StageAnswer {
  stage: string;
  failureReason: string | null;
}

interface Links {
  size: number;
  fileCount: number | null;
  downloadUrl: string | null;
  torrentUrl: string | null;
}

export interface StageHearer {
  reached(stage: Stage): void;
  ended(failureReason: string | null): void;
}

/** Follows a file until viewers can have it. */
export function followStages(fileId: string, hearer: StageHearer): void {
  let last = -1;
  let asking = false;
  const reach = (stage: Stage): void => {
    // One answer may tell of several that were passed since the last.
    while (last < order.indexOf(stage)) hearer.reached(order[++last]!);
  };
  const end = poll<StageAnswer>({
    url: `/api/v1/uploads/${encodeURIComponent(fileId)}/stage`,
    seconds: 1,
    onAnswer({ stage, failureReason }) {
      if (stage === "failed" || stage === "unpublished") {
        end();
        hearer.ended(failureReason);
        return;
      }
      if (order.includes(stage as Stage)) reach(stage as Stage);
      if (stage !== "seeded" || asking) return;
      asking = true;
      void answers(fileId)
        .then((works) => {
          if (!works) return;
          end();
          reach("ready");
        })
        .catch(() => null)
        .finally(() => (asking = false));
    },
  });
}

/** Shows the stages in a list whose items name theirs. */
export function showStage(list: HTMLElement, stage: Stage): void {
  for (const item of list.querySelectorAll<HTMLElement>("[data-stage]")) {
    const place = order.indexOf(item.dataset.stage as Stage);
    const reached = order.indexOf(stage);
    item.classList.toggle("is-reached", place <= reached);
    item.querySelector<HTMLElement>('[data-part="reached"]')!.hidden = place > reached;
  }
}

// By its path alone, so that it works under whatever name the publisher came here. A folder's link is only the beginning of its files'.
async function answers(fileId: string): Promise<boolean> {
  const file = (await (await fetch(`/api/v1/files/${encodeURIComponent(fileId)}`)).json()) as Links;
  const url = file.fileCount === null ? file.downloadUrl : file.torrentUrl;
  if (url === null) return false;
  const answer = await fetch(new URL(url, location.href).pathname, { method: "HEAD", credentials: "omit", cache: "no-store" });
  return answer.ok && (file.fileCount !== null || Number(answer.headers.get("Content-Length")) === file.size);
}
