using Distribution.BitTorrent;
using Distribution.Contracts.PlainHttp;
using Distribution.Ingest.Sends;

namespace Distribution.Ingest.WebSeeds;

/// <summary>One connection's reading of one file: kept from one request to the next, which most often is for the same.</summary>
internal sealed class PlainVisit(PlainAddress address, InfoHash infoHash, TransferMeter meter) : IPlainBody
{
    private ContentLease? _lease;

    public PlainAddress Address => address;

    public InfoHash InfoHash => infoHash;

    /// <summary>An answer begins, which holds the file open.</summary>
    public void Begin(ContentLease lease) => _lease = lease;

    public void Accepted(long bytes) => meter.Accepted(bytes);

    public void Ended()
    {
        _lease?.Dispose();
        _lease = null;
    }
}
