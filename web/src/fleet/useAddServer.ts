import { type InjectionKey, inject, provide, type Ref, ref, watch } from 'vue'
import type { Hub } from '../api/hub.ts'
import { noDialog, onKey } from '../ui/on-key.ts'

export interface AddServer {
  /** Making servers takes the scope admin. */
  readonly may: Readonly<Ref<boolean>>
  readonly opened: Readonly<Ref<boolean>>
  open(): void
  close(): void
}

const ADD_SERVER: InjectionKey<AddServer> = Symbol('add-server')

/**
 * The dialog stands above all pages, whoever opened it: the first server ends the page "No servers yet", and with a
 * dialog of that page its token would be gone for ever.
 */
export function provideAddServer({ session }: Pick<Hub, 'session'>, may: Readonly<Ref<boolean>>): AddServer {
  const opened = ref(false)
  const provided: AddServer = {
    may,
    opened,
    open: () => {
      opened.value = may.value
    },
    close: () => {
      opened.value = false
    },
  }
  onKey('n', provided.open, { name: 'Add a server', when: () => may.value && noDialog() })
  watch(session, (now) => now === null && provided.close())
  provide(ADD_SERVER, provided)
  return provided
}

export function useAddServer(): AddServer {
  const addServer = inject(ADD_SERVER)
  if (!addServer) throw new Error('No add-a-server was provided.')
  return addServer
}
