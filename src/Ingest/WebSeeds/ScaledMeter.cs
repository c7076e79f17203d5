using Distribution.Ingest.Sends;
using Distribution.Ingest.Transport;

namespace Distribution.Ingest.WebSeeds;

/// <summary>
/// Counts a stretch of content by the stretch of the connection that carries it in another form: encrypted, in frames. The part of the one
/// that the socket took stands for the same part of the other.
/// </summary>
/// <param name="contentBytes">What counts when all is taken.</param>
/// <param name="carriedBytes">How long the stretch of the connection is; at least 1.</param>
internal sealed class ScaledMeter(TransferMeter meter, long contentBytes, long carriedBytes) : IAcceptedBytesObserver
{
    private long _taken;
    private long _counted;

    public void Accepted(long bytes)
    {
        _taken += bytes;
        long due = (long)((Int128)contentBytes * _taken / carriedBytes) - _counted;
        _counted += due;
        if (due > 0)
            meter.Accepted(due);
    }
}
