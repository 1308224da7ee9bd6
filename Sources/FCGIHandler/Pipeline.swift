import Base
import Directory
import FastCGI
import GitHTTP

/// The way of every request. Read this first.
///
///     parse → authenticate → gate → authorise → prepare → lock → delegate
///
/// Each stage takes what the one before it returned, and only that stage can make the value: whoever holds an
/// `AuthorisedRequest` knows that it was authorised, and stages in another order do not compile. A stage that says no
/// throws a `Refusal`; `Refusal.swift` alone knows what that looks like on the wire. The lock is lent, never returned.
struct Pipeline {
    let authenticate: Authenticate
    let gate: Gate
    let authorise: Authorise
    let prepare: Prepare
    let lock: Lock
    let delegate: Delegate

    /// Answers one request; what happened is left in the record, for the access log.
    func answer(_ exchange: any Exchange, record: inout RequestRecord) {
        do throws(Refusal) {
            let parsed = ParsedRequest(exchange.parameters)
            record.begin(parsed)
            let authenticated = try authenticate(parsed, &record)
            record.user = authenticated.account.email
            let gated = try gate(authenticated)
            record.space = gated.space.id
            let authorised = try authorise(gated)
            let prepared = try prepare(authorised)
            try lock(prepared, &record) { (locked, record) throws(Refusal) in
                try delegate(locked, exchange, &record)
            }
        } catch {
            exchange.refuse(error, &record)
        }
    }
}

extension Exchange {
    /// Sends a refusal; an early one ends the request although its body was not read.
    func refuse(_ refusal: Refusal, _ record: inout RequestRecord) {
        let reply = refusal.reply
        record.status = reply.head.status
        record.refusal = refusal.name
        record.cause = refusal.cause
        let deadline = Deadline.after(milliseconds: 10_000)
        do throws(ExchangeError) {
            let bytes = reply.head.bytes + reply.body
            try sendAll(bytes, by: deadline)
            record.bytesOut += reply.body.count
            finish(by: deadline)
        } catch {
            abandon()
        }
    }
}
