/** Something that the command palette offers. */
export interface PaletteItem {
  readonly id: string
  readonly icon: string
  /** The class of a status, for the icon's colour. */
  readonly mark?: string
  readonly name: string
  readonly detail?: string
  /** The single key that does the same. */
  readonly key?: string
  run(): void
}

/** How well a name answers what was typed: 0 the best, Infinity not at all. Every word typed must be in it. */
export function matchRank(name: string, typed: string): number {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  const text = name.toLowerCase()
  if (!words.every((word) => text.includes(word))) return Infinity
  const [first = ''] = words
  if (text === typed.trim().toLowerCase()) return 0
  if (text.startsWith(first)) return 1
  return new RegExp(`[\\s\\-_.:]${first.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`).test(text) ? 2 : 3
}
