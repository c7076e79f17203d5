using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Metering;
using Distribution.Ingest.Transport;

namespace Distribution.Ingest.Sends;

/// <summary>Counts one response body, as the socket takes it.</summary>
internal sealed class TransferMeter(WebSeedSends sends, SendMeter meter, SendKind kind) : IAcceptedBytesObserver
{
    /// <summary>Comes before a send of this thread's, which the kernel writes down itself. <see cref="Ended"/> comes after it.</summary>
    /// <returns>Null: there is no room for it, and <see cref="Accepted"/> is to count.</returns>
    public SendUnderWay? Begin(int bytes)
    {
        if (sends.UnderWay is not { } send)
            return null;
        send.Clear();
        send.Add(uncounted: 0, bytes);
        meter.Begin(send);
        return send;
    }

    public void Ended(SendUnderWay send, long bytes)
    {
        send.End(bytes);
        if (bytes > 0)
            sends.Counted(kind, bytes);
    }

    public void Accepted(long bytes)
    {
        meter.Add(bytes);
        sends.Counted(kind, bytes);
    }
}
