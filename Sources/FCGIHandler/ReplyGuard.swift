import Base
import FastCGI
import Glibc
import Processes

/// Spoils the rest of a plain CGI reply that is not brought to its end, also when this process is killed.
///
/// A web server takes the end of a CGI program's output for the end of its reply, whatever ended the program. A git client
/// whose reply just ends waits for the rest of it for ever. So a shell beside us holds the output, too: unless it is told
/// that all went well it writes zeros, of which no line of git's protocol consists, and git says that the push has failed.
final class ReplyGuard {
    private let shell: Child

    /// More than the longest line of the protocol, which may have been begun. Where the output does not block, because we
    /// were killed, it is tried again for a while; 141 is the end by SIGPIPE: nobody reads any more.
    private static let script = """
        read -r end && exit
        for attempt in 1 2 3 4 5 6 7 8 9 10; do
            head -c 66000 /dev/zero
            case $? in 0|141) exit ;; esac
            sleep 0.5
        done
        """
    /// A client that takes nothing is not waited for.
    private static let spoilingMilliseconds = 1000

    /// nil for a request without a body, whose reply git reads to its end at once; and where no shell can be started.
    init?(_ exchange: any Exchange) {
        guard exchange.parameters.text("REQUEST_METHOD") == "POST" else { return nil }
        var command = Command("/bin/sh", ["-c", Self.script])
        command.input = .pipe
        command.output = .descriptor(exchange.outputDescriptor)
        command.errors = .null
        guard let shell = try? Child(command) else { return nil }
        self.shell = shell
    }

    /// The request has come to its end; the reply is over when this returns.
    func end(isCutOff: Bool) {
        let word: [UInt8] = [UInt8(ascii: "\n")]
        if !isCutOff { _ = write(shell.input, word, word.count) }
        shell.closeInput()
        _ = shell.wait(until: .after(milliseconds: Self.spoilingMilliseconds))
    }
}
