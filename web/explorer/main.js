import './explorer.css'
import { createGraphiQLFetcher } from '@graphiql/toolkit'
import { GraphiQL } from 'graphiql'
import { createClient } from 'graphql-ws'
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'

/** GraphiQL from our own files, with the page's session: it asks what whoever is signed in may ask. */
const WELCOME = `# The API of this hub. Ctrl-Space completes; the book at the left has the whole schema.

query Fleet {
  fleet {
    counts { online warning offline neverSeen suspended total }
    servers { id name status statusReason statusSince }
  }
}

subscription Changes {
  serverStatusChanged { at from to reason server { name } }
}
`

const place = document.getElementById('explorer')
const session = await fetch('/api/session')

if (session.ok) {
  // A subscription that is lost stays lost, and says so: whoever reads along must not take silence for calm.
  const wsClient = createClient({ url: '/graphql', retryAttempts: 0 })
  const fetcher = createGraphiQLFetcher({ url: '/graphql', wsClient })
  createRoot(place).render(createElement(GraphiQL, { fetcher, defaultQuery: WELCOME }))
} else if (session.status === 401) {
  place.replaceChildren('Sign in on ', link('/', 'the page'), ' first, then come back.')
} else {
  place.replaceChildren('The hub does not answer. Try again in a moment.')
}

function link(href, text) {
  const anchor = document.createElement('a')
  anchor.href = href
  anchor.textContent = text
  return anchor
}
