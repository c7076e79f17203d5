using Distribution.Contracts.Requests;
using Orleans.Concurrency;

namespace Distribution.Silos.Accounts;

[StatelessWorker]
internal sealed class KeptRequestsGrain(KeptRequestTable requests) : Grain, IKeptRequestsGrain
{
    public Task<KeptRequest> BeginAsync(string digest, string owner, string fingerprint) =>
        requests.BeginAsync(digest, owner, fingerprint);

    public Task FinishAsync(string digest, byte[]? answer) => requests.FinishAsync(digest, answer);

    public Task ForgetAsync(string digest) => requests.ForgetAsync(digest);
}
