// Before the first paint, and outside the bundle: the content security policy allows no inline script.
const chosen = localStorage.getItem('theme')
if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen
