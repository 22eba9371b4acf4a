import type { Instant } from '../core/types.ts'
import type { Question } from '../store/heard.ts'

/** Answers are waited for this long before the question is asked anew: of those who are still to be waited for then. */
const ANSWER_MS = 250

export interface InquiryOptions {
  readonly ask: () => Promise<Question>
  readonly answerMs?: number
}

/**
 * Asks the other hubs what they have heard, so that a death is told as soon as they say that nothing came there in time.
 *
 * One question at a time is asked, for everybody who is due at that moment; the last one stands for all before it.
 */
export class Inquiry {
  /** What came since the last question was asked, by hub. */
  readonly #answers = new Map<string, Instant>()
  #onAnswer = () => {}

  constructor(readonly options: InquiryOptions) {}

  /** A hub says up to when it has heard. */
  answered(hub: string, heardUntil: Instant): void {
    this.#answers.set(hub, heardUntil)
    this.#onAnswer()
  }

  /**
   * Asks, and resolves with the instant up to which all other hubs have heard: no earlier than the question where all have
   * answered, `Infinity` where there are none. Whoever is not heard of in time counts with what it said before.
   */
  async heardByOthers(): Promise<Instant> {
    this.#answers.clear()
    const { at, heardUntil } = await this.options.ask()
    const untilOf = (hub: string) => Math.max(heardUntil.get(hub) as Instant, this.#answers.get(hub) ?? -Infinity)
    const hubs = [...heardUntil.keys()]
    await this.#wait(() => hubs.every((hub) => untilOf(hub) >= at))
    return Math.min(...hubs.map(untilOf))
  }

  async #wait(isDone: () => boolean): Promise<void> {
    if (isDone()) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.options.answerMs ?? ANSWER_MS)
      this.#onAnswer = () => {
        if (!isDone()) return
        clearTimeout(timer)
        resolve()
      }
    })
    this.#onAnswer = () => {}
  }
}
