import { nodeHost, runOnNode } from './host-node.ts'
import { EXIT, main } from './main.ts'

runOnNode(() => main(nodeHost()), EXIT.defect)
