internal import Postgres

/// Times of rows, as they are counted with here: 1970 to 2100.
///
/// A `timestamptz` holds more than anybody can count with: the infinities, years before Christ, the year 294276. A script
/// that moved a wiki here may have left such a time in one row. That row then has the time at the near end, and everything
/// else goes on; git knows no others either.
enum RowTime {
    /// Microseconds since 1970. Every one of them is exact as PostgreSQL's `double precision` number of seconds.
    static let range: ClosedRange<Int64> = 0...4_102_444_800_000_000

    /// SQL for a column's time as a whole number of microseconds since 1970, of the same value as `PostgresRow.time`.
    ///
    /// A number, not an interval: the sum of intervals overflows, and takes longer.
    static func microseconds(_ column: String) -> String {
        let nearest = "least(greatest(\(column), '1970-01-01 00:00:00Z'), '2100-01-01 00:00:00Z')"
        return "(date_part('epoch', \(nearest)) * 1000000)::bigint"
    }
}

extension PostgresRow {
    /// A column's time in microseconds since 1970, or the nearest that can be counted with.
    func time(_ column: String) throws(PostgresError) -> Int64 { nearest(try timestamp(column)) }

    /// As `time`; nil for NULL.
    func optionalTime(_ column: String) throws(PostgresError) -> Int64? {
        try optionalTimestamp(column).map(nearest)
    }

    private func nearest(_ time: Int64) -> Int64 {
        min(max(time, RowTime.range.lowerBound), RowTime.range.upperBound)
    }
}
