using Distribution.Contracts.Accounts;

namespace Distribution.Dashboard.Api;

/// <param name="Members">How many.</param>
/// <param name="Files">That are published now.</param>
/// <param name="PublishedBytes">Their size together.</param>
/// <param name="QuotaBytes">What holds now for all its files and uploads; 0: none.</param>
/// <param name="QuotaIsOwn">False: it is the server's.</param>
/// <param name="PeersOff">The operator has switched peer-to-peer off for this publisher.</param>
/// <param name="OwnerInvitation">Only in the answer that made it: the link for its first owner.</param>
internal sealed record PublisherResource(
    string Id,
    string Name,
    DateTimeOffset CreatedAt,
    int Members,
    int Files,
    long PublishedBytes,
    long QuotaBytes,
    bool QuotaIsOwn,
    bool PeersOff,
    string? OwnerInvitation
)
{
    public static PublisherResource Of(Publisher publisher, long serverQuotaBytes, bool peersOff) =>
        new(
            publisher.Id,
            publisher.Name,
            publisher.CreatedAt,
            publisher.Members,
            publisher.Files,
            publisher.PublishedBytes,
            publisher.QuotaBytes ?? serverQuotaBytes,
            publisher.QuotaBytes is not null,
            peersOff,
            null
        );
}
