using System.Text.Json.Serialization;
using Distribution.Contracts.Reports;

namespace Distribution.Dashboard.Api;

/// <summary>
/// What of a report went to one country or one autonomous system. Its part of delivered.low is booked where the news came from that let it grow,
/// so it may be off between networks; all together it is right.
/// </summary>
public sealed record ReportNetworkResource
{
    /// <summary>ISO 3166-1 alpha-2; null: not known, or the row is of a system.</summary>
    public string? Region { get; private init; }

    /// <summary>Number of the autonomous system; null: not known, or the row is of a region.</summary>
    public long? System { get; private init; }

    public ByteRange Delivered { get; private init; }

    public long WebSeedBytes { get; private init; }

    public long EdgeBytes { get; private init; }

    public long CdnBytes { get; private init; }

    public ByteRange PeerBytes { get; private init; }

    public ShareRange Offload { get; private init; }

    /// <summary>What viewers there say they uploaded; in no saving.</summary>
    public long ViewerUploadBytes { get; private init; }

    [JsonConstructor]
    private ReportNetworkResource() { }

    public static ReportNetworkResource Of(ReportNetwork network) =>
        new()
        {
            Region = network.Region,
            System = network.System,
            Delivered = network.Bytes.Delivered,
            WebSeedBytes = network.Bytes.WebSeedBytes,
            EdgeBytes = network.Bytes.EdgeBytes,
            CdnBytes = network.Bytes.CdnBytes,
            PeerBytes = network.Bytes.PeerBytes,
            Offload = network.Bytes.Offload,
            ViewerUploadBytes = network.Bytes.ViewerUploadBytes,
        };
}
