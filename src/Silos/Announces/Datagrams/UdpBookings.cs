using Distribution.Silos.Swarms;
using Microsoft.Extensions.Logging;

namespace Distribution.Silos.Announces.Datagrams;

/// <summary>
/// Announces that wait for the ledger. The first goes at once; while its batch is being booked, and for a moment after, the next one fills, so
/// that many share a commit: a commit costs more than what is booked in it. A full batch goes at once.
/// </summary>
internal sealed partial class UdpBookings(
    DatagramSocket socket,
    IAnnounceHandler handler,
    TimeProvider clock,
    ILogger logger
)
{
    /// <summary>From one batch to the next, where announces do not fill it sooner.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(40);

    private readonly UdpBatchPool _pool = new();
    private readonly Lock _gate = new();
    private UdpBatch? _filling;
    private int _atWork;

    /// <summary>Keeps one for the next batch; drops it where too many wait, as a full socket would.</summary>
    /// <param name="name">Whom to answer.</param>
    public void Add(in PackedAnnounce announce, uint transactionId, ReadOnlySpan<byte> name)
    {
        UdpBatch? full = null;
        lock (_gate)
        {
            _filling ??= _pool.TryTake();
            if (_filling is null)
                return;
            _filling.Add(transactionId, name) = announce;
            if (_filling.IsFull)
                full = TakeFilling();
        }
        if (full is not null)
            _ = BookAsync(full);
    }

    /// <summary>Books what is there, unless a batch is at work; then it waits for that one's end.</summary>
    public void Start()
    {
        UdpBatch? next = null;
        lock (_gate)
        {
            if (_atWork == 0 && _filling is not null)
                next = TakeFilling();
        }
        if (next is not null)
            _ = BookAsync(next);
    }

    private UdpBatch TakeFilling()
    {
        UdpBatch taken = _filling!;
        _filling = null;
        _atWork++;
        return taken;
    }

    private async Task BookAsync(UdpBatch batch)
    {
        try
        {
            // What cannot be booked is not answered: the clients ask again.
            if (await handler.BookAsync(batch.Announces, UdpTracker.Transport).ConfigureAwait(false))
                batch.Send(socket);
        }
#pragma warning disable CA1031 // nobody awaits this: what went wrong must be told, and the next batch is another's
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogFailed(fault);
        }
        _pool.Return(batch);
        await Task.Delay(Linger, clock).ConfigureAwait(false);
        lock (_gate)
            _atWork--;
        Start();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Announces that were booked could not be answered.")]
    private partial void LogFailed(Exception fault);
}
