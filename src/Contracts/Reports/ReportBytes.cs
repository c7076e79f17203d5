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

    /// <summary>What a CDN sent to viewers past our servers, as its access logs tell.</summary>
    [Id(6)]
    public long CdnBytes { get; init; }

    /// <summary>What edges sent of torrents' metadata and piece hashes: a cost, no delivery.</summary>
    [Id(7)]
    public long EdgeMetadataBytes { get; init; }

    /// <summary>What edges sent of messages and heads around the payload: a cost, no delivery.</summary>
    [Id(8)]
    public long EdgeOverheadBytes { get; init; }

    /// <summary>Of what our side sent: more than the viewers there can hold, so it came twice or was thrown away.</summary>
    [Id(9)]
    public long WasteBytes { get; init; }

    /// <summary>Of what was delivered (high): booked after its hour had been closed, as far as the chain has it.</summary>
    [Id(10)]
    public long LateBytes { get; init; }

    /// <summary>What our side sent to viewers: web seed, plain link, edges, CDN.</summary>
    public long OwnBytes => WebSeedBytes + EdgeBytes + CdnBytes;

    /// <summary>Delivered less what our side sent, never below 0.</summary>
    public ByteRange PeerBytes => new(Math.Max(0, Delivered.Low - OwnBytes), Math.Max(0, Delivered.High - OwnBytes));

    public ShareRange Offload => new(Share(PeerBytes.Low, Delivered.Low), Share(PeerBytes.High, Delivered.High));

    public static ReportBytes operator +(ReportBytes left, ReportBytes right) =>
        new()
        {
            Delivered = new ByteRange(
                left.Delivered.Low + right.Delivered.Low,
                left.Delivered.High + right.Delivered.High
            ),
            WebSeedBytes = left.WebSeedBytes + right.WebSeedBytes,
            DirectBytes = left.DirectBytes + right.DirectBytes,
            EdgeBytes = left.EdgeBytes + right.EdgeBytes,
            EdgeFillBytes = left.EdgeFillBytes + right.EdgeFillBytes,
            ViewerUploadBytes = left.ViewerUploadBytes + right.ViewerUploadBytes,
            CdnBytes = left.CdnBytes + right.CdnBytes,
            EdgeMetadataBytes = left.EdgeMetadataBytes + right.EdgeMetadataBytes,
            EdgeOverheadBytes = left.EdgeOverheadBytes + right.EdgeOverheadBytes,
            WasteBytes = left.WasteBytes + right.WasteBytes,
            LateBytes = left.LateBytes + right.LateBytes,
        };

    public static ReportBytes operator -(ReportBytes left, ReportBytes right) =>
        new()
        {
            Delivered = new ByteRange(
                left.Delivered.Low - right.Delivered.Low,
                left.Delivered.High - right.Delivered.High
            ),
            WebSeedBytes = left.WebSeedBytes - right.WebSeedBytes,
            DirectBytes = left.DirectBytes - right.DirectBytes,
            EdgeBytes = left.EdgeBytes - right.EdgeBytes,
            EdgeFillBytes = left.EdgeFillBytes - right.EdgeFillBytes,
            ViewerUploadBytes = left.ViewerUploadBytes - right.ViewerUploadBytes,
            CdnBytes = left.CdnBytes - right.CdnBytes,
            EdgeMetadataBytes = left.EdgeMetadataBytes - right.EdgeMetadataBytes,
            EdgeOverheadBytes = left.EdgeOverheadBytes - right.EdgeOverheadBytes,
            WasteBytes = left.WasteBytes - right.WasteBytes,
            LateBytes = left.LateBytes - right.LateBytes,
        };

    public static ReportBytes Sum(IEnumerable<ReportBytes> parts) =>
        parts.Aggregate(new ReportBytes(), static (sum, part) => sum + part);

    private static double Share(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}
