package import PushProtocol

/// A push whose sender is waiting for this cycle's report.
package struct PushJob {
    package let push: PushID
    /// Told each line as it is known.
    package let report: (ReportLine) -> Void

    package init(push: PushID, report: @escaping (ReportLine) -> Void = { _ in }) {
        self.push = push
        self.report = report
    }
}
