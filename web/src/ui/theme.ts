export type Theme = 'system' | 'light' | 'dark'

/** The person's choice; `theme.js` applies it before the first paint. */
export function chosenTheme(): Theme {
  const theme = document.documentElement.dataset.theme
  return theme === 'light' || theme === 'dark' ? theme : 'system'
}

export function chooseTheme(theme: Theme): void {
  if (theme === 'system') {
    delete document.documentElement.dataset.theme
    localStorage.removeItem('theme')
  } else {
    document.documentElement.dataset.theme = theme
    localStorage.setItem('theme', theme)
  }
}

/** The other of light and dark. Where that is what the system wants, the choice is given back to the system. */
export function switchTheme(): void {
  const system: Theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
  const chosen = chosenTheme()
  const shown = chosen === 'system' ? system : chosen
  const other: Theme = shown === 'dark' ? 'light' : 'dark'
  chooseTheme(other === system ? 'system' : other)
}
