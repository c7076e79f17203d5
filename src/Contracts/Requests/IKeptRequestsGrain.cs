namespace Distribution.Contracts.Requests;

/// <summary>
/// Answers of requests that may be sent again, by idempotency key. Every change is durable when its call returns. Stateless: any activation
/// answers, key 0.
/// </summary>
public interface IKeptRequestsGrain : IGrainWithIntegerKey
{
    /// <summary>Only one of all that ask with a digest is told that it is new.</summary>
    /// <param name="digest">Of whose key it is, and of the key.</param>
    /// <param name="owner">Whose it is; each may have so many at a time.</param>
    /// <param name="fingerprint">Of what is asked for.</param>
    Task<KeptRequest> BeginAsync(string digest, string owner, string fingerprint);

    /// <param name="answer">Null: nobody knows what became of it.</param>
    Task FinishAsync(string digest, byte[]? answer);

    /// <summary>Nothing came of it: the key may be used anew.</summary>
    Task ForgetAsync(string digest);
}
