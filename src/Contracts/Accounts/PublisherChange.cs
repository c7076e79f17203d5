namespace Distribution.Contracts.Accounts;

/// <summary>A change of what the operator has set for a publisher, made whole or not at all.</summary>
/// <param name="Quota">Null: as it is; else what <see cref="PublisherTerms.QuotaBytes"/> becomes.</param>
/// <param name="PeersOff">Null: as it is.</param>
/// <param name="IfStill">What must be set before; null: anything.</param>
[GenerateSerializer, Immutable]
public sealed record PublisherChange(
    string PublisherId,
    PublisherChange.QuotaWish? Quota,
    bool? PeersOff,
    PublisherTerms? IfStill
)
{
    /// <param name="Bytes">0: none; null: the server's own.</param>
    [GenerateSerializer, Immutable]
    public sealed record QuotaWish(long? Bytes);
}
