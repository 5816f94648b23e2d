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
  private sessions: { cdp: CDPSession; id: string }[] = [];

  /** Plugs the authenticator into a page. */
  async plug(page: Page) {
    const cdp = await page.context().newCDPSession(page);
    await cdp.send("WebAuthn.enable");
    const { authenticatorId: id } = await cdp.send("WebAuthn.addVirtualAuthenticator", { options: OPTIONS });
    for (const credential of this.kept) await cdp.send("WebAuthn.addCredential", { authenticatorId: id, credential });
    this.sessions.push({ cdp, id });
  }

  /** Takes the passkeys out of the last page, with their counters. */
  async keep(): Promise<number> {
    const last = this.sessions.at(-1);
    if (last === undefined) return 0;
    const { credentials } = await last.cdp.send("WebAuthn.getCredentials", { authenticatorId: last.id });
    this.kept = credentials;
    return credentials.length;
  }
}
