using Distribution.Contracts.Reports;

namespace Distribution.Dashboard.Api;

/// <summary>The byte fields, flat, of a whole report or of one bucket. Definitions: docs/accounting.md.</summary>
public abstract record ReportBytesResource
{
    private readonly ReportBytes _bytes;

    private protected ReportBytesResource(ReportBytes bytes)
    {
        _bytes = bytes;
    }

    /// <summary>What viewers got.</summary>
    public ByteRange Delivered => _bytes.Delivered;

    /// <summary>What our HTTP servers sent to viewers.</summary>
    public long WebSeedBytes => _bytes.WebSeedBytes;

    /// <summary>Of webSeedBytes: by the plain link.</summary>
    public long DirectBytes => _bytes.DirectBytes;

    public long EdgeBytes => _bytes.EdgeBytes;

    /// <summary>The edges' own reads from the origin: a cost, no delivery.</summary>
    public long EdgeFillBytes => _bytes.EdgeFillBytes;

    /// <summary>Delivered less what our side sent, never below 0.</summary>
    public ByteRange PeerBytes => _bytes.PeerBytes;

    /// <summary>Peer bytes as a share of delivered, 0 to 1.</summary>
    public ShareRange Offload => _bytes.Offload;

    /// <summary>What viewers say they uploaded; in no saving.</summary>
    public long ViewerUploadBytes => _bytes.ViewerUploadBytes;

    /// <summary>What a CDN sent to viewers past our servers, from its imported access logs.</summary>
    public long CdnBytes => _bytes.CdnBytes;

    /// <summary>What edges sent of torrents' metadata and piece hashes: a cost, no delivery.</summary>
    public long EdgeMetadataBytes => _bytes.EdgeMetadataBytes;

    /// <summary>What edges sent around the payload: a cost, no delivery.</summary>
    public long EdgeOverheadBytes => _bytes.EdgeOverheadBytes;

    /// <summary>Of what our side sent: more than the viewers there can hold.</summary>
    public long WasteBytes => _bytes.WasteBytes;

    /// <summary>Of delivered.high: booked after its hour had been closed.</summary>
    public long LateBytes => _bytes.LateBytes;
}
