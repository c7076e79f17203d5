using Distribution.BitTorrent;
using Distribution.Contracts.Metering;
using Distribution.Contracts.PlainHttp;
using Distribution.Ingest.Sends;

namespace Distribution.Ingest.WebSeeds;

/// <summary>One connection's reading of one file: kept from one request to the next, which most often is for the same.</summary>
internal sealed class PlainVisit(PlainAddress address, InfoHash infoHash, TransferMeter meter) : IPlainBody
{
    private ContentLease? _lease;
    private SendUnderWay? _underWay;

    public PlainAddress Address => address;

    public InfoHash InfoHash => infoHash;

    /// <summary>An answer begins, which holds the file open.</summary>
    public void Begin(ContentLease lease) => _lease = lease;

    public SendUnderWay? Sending(int bytes) => _underWay = meter.Begin(bytes);

    public void Accepted(long bytes)
    {
        if (_underWay is { } send)
            meter.Ended(send, bytes);
        else if (bytes > 0)
            meter.Accepted(bytes);
        _underWay = null;
    }

    public void Ended()
    {
        _lease?.Dispose();
        _lease = null;
    }
}
