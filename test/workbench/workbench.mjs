/** Drives the workbench of a real VS Code in a browser, as a user does: by menus, keys and questions. */
import { launchBrowser } from './browser.mjs';
import { repository, startServer } from './server.mjs';

export class Workbench {
  /** Starts a server and a browser with `folder` (or none) open and the extension of this repository loaded. */
  static async open(
    folder,
    { settings = {}, env = {}, viewport = { width: 1280, height: 900 }, colorScheme = 'dark' } = {},
  ) {
    const server = await startServer({ settings, env });
    let browser;
    try {
      browser = await launchBrowser();
      const page = await browser.newPage({ viewport, colorScheme });
      page.setDefaultTimeout(60_000);
      await page.goto(server.url(folder, [['extensionDevelopmentPath', server.remote(repository)]]));
      const workbench = new Workbench(server, browser, page);
      await workbench.whenReady();
      return workbench;
    } catch (error) {
      await browser?.close();
      await server.stop();
      throw error;
    }
  }

  constructor(server, browser, page) {
    Object.assign(this, { server, browser, page });
  }

  async whenReady() {
    await this.page.locator('.monaco-workbench').waitFor();
    await this.page.evaluate(() => globalThis.driver?.whenWorkbenchRestored());
  }

  async close() {
    await this.browser.close();
    await this.server.stop();
  }

  explorerRow(name) {
    return this.page.locator('.explorer-folders-view .monaco-list-row', { hasText: name });
  }

  /** The run history in the explorer, which VS Code collapses at first. */
  get history() {
    return this.page.locator('.pane', {
      has: this.page.locator('.pane-header', { hasText: 'Clustering Runs' }),
    });
  }

  async openHistory() {
    const header = this.history.locator('.pane-header');
    if ((await header.getAttribute('aria-expanded')) !== 'true') await header.click();
  }

  /** A row of the run history, by its text. */
  historyRow(text) {
    return this.history.locator('.monaco-list-row', { hasText: text }).first();
  }

  /**
   * Right-clicks a file and chooses `command`. Contributions arrive after the explorer is drawn, and a menu that has
   * just opened ignores the mouse, hence the retries.
   */
  async fromContextMenu(file, command) {
    const item = this.page.locator('.monaco-menu .action-item', { hasText: command });
    const becomes = (state, timeout) =>
      item.waitFor({ state, timeout }).then(
        () => true,
        () => false,
      );
    for (let attempt = 1; attempt <= 8; attempt++) {
      // Longer each time: a menu that a busy workbench opens after the wait would be closed by the next click.
      const patience = 1000 * attempt;
      await this.explorerRow(file).click({ button: 'right' });
      if (await becomes('visible', patience)) {
        // VS Code ignores clicks in the first moment of a menu, so that the one that opened it chooses nothing.
        await this.page.waitForTimeout(400);
        await item.click();
        if (await becomes('hidden', patience)) return;
      }
      await this.page.keyboard.press('Escape');
    }
    throw new Error(`The context menu of ${file} has no "${command}".`);
  }

  get quickInput() {
    return this.page.locator('.quick-input-widget');
  }

  /** Runs a command of the palette by its full title. A workbench that is busy can miss the key, hence the retries. */
  async runCommand(title) {
    const input = this.quickInput.locator('input').first();
    for (let attempt = 1; ; attempt++) {
      await this.page.keyboard.press('F1');
      try {
        await input.waitFor({ timeout: 3000 });
        break;
      } catch (error) {
        if (attempt === 5) throw error;
      }
    }
    await input.fill(`>${title}`);
    await this.quickInput.locator('.monaco-list-row', { hasText: title }).first().click();
  }

  /** Picks a colour theme by its name in the list: "Dark Modern", "Light Modern", "Dark High Contrast"... */
  async setTheme(name) {
    await this.runCommand('Preferences: Color Theme');
    await this.quickInput.locator('input').first().fill(name);
    await this.quickInput.locator(`.monaco-list-row[aria-label^="${name}"]`).first().click();
    await this.quickInput.waitFor({ state: 'hidden' });
  }

  /**
   * The page of a visible panel, as a frame: "time", "maps", "metrics", "affinity", "preview". Waits until it is there;
   * a panel that is drawn anew (revealed, restored) is another frame.
   */
  async panel(kind, timeout = 60_000) {
    for (const end = Date.now() + timeout; ;) {
      for (const outer of await this.page.locator('iframe.webview.ready:visible').elementHandles()) {
        // A page that is replaced in this moment is looked for again.
        const frame = await activeFrame(outer).catch(() => undefined);
        if (await frame?.$(`main[data-panel="${kind}"]`).catch(() => undefined)) return frame;
      }
      if (Date.now() > end) throw new Error(`There is no visible ${kind} panel.`);
      await this.page.waitForTimeout(100);
    }
  }

  /**
   * Waits for something in a panel, which may be another frame each time it is drawn; a run that fails meanwhile ends the
   * wait with its own words. Resolves with the frame.
   */
  async inPanel(kind, selector, timeout = 60_000) {
    for (const end = Date.now() + timeout; ;) {
      try {
        const panel = await this.panel(kind, Math.max(1000, end - Date.now()));
        if ((await panel.locator(selector).count()) > 0) return panel;
        const failed = panel.locator('main[data-state="failed"] .state');
        if ((await failed.count()) > 0) throw new Error(`The run failed: ${await failed.textContent()}`);
      } catch (error) {
        // The frame has just been replaced.
        if (!/detached|destroyed|closed/.test(error.message)) throw error;
      }
      if (Date.now() > end) throw new Error(`The ${kind} panel has no ${selector}.`);
      await this.page.waitForTimeout(100);
    }
  }

  async reload() {
    const loaded = this.page.waitForEvent('load');
    await this.runCommand('Developer: Reload Window');
    await loaded;
    await this.whenReady();
  }
}

/** The page within the page that VS Code makes for a webview. */
async function activeFrame(outer) {
  const inner = await (await outer.contentFrame())?.$('iframe#active-frame');
  return inner?.contentFrame();
}
