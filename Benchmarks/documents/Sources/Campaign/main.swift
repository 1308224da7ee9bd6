// The large campaigns: what CI samples, at length.
//
//     swift run -c release Campaign documents 100000 1     # so many generated documents from a seed, both flavours
//     swift run -c release Campaign realistic 20000 1      # pages as people write them: no last rung allowed
//     swift run -c release Campaign bytes 20000 1          # random and mutated Markdown
//
// Prints the seed and the document of each failure, and exits 1 when there was one.

import Base
import Glibc

let arguments = CommandLine.arguments
guard arguments.count == 4, let count = Int(arguments[2]), let firstSeed = Int(arguments[3]) else {
    print("usage: Campaign documents|realistic|bytes COUNT SEED")
    exit(64)
}
let start = ContinuousClock.now
let (failures, blocks, fences) = withLargeStack {
    var campaign = Campaign(count: count, firstSeed: firstSeed)
    switch arguments[1] {
    case "documents": campaign.documents(isRealistic: false)
    case "realistic": campaign.documents(isRealistic: true)
    default: campaign.bytes()
    }
    return (campaign.failures, campaign.blocks, campaign.fences)
}
print("\(arguments[1]): \(count) cases from seed \(firstSeed), \(failures) failures, \(ContinuousClock.now - start)")
if blocks > 0 { print("blocks of known kinds \(blocks), in the last form \(fences)") }
exit(failures == 0 && (arguments[1] != "realistic" || fences == 0) ? 0 : 1)
