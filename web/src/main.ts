import { createApp } from 'vue'
import App from './App.vue'
import { createHub, HUB } from './api/hub.ts'
import { hubSocketUrl } from './api/hub-socket.ts'
import { createPages } from './router.ts'
import { KEYS, Keys } from './ui/keys.ts'
import { NOTIFICATIONS, Notifications } from './ui/notifications.ts'
import './ui/tokens.css'
import './ui/base.css'

const hub = createHub(hubSocketUrl(location), localStorage)

// A laptop that wakes, a tab that is looked at again: worth a try before its time.
addEventListener('online', () => hub.tryNow())
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && hub.tryNow())

const keys = new Keys(localStorage)
document.addEventListener('keydown', (event) => keys.hear(event))

createApp(App)
  .provide(HUB, hub)
  .provide(KEYS, keys)
  .provide(NOTIFICATIONS, new Notifications(localStorage))
  .use(createPages(hub))
  .mount('#app')
