// docmost-git-sync: reconciles wiki and repositories, and is the operator's tool.
//
// Read Cycle/SpaceCycle.swift first: one cycle of one space, step by step. Service/ decides when cycles run;
// Commands/ holds one file per subcommand.

import ArgumentParser

@main
struct SyncDaemon: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "docmost-git-sync",
        abstract: "Keeps Docmost spaces and their git repositories equal.",
        subcommands: [
            CheckCommand.self, Convert.self, SpacesCommand.self, YDocCommand.self,
        ]
    )
}
