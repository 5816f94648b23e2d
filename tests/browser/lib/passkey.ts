/* A person's authenticator: Chromium's virtual one, whose passkeys go with the person from page to page. */
import type { CDPSession, Page } from "@playwright/test";

const OPTIONS = {
  protocol: "ctap2",
  ctap2Version: "ctap2_1",
  transport: "internal",
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
} as const;

export class Passkeys {
  private kept: any[] = [];
  private last: { cdp: CDPSession; id: string } | undefined;

  get empty() {
    return this.kept.length === 0;
  }

  /** Plugs the authenticator into a page. */
  async plug(page: Page) {
    const cdp = await page.context().newCDPSession(page);
    await cdp.send("WebAuthn.enable");
    const { authenticatorId: id } = await cdp.send("WebAuthn.addVirtualAuthenticator", { options: OPTIONS });
    for (const credential of this.kept) await cdp.send("WebAuthn.addCredential", { authenticatorId: id, credential });
    this.last = { cdp, id };
  }

  /** Takes the passkeys out of the page, with their counters; those of a page that is gone are as they were before. */
  async keep() {
    const { cdp, id } = this.last ?? {};
    if (cdp === undefined || id === undefined) return;
    const found = await cdp.send("WebAuthn.getCredentials", { authenticatorId: id }).catch(() => undefined);
    if (found !== undefined) this.kept = found.credentials;
  }
}
