import { nativeHost, runNative } from './host-native.ts'
import { EXIT, main } from './main.ts'

runNative(() => main(nativeHost()), EXIT.defect)
