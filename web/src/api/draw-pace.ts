import { untilTick } from '../ui/moment.ts'

/** Changes that arrive within this time are drawn together. */
export const DRAW_EVERY_MS = 100
/** No change waits longer to be seen. */
export const SEEN_WITHIN_MS = 1_000
/** Of so many parts of the time drawing takes one; the others are the reader's, who scrolls and clicks. */
const PARTS = 10

/** How the browser is asked; told apart for tests. */
export interface Screen {
  now(): number
  /** Whether the reader moves the page just now. */
  isScrolling(): boolean
  /** How long until the ages on the page tick, which they do each second, in ms. */
  untilTick(): number
  /** Calls back when the browser has laid out and painted what was drawn. Never in a tab that nobody sees. */
  afterPaint(painted: () => void): void
}

/**
 * When to draw: soon after the first change, however many follow it, and the later the longer the last time took. While
 * the page is being scrolled what comes into view goes first, and changes wait for the hand to rest, or for the ages to
 * tick: what changes many rows then is laid out and painted in one frame a second. A storm of changes is read by nobody one
 * by one, and must not keep the page from its reader.
 */
export class DrawPace {
  #timer: ReturnType<typeof setTimeout> | undefined
  #nextTickAt = 0
  #notBefore = -Infinity

  constructor(
    readonly draw: () => void,
    readonly screen: Screen,
  ) {}

  /** Something has changed. */
  changed(): void {
    if (this.#timer !== undefined) return
    this.#nextTickAt = this.screen.now() + this.screen.untilTick()
    this.#timer = setTimeout(() => this.#due(), DRAW_EVERY_MS)
  }

  /** Draws at once, what else has changed with it. */
  drawNow(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#draw()
  }

  /** How long the last drawing took is known only now: the change may have come before it was painted. */
  #due(): void {
    const now = this.screen.now()
    const early = (this.screen.isScrolling() ? this.#afterScrolling(now) : this.#notBefore) - now
    this.#timer = early > 0 ? setTimeout(() => this.#due(), early) : undefined
    if (this.#timer === undefined) this.#draw()
  }

  #afterScrolling(now: number): number {
    return Math.max(this.#notBefore, Math.min(now + DRAW_EVERY_MS, this.#nextTickAt))
  }

  #draw(): void {
    const startedAt = this.screen.now()
    this.draw()
    this.screen.afterPaint(() => {
      const now = this.screen.now()
      this.#notBefore = now + Math.min((now - startedAt) * (PARTS - 1), SEEN_WITHIN_MS - DRAW_EVERY_MS)
    })
  }
}

/** The page is being scrolled until so long after it last moved. */
const SCROLLING_MS = 150

/** @param hubTime what ages on the page are counted to */
export function browserScreen(hubTime: () => number): Screen {
  const now = () => performance.now()
  let scrolledAt = -Infinity
  addEventListener('scroll', () => (scrolledAt = now()), { passive: true, capture: true })
  return {
    now,
    isScrolling: () => now() - scrolledAt < SCROLLING_MS,
    untilTick: () => untilTick(hubTime()),
    // The frame's own work comes right after its callbacks, and a task after that.
    afterPaint: (painted) => requestAnimationFrame(() => setTimeout(painted)),
  }
}
