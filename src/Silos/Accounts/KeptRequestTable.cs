using Distribution.Contracts.Requests;
using Distribution.Silos.State;

namespace Distribution.Silos.Accounts;

/// <summary>Requests by idempotency key, and their answers, for a day.</summary>
public sealed class KeptRequestTable(StateDatabase database, TimeProvider clock)
{
    /// <summary>Of one owner, at a time.</summary>
    public const int MostOfOwner = 10_000;

    public static readonly TimeSpan KeptFor = TimeSpan.FromHours(24);

    /// <summary>What is not answered by then was begun by a server that is gone.</summary>
    public static readonly TimeSpan AnsweredWithin = TimeSpan.FromMinutes(2);

    public Task<KeptRequest> BeginAsync(string digest, string owner, string fingerprint) =>
        database.WriteAsync(session =>
        {
            long now = Now();
            session.Execute("DELETE FROM kept_request WHERE expires_at <= $1", now);
            if (
                session.TryQuery(
                    "SELECT fingerprint, begun_at, answer FROM kept_request WHERE digest = $1",
                    static row =>
                        (
                            Fingerprint: row.GetString(0),
                            BegunAt: row.GetInt64(1),
                            Answer: row.IsDBNull(2) ? null : row.GetFieldValue<byte[]>(2)
                        ),
                    out (string Fingerprint, long BegunAt, byte[]? Answer) kept,
                    digest
                )
            )
                return kept.Fingerprint != fingerprint ? new KeptRequest(KeptStanding.Another, null)
                    : kept.Answer is not null ? new KeptRequest(KeptStanding.Answered, kept.Answer)
                    : now - kept.BegunAt < AnsweredWithin.TotalMilliseconds
                        ? new KeptRequest(KeptStanding.Running, null)
                    : new KeptRequest(KeptStanding.Lost, null);
            if (session.Scalar("SELECT COUNT(*) FROM kept_request WHERE owner = $1", owner) >= MostOfOwner)
                return new KeptRequest(KeptStanding.Full, null);
            session.Execute(
                "INSERT INTO kept_request (digest, owner, fingerprint, begun_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
                digest,
                owner,
                fingerprint,
                now,
                now + (long)KeptFor.TotalMilliseconds
            );
            return new KeptRequest(KeptStanding.New, null);
        });

    /// <param name="answer">Null: nobody knows what became of it.</param>
    public Task FinishAsync(string digest, byte[]? answer) =>
        database.WriteAsync(session =>
            answer is null
                ? session.Execute("UPDATE kept_request SET begun_at = 0 WHERE digest = $1 AND answer IS NULL", digest)
                : session.Execute("UPDATE kept_request SET answer = $1 WHERE digest = $2", answer, digest)
        );

    public Task ForgetAsync(string digest) =>
        database.WriteAsync(session => session.Execute("DELETE FROM kept_request WHERE digest = $1", digest));

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
