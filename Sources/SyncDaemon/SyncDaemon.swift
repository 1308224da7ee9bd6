// docmost-git-sync: reconciles wiki and repositories, and is the operator's tool.
//
// Read Cycle/SpaceCycle.swift first: one cycle of one space, step by step. Service/ decides when cycles run;
// Commands/ holds one file per subcommand.

import ArgumentParser

@main
struct SyncDaemon: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "docmost-git-sync",
        abstract: "Keeps Docmost spaces and their git repositories equal.",
        subcommands: [
            RunCommand.self, OnceCommand.self, StatusCommand.self, CheckCommand.self, SpacesCommand.self,
            UsersCommand.self, DeletesCommand.self, PurgeCommand.self, Convert.self, YDocCommand.self,
        ]
    )
}
