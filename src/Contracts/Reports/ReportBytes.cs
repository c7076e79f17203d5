namespace Distribution.Contracts.Reports;

/// <summary>The byte fields of a report, for its whole range or for one bucket. Definitions: docs/accounting.md.</summary>
[GenerateSerializer, Immutable]
public sealed record ReportBytes
{
    /// <summary>What viewers got.</summary>
    [Id(0)]
    public ByteRange Delivered { get; init; }

    /// <summary>What our HTTP servers sent to viewers, <see cref="DirectBytes"/> included.</summary>
    [Id(1)]
    public long WebSeedBytes { get; init; }

    /// <summary>Of <see cref="WebSeedBytes"/>: over the plain HTTPS link.</summary>
    [Id(2)]
    public long DirectBytes { get; init; }

    [Id(3)]
    public long EdgeBytes { get; init; }

    /// <summary>The edges' own reads from the origin: a cost, no delivery.</summary>
    [Id(4)]
    public long EdgeFillBytes { get; init; }

    /// <summary>What viewers say they uploaded; in no saving.</summary>
    [Id(5)]
    public long ViewerUploadBytes { get; init; }

    /// <summary>Delivered less what our own machines sent, never below 0.</summary>
    public ByteRange PeerBytes =>
        new(
            Math.Max(0, Delivered.Low - WebSeedBytes - EdgeBytes),
            Math.Max(0, Delivered.High - WebSeedBytes - EdgeBytes)
        );

    public ShareRange Offload => new(Share(PeerBytes.Low, Delivered.Low), Share(PeerBytes.High, Delivered.High));

    private static double Share(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}
