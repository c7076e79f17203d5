// What every page may need: each part looks for its marks and does nothing without them.
import { wireCopyButtons } from "./copy";
import { wireHealth } from "./health";
import { wireExample } from "./example";
import { wireLive } from "./live";
import { wirePasskeys } from "./passkeys";
import { wireRefresh } from "./refresh";
import { wireScrollers } from "./scrollers";
import { wireState } from "./state";
import { wireTimes } from "./times";

wireCopyButtons();
wireHealth();
wireExample();
wireLive();
wirePasskeys();
wireRefresh();
wireScrollers();
wireState();
wireTimes();

// One click on a sign-in link is enough; a link previewer, which runs no scripts, does not use it up.
document.querySelector<HTMLFormElement>("form[data-auto-submit]")?.requestSubmit();
