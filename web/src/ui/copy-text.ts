/**
 * Puts the text on the clipboard; false where the browser does not let us.
 *
 * Without https a page has no clipboard of its own, and hubs are often reached so: then the browser's old command copies
 * it, out of a field beside the button, because outside of an open dialog nothing can be selected.
 */
export async function copyText(text: string, beside: HTMLElement): Promise<boolean> {
  try {
    if (!navigator.clipboard) return copySelected(text, beside)
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copySelected(text, beside)
  }
}

function copySelected(text: string, beside: HTMLElement): boolean {
  const field = document.createElement('textarea')
  field.value = text
  field.className = 'sr'
  beside.after(field)
  field.select()
  const copied = document.execCommand('copy')
  field.remove()
  beside.focus()
  return copied
}
