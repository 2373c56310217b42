/** The tree of a header on the page: keeps what is open and where the keys are. */
import type { PreviewHeader } from '../../src/core/data/preview';
import {
  type Row,
  drawRows,
  findRow,
  moveBy,
  openAtFirst,
  rowId,
  variableKey,
  visibleRows,
} from './headerTree';

/** Milliseconds after which typed letters begin a new word. */
const WORD = 700;

const PREFIX = 'variable:';

export class TreeView {
  private header: PreviewHeader | undefined;
  private rows: readonly Row[] = [];
  private open = new Set<string>(openAtFirst);
  private active = 'variables';
  private selected: string | undefined;
  private typed = '';
  private typedAt = 0;

  /** `choose` is called with the name of a variable. */
  constructor(
    private readonly element: HTMLElement,
    private readonly choose: (variable: string) => void,
  ) {
    element.tabIndex = 0;
    element.setAttribute('role', 'tree');
    element.setAttribute('aria-label', 'Header of the file');
    element.addEventListener('keydown', (event) => this.onKey(event));
    element.addEventListener('click', (event) => this.onClick(event));
  }

  show(header: PreviewHeader): void {
    this.header = header;
    this.draw();
  }

  /** Marks the variable that is drawn. */
  select(variable: string | undefined): void {
    const key = variable === undefined ? undefined : variableKey(variable);
    if (key === this.selected) return;
    this.selected = key;
    if (key !== undefined) this.active = key;
    this.draw();
  }

  private get at(): number {
    return this.rows.findIndex(({ key }) => key === this.active);
  }

  private draw(): void {
    if (!this.header) return;
    this.rows = visibleRows(this.header, this.open);
    if (this.at < 0) this.active = this.rows[0]?.key ?? '';
    this.element.innerHTML = drawRows(this.rows, this.selected, this.active);
    this.element.setAttribute('aria-activedescendant', rowId(this.at));
  }

  private go(index: number): void {
    const { element } = this;
    element.querySelector('.active')?.classList.remove('active');
    this.active = this.rows[index].key;
    const row = element.querySelector(`#${rowId(index)}`);
    row?.classList.add('active');
    row?.scrollIntoView({ block: 'nearest' });
    element.setAttribute('aria-activedescendant', rowId(index));
  }

  private toggle(index: number): void {
    const { key } = this.rows[index];
    if (!this.open.delete(key)) this.open.add(key);
    this.active = key;
    this.draw();
  }

  /** Draws a variable; opens or closes what is none. */
  private activate(index: number): void {
    const row = this.rows[index];
    if (row.kind === 'variable') this.choose(row.key.slice(PREFIX.length));
    else if (row.expanded !== undefined) this.toggle(index);
  }

  private onClick(event: MouseEvent): void {
    const target = event.target as Element;
    const row = target.closest<HTMLElement>('.row');
    // Text is there to be copied, too.
    if (!row || getSelection()?.isCollapsed === false) return;
    const index = Number(row.dataset['index']);
    if (target.closest('.twistie') && this.rows[index].expanded !== undefined) return this.toggle(index);
    this.go(index);
    this.activate(index);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { at } = this;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      if (at >= 0) this.activate(at);
      return;
    }
    const move = moveBy(this.rows, at, event.key);
    if (move) {
      event.preventDefault();
      if ('to' in move) this.go(move.to);
      else this.toggle(move.toggle);
    } else if (event.key.length === 1) {
      this.onLetter(event.key, event.timeStamp);
    }
  }

  private onLetter(letter: string, now: number): void {
    this.typed = now - this.typedAt > WORD ? letter : this.typed + letter;
    this.typedAt = now;
    const found = findRow(this.rows, Math.max(0, this.at), this.typed);
    if (found !== undefined) this.go(found);
  }
}
