namespace Distribution.Contracts.Accounts;

/// <summary>Somebody who publishes here and sees nothing of the others.</summary>
/// <param name="Name">For people.</param>
/// <param name="QuotaBytes">All its files and uploads together; 0: none; null: the server's own.</param>
/// <param name="Files">That are published now.</param>
/// <param name="PublishedBytes">Their size together.</param>
[GenerateSerializer, Immutable]
public sealed record Publisher(
    string Id,
    string Name,
    DateTimeOffset CreatedAt,
    int Members,
    long? QuotaBytes = null,
    int Files = 0,
    long PublishedBytes = 0
);
