package import Base
package import PushProtocol

/// A push whose sender is waiting for this cycle's report.
package struct PushJob {
    package let push: PushID
    /// Told each line as it is known.
    package let report: (ReportLine) -> Void
    /// Set when the lock is lost or the daemon stops.
    package let cancellation: Cancellation

    package init(
        push: PushID,
        cancellation: Cancellation = Cancellation(),
        report: @escaping (ReportLine) -> Void = { _ in }
    ) {
        self.push = push
        self.cancellation = cancellation
        self.report = report
    }
}
