/** Passkeys: asks the authenticator for what the server asks for, and sends its answer with the form. */

type Ask = (options: never) => Promise<Credential | null>;

const canParse = "PublicKeyCredential" in window && "parseRequestOptionsFromJSON" in PublicKeyCredential;
// A bare address can be nobody's name for passkeys, except that of this machine.
const hasName = !/^(\d+\.){3}\d+$|^\[/.test(location.hostname);

function wire(form: HTMLFormElement, ask: Ask): void {
  const answer = form.querySelector<HTMLInputElement>("input[name=credential]")!;
  const error = form.querySelector<HTMLElement>("[data-passkey-error]");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    if (answer.value) return;
    event.preventDefault();
    if (error) error.textContent = "";
    try {
      const token = form.querySelector<HTMLInputElement>("input[name=__RequestVerificationToken]")!.value;
      const response = await fetch(form.dataset.options!, {
        method: "POST",
        body: new URLSearchParams({ __RequestVerificationToken: token }),
      });
      if (!response.ok) throw new Error(String(response.status));
      const credential = (await ask((await response.json()) as never)) as PublicKeyCredential | null;
      if (!credential) return;
      answer.value = JSON.stringify(credential.toJSON());
      form.requestSubmit();
    } catch (fault) {
      const cancelled = fault instanceof DOMException && fault.name === "NotAllowedError";
      if (error) error.textContent = cancelled ? "Nothing was chosen." : "That did not work. Reload the page and try again.";
    }
  });
}

export function wirePasskeys(): void {
  if (!canParse || !hasName || !window.isSecureContext) return;
  const signIn = document.querySelector<HTMLFormElement>("form[data-passkey-sign-in]");
  if (signIn)
    wire(signIn, (options) =>
      navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
    );
  const added = document.querySelector<HTMLFormElement>("form[data-passkey-new]");
  if (added) {
    document.querySelector<HTMLElement>("[data-passkey-unusable]")?.setAttribute("hidden", "");
    wire(added, (options) =>
      navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
    );
  }
}
