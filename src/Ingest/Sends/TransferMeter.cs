using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Metering;
using Distribution.Ingest.Transport;

namespace Distribution.Ingest.Sends;

/// <summary>Counts one response body, as the socket takes it.</summary>
internal sealed class TransferMeter(WebSeedSends sends, SendMeter meter, SendKind kind) : IAcceptedBytesObserver
{
    public void Accepted(long bytes)
    {
        meter.Add(bytes);
        sends.Counted(kind, bytes);
    }
}
